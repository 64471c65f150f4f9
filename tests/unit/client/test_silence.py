"""Nobody waits in silence for a server that does not begin to answer."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from hive_mind.client.core.silence import breaking_silence
from tests.fakes.virtual_time import VirtualClock, run

POND, SLOW = "Je réfléchis.", "Ça prend plus de temps que prévu."


async def clauses(after: Sequence[tuple[float, str]]) -> AsyncGenerator[str]:
    for seconds, clause in after:
        await asyncio.sleep(seconds)
        yield clause


def told(after: Sequence[tuple[float, str]], asked: float = 0.0) -> list[tuple[float, str]]:
    async def scene() -> list[tuple[float, str]]:
        clock = VirtualClock()
        await asyncio.sleep(1.0)
        return [
            (round(clock.now(), 1), said) async for said in breaking_silence(clauses(after), asked, clock)
        ]

    return run(scene())


def test_a_quick_answer_is_told_as_it_comes() -> None:
    assert told([(0.5, "Rome."), (5.0, "Une ville.")]) == [(1.5, "Rome."), (6.5, "Une ville.")]


def test_a_slow_one_is_announced_in_time_and_loses_nothing() -> None:
    assert told([(2.0, "Rome."), (0.1, "Une ville.")]) == [(2.3, POND), (3.0, "Rome."), (3.1, "Une ville.")]
    assert told([(30.0, "Rome.")]) == [(2.3, POND), (8.0, SLOW), (31.0, "Rome.")]


def test_the_silence_counts_from_the_question_even_if_it_was_sent_late() -> None:
    assert told([(9.0, "Rome.")], asked=-1.5)[0] == (1.0, POND)


def test_what_hangs_behind_its_opening_is_announced_too() -> None:
    opened = [(0.5, "La capitale de l'Italie"), (30.0, "est Rome."), (60.0, "Une ville.")]
    assert told(opened) == [
        (1.5, "La capitale de l'Italie"),
        (8.0, SLOW),
        (31.5, "est Rome."),
        (91.5, "Une ville."),
    ]


def test_a_second_clause_that_is_there_is_not_announced_however_late_it_is_asked_for() -> None:
    assert told([(0.5, "Rome."), (0.0, "Une ville.")], asked=-60.0)[-2:] == [
        (1.5, "Rome."),
        (1.5, "Une ville."),
    ]


def test_an_answer_without_words_is_none() -> None:
    assert told([]) == []


def test_whoever_is_interrupted_meanwhile_ends_what_was_waited_for() -> None:
    ended: list[str] = []

    async def never() -> AsyncGenerator[str]:
        try:
            await asyncio.sleep(1000)
            yield "too late"
        finally:
            ended.append("ended")

    async def scene() -> None:
        said = breaking_silence(never(), 0.0, VirtualClock())
        assert await anext(said) == POND
        await said.aclose()

    run(scene())
    assert ended == ["ended"]


def test_a_failure_of_the_answer_is_the_tellers() -> None:
    async def broken() -> AsyncGenerator[str]:
        if asyncio.get_running_loop().time() > -1:
            raise RuntimeError("no")
        yield ""

    async def scene() -> None:
        with pytest.raises(RuntimeError):
            async for _ in breaking_silence(broken(), 0.0, VirtualClock()):
                pass

    run(scene())
