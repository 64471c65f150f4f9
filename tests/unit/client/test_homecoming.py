"""A server that goes and comes back: told once, questions kept and offered once, and never a flood."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.client.core.homecoming import BETWEEN_S, Homecoming, away_sentences, lost_sentence
from hive_mind.client.core.kept_questions import (
    KEPT_FOR,
    MOST,
    Kept,
    KeptQuestions,
    forget_kept,
    still_wanted,
    with_question,
)
from hive_mind.client.core.outages import QUIET_S, STEADY_S, Outages
from hive_mind.client.core.state import Effect
from hive_mind.understanding.grammar import Match
from tests.fakes.virtual_time import VirtualClock, run

NOW = datetime(2026, 1, 6, 14, 30, tzinfo=UTC)
ITALY = "Quelle est la capitale de l'Italie ?"
NEEDED = (Effect.SAY_DEGRADED, Effect.SAY_NEEDS_SERVER)


class Room:
    """A homecoming at work, and what was said in the room when."""

    def __init__(self, clock: VirtualClock, kept: KeptQuestions | None) -> None:
        self.clock = clock
        self.said: list[tuple[float, str]] = []
        self.offered: list[str] = []
        self.home = Homecoming(clock, self._say, self._offer, kept)

    async def _say(self, text: str) -> None:
        self.said.append((self.clock.now(), text))

    async def _offer(self, words: str, question: str) -> None:
        self.said.append((self.clock.now(), words))
        self.offered.append(question)

    def needs_server(self, question: str = ITALY) -> list[str]:
        return away_sentences(NEEDED, question, self.home)


@asynccontextmanager
async def room(kept: KeptQuestions | None = None) -> AsyncIterator[Room]:
    at = Room(VirtualClock(NOW), kept)
    running = asyncio.ensure_future(at.home.run())
    try:
        yield at
    finally:
        running.cancel()
        await asyncio.wait([running])


def test_the_loss_is_told_when_it_matters_and_the_return_to_who_was_told() -> None:
    async def scene() -> None:
        async with room() as at:
            at.home.linked()
            await asyncio.sleep(60)
            assert at.said == [], "a first connection is no return"
            at.home.lost()
            first, second = at.needs_server(), at.needs_server()
            assert [len(first), len(second)] == [2, 1]
            await asyncio.sleep(60)
            at.home.linked()
            await asyncio.sleep(60)
            assert [text for _, text in at.said] == ["Le serveur est de retour."]
            assert at.said[0][0] == pytest.approx(120 + STEADY_S, abs=0.1)

    run(scene())


def test_nobody_was_told_of_the_loss_so_nobody_is_told_of_the_return() -> None:
    async def scene() -> list[tuple[float, str]]:
        async with room() as at:
            for _ in range(5):
                at.home.linked()
                await asyncio.sleep(30)
                at.home.lost()
                await asyncio.sleep(30)
            return at.said

    assert run(scene()) == []


def test_a_server_that_flaps_for_an_hour_is_no_flood() -> None:
    async def scene() -> tuple[int, list[tuple[float, str]]]:
        told = 0
        async with room() as at:
            for turn in range(180):
                told += "heure" in " ".join(at.needs_server())
                at.home.linked()
                await asyncio.sleep(STEADY_S + 2 if turn % 3 == 0 else 3)
                at.home.lost()
                await asyncio.sleep(10)
            return told, at.said

    told, said = run(scene())
    assert 1 <= told <= 3600 / QUIET_S + 1
    assert 1 <= len(said) <= 3600 / QUIET_S + 1


def test_what_was_kept_is_offered_once_one_after_the_other(tmp_path: Path) -> None:
    async def scene() -> None:
        kept = KeptQuestions(tmp_path)
        async with room(kept) as at:
            assert at.needs_server(ITALY)[-1].endswith("Je garde ta question pour son retour.")
            at.needs_server("Raconte-moi une histoire")
            at.needs_server(ITALY)
            at.home.linked()
            await asyncio.sleep(STEADY_S + 1)
            assert at.said[0][1] == (
                "Le serveur est de retour. Tout à l'heure, tu as demandé : Raconte-moi une histoire. "
                "Je réponds maintenant ?"
            )
            await asyncio.sleep(BETWEEN_S)
            assert at.offered == ["Raconte-moi une histoire", ITALY]
            assert at.said[1][1] == f"Tout à l'heure, tu as demandé : {ITALY} Je réponds maintenant ?"
            at.home.lost()
            at.home.linked()
            await asyncio.sleep(300)
            assert len(at.offered) == 2

    run(scene())


def test_questions_survive_a_restart_sealed_and_are_erased_when_offered(tmp_path: Path) -> None:
    async def keep() -> None:
        kept = KeptQuestions(tmp_path)
        running = asyncio.ensure_future(kept.run())
        kept.keep(ITALY, NOW)
        await asyncio.sleep(1)
        running.cancel()

    async def take() -> str | None:
        kept = KeptQuestions(tmp_path)
        running = asyncio.ensure_future(kept.run())
        taken = kept.take(NOW + timedelta(hours=1))
        await asyncio.sleep(1)
        running.cancel()
        return taken.text if taken else None

    run(keep())
    assert b"Italie" not in (tmp_path / "kept-questions").read_bytes()
    assert run(take()) == ITALY
    assert not (tmp_path / "kept-questions").exists()
    assert run(take()) is None


def test_a_file_that_cannot_be_read_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "kept-questions").write_bytes(b"not sealed")

    async def scene() -> object:
        return KeptQuestions(tmp_path).take(NOW)

    assert run(scene()) is None
    forget_kept(tmp_path)
    assert list(tmp_path.glob("kept*")) == []


QUESTIONS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 8 * 3600)), max_size=20)


@given(QUESTIONS)
def test_they_are_few_fresh_and_each_is_there_once(asked: list[tuple[str, int]]) -> None:
    kept: Kept = ()
    at = NOW
    for text, after in asked:
        at += timedelta(seconds=after)
        kept = with_question(kept, text, at)
        assert kept[-1].text == text
        assert len(kept) <= MOST
        assert len({one.text for one in kept}) == len(kept)
        assert all(at - one.at <= KEPT_FOR for one in kept)
    assert still_wanted(kept, at + KEPT_FOR + timedelta(seconds=1)) == ()


EVENTS = st.lists(
    st.tuples(st.sampled_from(["up", "down", "needed", "look"]), st.floats(0, 400)), max_size=60
)


@given(EVENTS)
def test_whatever_a_server_does_it_is_told_of_rarely(events: list[tuple[str, float]]) -> None:
    outages, now = Outages(), 0.0
    losses, returns = list[float](), list[float]()
    for event, after in events:
        now += after
        if event == "up":
            outages = outages.up(now)
        elif event == "down":
            outages = outages.down()
        elif event == "needed" and outages.up_since is None:
            outages, tell = outages.tell_loss(now)
            losses += [now] if tell else []
        else:
            outages, tell = outages.tell_return(now)
            returns += [now] if tell else []
            assert not tell or outages.is_back(now)
    for told in (losses, returns):
        assert all(b - a >= QUIET_S for a, b in pairwise(told))
    assert len(returns) <= len(losses)


def test_what_was_lost_in_mid_answer_is_kept_and_counts_as_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with room(KeptQuestions(tmp_path)) as at:
            at.home.linked()
            said = lost_sentence("SERVER_LOST", ITALY, at.home)
            assert said == "J'ai perdu le serveur. Je garde ta question pour son retour."
            at.home.lost()
            assert len(at.needs_server("Raconte")) == 1, "that it is away was told"
            assert lost_sentence("SERVER_LOST", ITALY, None) == "J'ai perdu le serveur."

    run(scene())


@pytest.mark.parametrize(("scope", "left"), [("all", 0), ("turn", 1)])
def test_who_wants_everything_forgotten_is_offered_nothing(scope: str, left: int, tmp_path: Path) -> None:
    async def scene() -> int:
        kept = KeptQuestions(tmp_path)
        async with room(kept) as at:
            writing = asyncio.ensure_future(kept.run())
            at.needs_server()
            assert at.home.forgets(Match("forget", {"scope": scope})) is (left == 0)
            at.home.linked()
            await asyncio.sleep(60)
            writing.cancel()
            return len(at.offered)

    assert run(scene()) == left
    assert not (tmp_path / "kept-questions").exists()
