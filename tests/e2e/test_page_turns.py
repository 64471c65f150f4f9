"""What happens next in a talk through the page: its state machine, step by step, as a browser runs it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.fakes.browser import CHROMIUM, NO_CHROMIUM, open_browser, visit
from tests.fakes.running_server import running_server

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]
Event = dict[str, Any]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    folder: Path = tmp_path_factory.mktemp("house")
    async with (
        running_server(folder, speech="off") as server,
        open_browser() as browser,
        visit(browser, server.address) as visitor,
    ):
        yield visitor.page


async def play(page: Page, *events: Event) -> tuple[Event, list[list[str]]]:
    """The state after these events, and what was done after each."""
    told: list[Any] = await page.evaluate(
        """async (events) => {
            const { START, step } = await import("/web/talk/turns.js");
            let state = START;
            const done = [];
            for (const event of events) {
                const [next, effects] = step(state, event);
                state = next;
                done.push(effects.map((effect) => effect.do));
            }
            return [state, done];
        }""",
        list(events),
    )
    return told[0], told[1]


PRESS: Event = {"type": "press", "id": "u"}
HANDS: Event = {"type": "hands_free", "on": True}
HEARD: Event = {"type": "transcript", "id": "u", "text": "Et demain ?", "final": True}
CHUNK: Event = {"type": "chunk", "turn": "t", "id": "u", "text": "Il pleut.", "final": True}
END: Event = {"type": "turn_end", "turn": "t", "id": "u"}
SOUNDS: Event = {"type": "voice_started", "turn": "t"}
SILENT: Event = {"type": "voice_over", "turn": "t"}
ANSWERED = (PRESS, HEARD, CHUNK, SOUNDS, END)


async def test_a_question_and_its_answer(page: Page) -> None:
    state, done = await play(page, *ANSWERED)
    assert done[0] == ["open_ear"]
    assert done[1] == ["finish", "shut_ear", "duck", "heard"]
    assert (state["phase"], state["ear"], state["sounding"]) == ("idle", "closed", "t")
    state, _ = await play(page, *ANSWERED, SILENT)
    assert state["sounding"] is None


async def test_nothing_said_is_no_question(page: Page) -> None:
    state, done = await play(page, PRESS, HEARD | {"text": ""})
    assert "nothing_heard" in done[1]
    assert (state["phase"], state["ear"], state["asked"]) == ("idle", "closed", None)


async def test_letting_go_ends_an_utterance(page: Page) -> None:
    state, done = await play(page, PRESS, {"type": "release"})
    assert done[1] == ["finish", "shut_ear"]
    assert state["phase"] == "thinking"


async def test_what_still_comes_of_an_answer_that_was_stopped_is_left_out(page: Page) -> None:
    state, done = await play(page, *ANSWERED, {"type": "stop"}, CHUNK, END)
    assert done[5] == ["interrupt", "hush", "shut_ear"]
    assert done[6] == []
    assert (state["phase"], state["sounding"]) == ("idle", None)


async def test_a_press_over_an_answer_stops_it_and_listens(page: Page) -> None:
    state, done = await play(page, *ANSWERED, PRESS | {"id": "u2"}, CHUNK)
    assert done[5] == ["interrupt", "hush", "open_ear"]
    assert done[6] == []
    assert (state["ear"], state["utterance"]) == ("hearing", "u2")


async def test_a_question_back_is_listened_to_when_it_has_been_said(page: Page) -> None:
    asks = (PRESS, HEARD, CHUNK, SOUNDS, {"type": "follow_up", "seconds": 6}, END)
    state, _ = await play(page, *asks)
    assert state["ear"] == "closed"  # it still speaks
    state, done = await play(page, *asks, SILENT)
    assert done[-1] == ["rest_ear", "wait"]
    assert state["ear"] == "waiting"
    state, done = await play(page, *asks, SILENT, {"type": "voice", "id": "u2"})
    assert (done[-1], state["ear"]) == (["stream"], "hearing")
    state, done = await play(page, *asks, SILENT, {"type": "waited"})
    assert (done[-1], state["ear"]) == (["shut_ear"], "closed")


EARLY: tuple[Event, ...] = (PRESS, HEARD | {"final": False}, CHUNK, SOUNDS, END)
MORE: Event = {"type": "chunk", "turn": "t2", "id": "u", "text": "Il fera beau.", "final": True}


async def test_an_answer_before_the_end_sounds_while_more_is_listened_to(page: Page) -> None:
    state, done = await play(page, *EARLY)
    assert done[2] == ["duck", "early", "answer"]
    assert (state["ear"], state["utterance"], state["sounding"]) == ("lingering", "u", "t")
    state, done = await play(page, *EARLY, HEARD)
    assert done[-1] == ["finish", "shut_ear", "heard"]  # it goes on sounding
    assert (state["ear"], state["sounding"], state["turn"]) == ("closed", "t", "t")


async def test_more_of_an_order_is_answered_anew(page: Page) -> None:
    more = (HEARD | {"text": "Et demain à Paris ?", "final": False}, MORE)
    state, done = await play(page, *EARLY, *more, END)
    assert done[-2:] == [["hush", "duck", "anew", "answer"], []]
    assert (state["ear"], state["turn"], state["over"], state["phase"]) == (
        "lingering",
        "t2",
        "t",
        "answering",
    )
    state, done = await play(page, *EARLY, *more, HEARD, END | {"turn": "t2"})
    assert done[-2] == ["finish", "shut_ear", "heard"]
    assert (state["ear"], state["phase"]) == ("closed", "idle")


async def test_what_was_asked_back_to_the_beginning_of_an_order_is_asked_no_more(page: Page) -> None:
    asks = (*EARLY, {"type": "follow_up", "seconds": 6})
    sounds: tuple[Event, ...] = (
        SOUNDS | {"turn": "t2"},
        END | {"turn": "t2"},
        HEARD,
        SILENT | {"turn": "t2"},
    )
    state, done = await play(page, *asks, MORE, *sounds)
    assert done[-1] == []
    assert (state["ear"], state["phase"], state["sounding"]) == ("closed", "idle", None)


async def test_more_of_an_order_may_come_with_its_end(page: Page) -> None:
    state, done = await play(page, *EARLY, HEARD, MORE)
    assert done[-1] == ["hush", "duck", "anew", "answer"]
    assert (state["turn"], state["phase"]) == ("t2", "answering")


async def test_the_page_may_hear_the_end_of_an_order_before_the_server_does(page: Page) -> None:
    state, done = await play(
        page, PRESS, HEARD | {"final": False}, {"type": "silence"}, CHUNK, SOUNDS, HEARD, END
    )
    assert done[2] == ["finish", "shut_ear"]
    assert done[3] == ["duck", "early", "answer"]
    assert done[5] == ["heard"]
    assert (state["ear"], state["sounding"], state["phase"]) == ("closed", "t", "idle")


async def test_a_question_back_to_an_order_is_listened_to_when_both_are_over(page: Page) -> None:
    asks = (*EARLY, {"type": "follow_up", "seconds": 6})
    state, done = await play(page, *asks, SILENT, HEARD)
    assert done[-1] == ["finish", "shut_ear", "heard", "rest_ear", "wait"]
    state, done = await play(page, *asks, HEARD, SILENT)
    assert done[-1] == ["rest_ear", "wait"]
    assert state["ear"] == "waiting"


async def test_a_press_or_a_stop_over_such_an_answer(page: Page) -> None:
    state, done = await play(page, *EARLY, PRESS | {"id": "u2"}, MORE)
    assert done[-2] == ["interrupt", "hush", "open_ear"]
    assert (state["ear"], state["utterance"], state["turn"]) == ("hearing", "u2", None)
    state, done = await play(page, *EARLY, {"type": "stop"})
    assert done[-1] == ["interrupt", "hush", "drop", "shut_ear"]
    assert (state["ear"], state["early"]) == ("closed", None)


async def test_a_word_that_silences_leaves_the_order_to_be_read(page: Page) -> None:
    state, done = await play(page, *EARLY, HEARD | {"text": "Stop", "wish": "stop"})
    assert done[-1] == ["finish", "shut_ear", "hush"]
    assert (state["ear"], state["phase"], state["sounding"]) == ("closed", "idle", None)


async def test_a_typed_question_opens_no_microphone_when_it_is_asked_back(page: Page) -> None:
    typed: Event = {"type": "typed", "id": "u", "text": "Et demain ?"}
    state, _ = await play(page, typed, CHUNK, {"type": "follow_up", "seconds": 6}, END)
    assert state["ear"] == "closed"


async def test_speech_over_an_answer_lowers_it_and_words_cut_it(page: Page) -> None:
    talk = (HANDS, {"type": "voice", "id": "u"}, HEARD, CHUNK, SOUNDS, END)
    _, done = await play(page, *talk, {"type": "voice", "id": "u2"}, HEARD | {"id": "u2"})
    assert done[6] == ["duck", "stream"]
    assert done[7] == ["finish", "rest_ear", "hush", "duck", "heard"]


@pytest.mark.parametrize("wish", ["stop", "wait"])
async def test_a_word_that_silences_is_no_question(page: Page, wish: str) -> None:
    talk = (HANDS, {"type": "voice", "id": "u"}, HEARD, CHUNK, SOUNDS, END)
    said = {"id": "u2", "text": "Attends !", "wish": wish}
    state, done = await play(page, *talk, {"type": "voice", "id": "u2"}, HEARD | said, SILENT)
    assert done[7] == ["finish", "rest_ear", "hush", "heard"]
    assert (state["phase"], state["sounding"], state["ear"]) == ("idle", None, "waiting")
    assert state["asked"] is None  # no answer is awaited


async def test_what_sounds_of_no_turn_is_stopped_with_everything_else(page: Page) -> None:
    asked = await page.evaluate(
        """async () => {
            const { START, step } = await import("/web/talk/turns.js");
            const stop = (state) => step({ ...START, ...state }, { type: "stop" })[1][0];
            return [stop({ turn: "t", sounding: "a-1" }), stop({ turn: "t", sounding: "t" })];
        }"""
    )
    assert asked == [{"do": "interrupt", "turn": None}, {"do": "interrupt", "turn": "t"}]


@pytest.mark.parametrize("last", [HEARD | {"id": "u2", "text": ""}, {"type": "echo"}])
async def test_a_cough_or_our_own_voice_does_not(page: Page, last: Event) -> None:
    talk = (HANDS, {"type": "voice", "id": "u"}, HEARD, CHUNK, SOUNDS, END)
    state, done = await play(page, *talk, {"type": "voice", "id": "u2"}, last)
    assert "hush" not in done[7]
    assert "duck" in done[7]  # it comes back up
    assert (state["sounding"], state["ear"]) == ("t", "waiting")


async def test_a_lost_link_ends_the_voice_and_the_utterance(page: Page) -> None:
    state, done = await play(page, PRESS, {"type": "lost"})
    assert done[1] == ["hush", "shut_ear"]
    assert (state["ear"], state["utterance"]) == ("closed", None)


async def test_a_fault_of_another_question_changes_nothing(page: Page) -> None:
    state, done = await play(page, PRESS, {"type": "fault", "id": "other", "message": "Non."})
    assert (done[1], state["ear"]) == ([], "hearing")
    state, done = await play(page, PRESS, {"type": "fault", "id": "u", "message": "Non."})
    assert done[1] == ["fault", "drop", "shut_ear"]


async def test_without_a_microphone_hands_free_ends(page: Page) -> None:
    state, _ = await play(page, HANDS, {"type": "deaf"})
    assert (state["handsFree"], state["ear"]) == (False, "closed")


async def test_our_own_words_are_told_from_others(page: Page) -> None:
    told = await page.evaluate(
        """async () => {
            const { echoes } = await import("/web/talk/ear.js");
            const said = "Demain à Belfort, beau temps le matin, quelques averses l'après-midi.";
            return [
                echoes("Belfort beau temps le matin", said),
                echoes("Et quelle est la capitale de l'Italie ?", said),
                echoes("stop", said),
                echoes("demain", said),
            ];
        }"""
    )
    assert told == [True, False, False, False]
