"""A misheard order, from the microphone to the answer."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from hive_mind.client.core.reading import MEND_BY_S
from hive_mind.client.core.turn import TurnRecord
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.mending import Mender
from hive_mind.protocol.messages import ClientMessage, Interrupt, VoiceInput
from hive_mind.speech.cancel import CancelToken
from hive_mind.understanding.corrections import Correction
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.openings import openings
from tests.fakes.scripted_server import Talk, scripted_server
from tests.fakes.scripted_speech import ScoringStt, ScriptedStt
from tests.fakes.virtual_time import run
from tests.unit.client.house import house

T = TypeVar("T")
MISHEARD = "Mais le chrono met en marche"
MEANT = "mets le chronomètre en marche"
GARBLED = "Mettez des cornettes en marge"
NO_MATCH = "Pourquoi les chats dorment tout le temps"


class CountingRuns:
    """Runs work at once, and counts it."""

    def __init__(self) -> None:
        self.count = 0

    async def run(self, work: Callable[[CancelToken], T]) -> T:
        self.count += 1
        await asyncio.sleep(0)
        return work(CancelToken())


def hear(folder: Path, stt: ScriptedStt, turns: int = 1) -> list[TurnRecord]:
    async def scene() -> list[TurnRecord]:
        async with house(folder, stt) as at:
            return [await at.hear(-0.2, 1.0) for _ in range(turns)]

    return run(scene())


def test_what_the_audio_says_was_meant_is_done(tmp_path: Path) -> None:
    (record,) = hear(tmp_path, ScoringStt(MISHEARD, gains={"mets": 2.0}))
    assert (record.route, record.intent) == ("command", "start_stopwatch")
    assert record.transcript == MISHEARD
    assert record.taken_for == MEANT


def test_what_may_have_been_meant_is_asked_and_done_after_a_yes(tmp_path: Path) -> None:
    asked, done = hear(tmp_path, ScoringStt(MISHEARD, "Oui", gains={"mets": 1.0}), turns=2)
    assert asked.answer == "Tu as dit : Mets le chronomètre en marche ?"
    assert done.intent == "start_stopwatch"
    assert CorrectionsFile(tmp_path).load() == (Correction(MISHEARD, MEANT),)


def test_after_a_no_nothing_is_done(tmp_path: Path) -> None:
    _, after = hear(tmp_path, ScoringStt(MISHEARD, "Non", gains={"mets": 1.0}), turns=2)
    assert after.answer == "D'accord, oublions ça."
    assert CorrectionsFile(tmp_path).load() == ()


def test_what_the_audio_denies_is_talk(tmp_path: Path) -> None:
    (record,) = hear(tmp_path, ScoringStt(MISHEARD, gains={"mets": 0.1}))
    assert record.intent == "server_away"
    assert record.taken_for == ""


@pytest.mark.parametrize("question", ["C'est quoi un chronomètre ?", "C'est quoi un cronomètre ?"])
def test_a_plain_question_that_was_heard_clearly_is_no_misheard_order(tmp_path: Path, question: str) -> None:
    gains = {"fais": 1.0}
    (unsure,) = hear(tmp_path, ScoringStt(question, gains=gains, sure=-0.6))
    (clear,) = hear(tmp_path, ScoringStt(question, gains=gains, sure=-0.2))
    assert unsure.intent == "start_stopwatch"
    assert clear.intent == "server_away"


def test_one_that_sounds_like_an_order_is_one(tmp_path: Path) -> None:
    (date,) = hear(tmp_path, ScoringStt("Quel est la date ?", gains={"quelle": 2.0}, sure=-0.2))
    assert date.intent == "get_date"


def test_without_scores_only_what_sounds_the_same_is_repaired(tmp_path: Path) -> None:
    (same,) = hear(tmp_path, ScriptedStt("Dimois l'heure"))
    (near,) = hear(tmp_path, ScriptedStt(MISHEARD))
    assert same.intent == "get_time"
    assert same.timings_ms["endpoint"] < 450  # a repaired order waits no longer than one heard right
    assert near.intent == "server_away"


def test_what_was_corrected_once_is_understood_the_next_time(tmp_path: Path) -> None:
    stt = ScriptedStt(NO_MATCH, "Non, j'ai dit lance un chrono", NO_MATCH)
    first, corrected, again = hear(tmp_path, stt, turns=3)
    assert first.intent == "server_away"
    assert corrected.intent == "start_stopwatch"
    assert (again.intent, again.taken_for) == ("start_stopwatch", "lance un chrono")


def test_what_is_not_matched_is_listened_to_again(tmp_path: Path) -> None:
    stt = ScoringStt(GARBLED, gains={"mets": 2.0}, again=MISHEARD)
    (record,) = hear(tmp_path, stt)
    assert (record.transcript, record.intent) == (GARBLED, "start_stopwatch")
    assert "chronomètre" in stt.expected


def test_a_repair_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    async def scene() -> tuple[TurnRecord, int]:
        stt = ScoringStt(MISHEARD, gains={"mets": 2.0}, scoring_s=60.0)
        async with scripted_server(quiet) as server, house(tmp_path, stt, server.url) as at:
            return await at.hear(-0.2, 1.0), stt.cancelled

    record, cancelled = run(scene())
    assert (record.answer, record.taken_for) == ("Parce que.", "")
    assert cancelled == 1
    assert MEND_BY_S <= record.timings_ms["question_end_to_first_audio"] / 1000 < MEND_BY_S + 0.5


def test_what_a_repair_needs_is_made_ready_once_and_anew_for_a_new_grammar(tmp_path: Path) -> None:
    async def scene() -> tuple[int, int]:
        worker = CountingRuns()
        mender = Mender(Grammar(()), ScriptedStt(""), worker, CorrectionsFile(tmp_path))
        await asyncio.gather(mender.prepare(), mender.prepare())
        once = worker.count
        mender.know(Grammar(()))
        preparing = asyncio.ensure_future(mender.prepare())
        for _ in range(4):
            await asyncio.sleep(0)
        mender.know(Grammar(()))  # before it was ready
        await preparing
        await mender.prepare()
        return once, worker.count

    once, altogether = run(scene())
    assert once == len(openings()) + 2  # and the scorer, and what is given back
    assert 2 * once < altogether < 2 * once + len(openings())


async def quiet(talk: Talk, said: ClientMessage) -> None:
    if isinstance(said, VoiceInput) and not said.speculative:
        await talk.answer(said, "Parce que.")


def misheard_order_and_question(
    tmp_path: Path, *, same_machine: bool
) -> tuple[list[TurnRecord], list[VoiceInput | Interrupt]]:
    """Both turns, and what the server was sent for them."""

    async def scene() -> tuple[list[TurnRecord], list[VoiceInput | Interrupt]]:
        stt = ScoringStt(MISHEARD, NO_MATCH, gains={"mets": 2.0})
        async with scripted_server(quiet) as server, house(tmp_path, stt, server.url) as at:
            at.client.parts.shares_cpu = same_machine
            records = [await at.hear(-0.2, 1.0) for _ in range(2)]
            await asyncio.sleep(0.1)
            return records, [m for m in server.received if isinstance(m, VoiceInput | Interrupt)]

    return run(scene())


def test_a_question_goes_out_before_the_repair_and_is_dropped_for_an_order(tmp_path: Path) -> None:
    (order, question), sent = misheard_order_and_question(tmp_path, same_machine=False)
    assert (order.intent, question.answer) == ("start_stopwatch", "Parce que.")
    draft, drop, second, confirmed = sent
    assert isinstance(draft, VoiceInput) and draft.speculative
    assert isinstance(drop, Interrupt) and drop.utterance_id == draft.utterance_id
    assert isinstance(second, VoiceInput) and second.speculative
    assert isinstance(confirmed, VoiceInput) and not confirmed.speculative
    assert confirmed.utterance_id == second.utterance_id


def test_on_the_server_s_own_machine_a_question_waits_for_the_repair_which_it_would_slow_down(
    tmp_path: Path,
) -> None:
    (order, question), sent = misheard_order_and_question(tmp_path, same_machine=True)
    assert (order.intent, question.answer) == ("start_stopwatch", "Parce que.")
    draft, confirmed = sent
    assert isinstance(draft, VoiceInput) and draft.speculative
    assert isinstance(confirmed, VoiceInput) and not confirmed.speculative
    assert confirmed.utterance_id == draft.utterance_id
