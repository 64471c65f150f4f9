"""Pieces of an answer, and what is said while nothing comes."""

import asyncio

from hive_mind.protocol.messages import ResponseChunk, ServerMessage
from hive_mind.server.core.fillers import TALK, WORK, Fillers, filling_silence
from hive_mind.server.core.saying import Saying
from tests.fakes.virtual_time import run


def test_pieces_are_numbered_and_end_once() -> None:
    sent: list[ServerMessage] = []
    first: list[str] = []
    saying = Saying(sent.append, "t-1", "u-1", lambda: first.append("now"))
    saying.fill("Je regarde.")
    saying.give("")
    saying.give("Il pleut.")
    saying.sentence("Prends un parapluie.")
    saying.finish("Bonne journée.")
    saying.finish("Encore.")
    saying.give("Encore.")
    saying.fill("Encore.")
    chunks = [m for m in sent if isinstance(m, ResponseChunk)]
    assert [c.content for c in chunks] == [
        "Je regarde.\n",
        "Il pleut.",
        " Prends un parapluie.",
        " Bonne journée.",
    ]
    assert [c.chunk_index for c in chunks] == [0, 1, 2, 3]
    assert [c.is_final for c in chunks] == [False, False, False, True]
    assert saying.text == "Il pleut. Prends un parapluie. Bonne journée."
    assert first == ["now"]


def heard(
    work_s: float,
    *,
    confirmed_after: float = 0.0,
    speaks_after: float | None = None,
    fillers: Fillers = WORK,
) -> list[tuple[float, str]]:
    """What fills the silence of some work, and when."""
    said: list[tuple[float, str]] = []

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        question, answer = asyncio.Event(), asyncio.Event()
        loop.call_later(confirmed_after, question.set)
        if speaks_after is not None:
            loop.call_later(speaks_after, answer.set)
        async with filling_silence(
            question,
            lambda: not answer.is_set(),
            lambda text: said.append((round(loop.time(), 1), text)),
            fillers,
        ):
            await asyncio.sleep(work_s)

    run(scene())
    return said


LOOKING = "Je regarde."
LONG = "Ça prend plus de temps que prévu."


def test_quick_work_is_not_announced() -> None:
    assert heard(1.1) == []


def test_silence_is_broken_after_a_second_and_honestly_after_three() -> None:
    assert heard(2.0) == [(1.2, LOOKING)]
    assert heard(60.0) == [(1.2, LOOKING), (3.0, LONG)]


def test_a_draft_is_silent_until_it_is_confirmed() -> None:
    assert heard(1.5, confirmed_after=1.0) == []
    assert heard(9.0, confirmed_after=2.0) == [(3.2, LOOKING), (5.0, LONG)]


def test_what_was_answered_meanwhile_needs_no_filler() -> None:
    assert heard(9.0, speaks_after=1.0) == []
    assert heard(9.0, speaks_after=2.0) == [(1.2, LOOKING)]


def test_a_language_model_that_is_slow_to_begin_is_given_a_word_before_two_seconds() -> None:
    assert heard(1.8, fillers=TALK) == []
    assert heard(9.0, fillers=TALK) == [(1.9, "Je réfléchis."), (6.0, LONG)]
    assert heard(9.0, fillers=TALK, speaks_after=1.0) == []
