"""An order that is answered before it is sure that it is over: what becomes of what follows it."""

from pathlib import Path

import numpy as np
import pytest

from hive_mind.server.core.speech.engines import Load, SpeechEngines
from hive_mind.speech.audio import Samples, silence
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.speech.vad.energy import EnergyVad
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice
from tests.fakes.text_client import Received, TextClient
from tests.fakes.thin_client import TONE, ThinClient

pytestmark = pytest.mark.anyio
TIMER = "Mets un minuteur"
TEN = "Mets un minuteur de dix minutes"
PAUSE = silence(0.4)
"""Longer than an order waits that can be taken back, shorter than any other one does."""


def engines(*texts: str) -> Load:
    stt = ScriptedStt(*texts)
    return lambda: SpeechEngines(stt, CachedVoice(ToneVoice()), EnergyVad)


async def begin(page: ThinClient, pause: Samples = PAUSE) -> Received:
    """Say the beginning; the first chunk of the answer to it, which comes while the utterance is open."""
    await page.stream(np.concatenate([silence(0.3), TONE, pause]), amendable=True)
    chunk = await page.until("response_chunk")
    assert page.of_type("transcript")[-1]["is_final"] is False
    return chunk


async def go_on(page: ThinClient, samples: Samples) -> None:
    for piece in np.array_split(samples, 20):
        await page.ws.send((piece * 32767).astype("<i2").tobytes())


async def timers(server: Running, client_id: str = "page") -> list[float]:
    state = await server.house.remotes[client_id].keeper.state()
    return [timer.duration_s for timer in state.timers]


@pytest.mark.parametrize(
    ("first", "whole", "left"),
    [
        (TIMER, TEN, [600.0]),
        (TEN, f"{TEN} et demie", [630.0]),
        (TEN, f"{TEN} et un minuteur de cinq minutes", [600.0, 300.0]),
    ],
)
async def test_an_order_that_goes_on_is_done_otherwise(
    tmp_path: Path, first: str, whole: str, left: list[float]
) -> None:
    async with running_server(tmp_path, load=engines(first, whole)) as server, ThinClient(server.ws) as page:
        early = await begin(page)
        assert early["utterance_id"] == "u1"
        await go_on(page, np.concatenate([TONE, silence(1.7)]))
        final = await page.until("transcript", is_final=True)
        assert (final["text"], final["utterance_id"]) == (whole, "u1")
        while len(page.of_type("turn_end")) < 2:
            await page.receive()
        first_turn, second_turn = (end["turn_id"] for end in page.of_type("turn_end"))
        assert first_turn == early["turn_id"] != second_turn
        assert await timers(server) == left
        assert [t.heard for t in server.house.traces.newest_first() if t.over] == [whole, first]
        assert page.of_type("error") == []


async def test_an_order_that_turns_out_to_be_for_another_room_is_taken_back_here(tmp_path: Path) -> None:
    whole = f"{TEN} dans la cuisine"
    async with (
        running_server(tmp_path, load=engines(TEN, whole)) as server,
        TextClient(server.ws, "four", {"room": "cuisine"}),
        ThinClient(server.ws) as page,
    ):
        await begin(page)
        await go_on(page, np.concatenate([TONE, silence(1.7)]))
        while len(page.of_type("turn_end")) < 2:
            await page.receive()
        assert await timers(server) == []
        assert await timers(server, "four") == [600.0]


async def test_an_order_that_was_all_is_answered_once(tmp_path: Path) -> None:
    async with running_server(tmp_path, load=engines(TEN)) as server, ThinClient(server.ws) as page:
        await begin(page)
        await go_on(page, silence(1.5))
        assert (await page.until("transcript", is_final=True))["text"] == TEN
        await page.ask("Bonjour")
        assert await timers(server) == [600.0]
        assert [t.heard for t in server.house.traces.newest_first() if t.over] == ["Bonjour", TEN]


@pytest.mark.parametrize("heard", [f"{TEN} minuteur de dix minutes lancé", "une autre voix"])
async def test_what_is_no_more_of_it_changes_nothing(tmp_path: Path, heard: str) -> None:
    texts = engines(TEN, heard, "une autre voix")
    async with running_server(tmp_path, load=texts) as server, ThinClient(server.ws) as page:
        await begin(page)
        await go_on(page, np.concatenate([TONE, silence(0.7)]))
        assert (await page.until("transcript", is_final=True))["text"] == TEN
        await page.ask("Bonjour")
        assert await timers(server) == [600.0]
        assert len(page.of_type("turn_end")) == 2
        assert [end["outcome"] for end in page.of_type("speech_end")][:1] in ([], ["completed"])


async def test_a_word_that_silences_does_so_there_too(tmp_path: Path) -> None:
    texts = engines(TEN, f"{TEN} stop", "Stop !")
    async with running_server(tmp_path, load=texts) as server, ThinClient(server.ws) as page:
        await begin(page)
        await go_on(page, np.concatenate([TONE, silence(0.3)]))
        final = await page.until("transcript", is_final=True)
        assert (final["wish"], final["utterance_id"]) == ("stop", "u1")
        assert await timers(server) == [600.0]
        await page.ask("Bonjour")
        assert [t.heard for t in server.house.traces.newest_first() if t.over] == ["Bonjour", TEN]


async def test_what_takes_no_breath_is_not_listened_to_for_ever(tmp_path: Path) -> None:
    async with running_server(tmp_path, load=engines(TEN)) as server, ThinClient(server.ws) as page:
        await begin(page)
        await go_on(page, np.tile(TONE, 7))  # a television
        assert (await page.until("transcript", is_final=True))["text"] == TEN


async def test_a_client_that_says_nothing_of_it_waits_as_before(tmp_path: Path) -> None:
    async with running_server(tmp_path, load=engines(TEN)) as server, ThinClient(server.ws) as page:
        await page.stream(np.concatenate([silence(0.3), TONE, PAUSE]))
        await page.until("transcript", is_final=False)
        await go_on(page, silence(0.6))
        await page.until("response_chunk")
        assert page.of_type("transcript")[-1]["is_final"] is True


async def test_a_question_that_cannot_be_taken_back_waits_too(tmp_path: Path) -> None:
    model = ScriptedModel({"Raconte": ("Il était une fois.",)})
    async with (
        running_server(tmp_path, model, engines("Raconte")) as server,
        ThinClient(server.ws) as page,
    ):
        await page.stream(np.concatenate([silence(0.3), TONE, PAUSE]), amendable=True)
        await page.until("transcript", is_final=False)
        await page.end()
        assert (await page.until("transcript"))["is_final"] is True


async def test_a_client_that_leaves_meanwhile_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_server(tmp_path, load=engines(TEN, f"{TEN} et demie")) as server:
        async with ThinClient(server.ws) as page:
            await begin(page)
        async with ThinClient(server.ws, "other") as other:
            await other.ask("Bonjour")
            assert await timers(server) == [600.0]
            assert not server.house.remotes["page"].turns.busy
