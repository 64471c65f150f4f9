"""Clients without engines of their own, over real sockets: their voice in, our voice out."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from hive_mind.errors import ModelError, SpeechError
from hive_mind.server.core.speech.engines import Load, SpeechEngines
from hive_mind.speech.audio import SAMPLE_RATE, Samples, silence
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.speech.vad.energy import EnergyVad
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice
from tests.fakes.text_client import answer_in
from tests.fakes.thin_client import TONE, ThinClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
ITALY = "Quelle est la capitale de l'Italie ?"
ROME = "La capitale de l'Italie est Rome."


def engines(*texts: str, voice: ToneVoice | None = None) -> Load:
    stt = ScriptedStt(*texts)
    return lambda: SpeechEngines(stt, CachedVoice(voice or ToneVoice()), EnergyVad)


@asynccontextmanager
async def house(folder: Path, load: Load, **settings: str) -> AsyncIterator[Running]:
    model = ScriptedModel({ITALY: ("La capitale", " de l'Italie", " est Rome.")})
    async with running_server(folder, model, load, **settings) as server:
        yield server


async def test_a_spoken_question_is_answered_aloud(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        await page.answered()
        transcripts = page.of_type("transcript")
        assert transcripts[-1] | {"seq": 0} == {
            "type": "transcript",
            "text": ITALY,
            "is_final": True,
            "utterance_id": "u1",
            "seq": 0,
        }
        assert answer_in(page.log) == ROME
        (start,) = page.of_type("speech_start")
        (end,) = page.of_type("speech_end")
        assert start["turn_id"] == end["turn_id"] == page.of_type("turn_end")[0]["turn_id"]
        assert (start["rate"], end["outcome"]) == (8000, "completed")
        assert page.spoken().seconds == pytest.approx(0.05 * len(ROME), abs=0.3)


async def test_the_end_of_speech_ends_the_utterance_and_what_follows_is_ignored(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        await page.until("transcript", is_final=True)
        await page.ws.send(bytes(3200))
        await page.end()
        await page.until("speech_end")
        assert page.of_type("error") == []


async def test_a_client_that_does_not_play_is_answered_in_writing(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws, plays=False) as page:
        await page.say_tone()
        await page.until("turn_end")
        await asyncio.sleep(0.2)
        assert page.voice == []
        assert answer_in(page.log) == ROME


async def test_a_typed_question_is_answered_aloud_too(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.say(ITALY)
        await page.until("speech_end")
        assert page.spoken().seconds > 1


async def test_any_rate_is_heard(tmp_path: Path) -> None:
    stt = ScriptedStt(ITALY)
    load = lambda: SpeechEngines(stt, CachedVoice(ToneVoice()), EnergyVad)  # noqa: E731
    async with house(tmp_path, load) as server, ThinClient(server.ws) as page:
        await page.stream(np.concatenate([silence(0.9), np.repeat(TONE, 3), silence(4.5)]), rate=48000)
        await page.until("transcript", is_final=True)
        assert stt.heard_s[-1] == pytest.approx(0.3 + 0.8 + 0.064, abs=0.1)


async def test_silence_is_an_empty_transcript_and_no_turn(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.stream(silence(2.0))
        await page.end()
        final = await page.until("transcript")
        assert (final["text"], final["is_final"]) == ("", True)
        assert page.of_type("response_chunk") == []


async def test_what_is_not_intelligible_is_no_turn(tmp_path: Path) -> None:
    async with house(tmp_path, engines("...")) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        assert (await page.until("transcript"))["text"] == ""
        await page.ask("Bonjour")
        assert len(page.of_type("turn_end")) == 1


async def test_speech_that_goes_on_is_one_utterance(tmp_path: Path) -> None:
    texts = engines("Quelle est", ITALY)
    async with house(tmp_path, texts) as server, ThinClient(server.ws) as page:
        await page.stream(np.concatenate([silence(0.3), TONE, silence(0.35)]))
        await page.until("transcript", is_final=False)
        for piece in np.split(np.concatenate([TONE, silence(1.6)]), 24):
            await page.ws.send((piece * 32767).astype("<i2").tobytes())
        assert (await page.until("transcript", is_final=True))["text"] == ITALY
        await page.answered()
        assert answer_in(page.log) == ROME  # nothing of the first draft came
        assert len(page.of_type("turn_end")) == 1


async def test_a_complete_order_does_not_wait_for_the_gate(tmp_path: Path) -> None:
    load = engines("Lance un chronomètre")
    async with house(tmp_path, load) as server, ThinClient(server.ws) as page:
        await page.stream(np.concatenate([silence(0.3), TONE, silence(0.2)]))
        assert (await page.until("transcript", is_final=True))["text"]
        assert (await page.until("turn_end"))["route"] == "command"


async def test_an_interruption_stops_the_voice_and_what_was_not_heard_is_forgotten(tmp_path: Path) -> None:
    long = "La capitale de l'Italie est Rome. " + "Voici une phrase assez longue pour durer un moment. " * 20
    model = ScriptedModel({ITALY: (long,)})
    async with running_server(tmp_path, model, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        start = await page.until("speech_start")
        while len(page.voice) < 16:  # 4 s, of which 1.5 s have sounded
            page.voice.append(await _binary(page))
        await page.send("interrupt", turn_id=start["turn_id"])
        end = await page.until("speech_end")
        assert end["outcome"] == "interrupted"
        assert page.spoken().seconds < 10
        await page.say("Bonjour")
        await page.until("turn_end")
        kept = [entry.text for entry in server.house.context.tail if entry.role == "assistant"]
        assert long.startswith(kept[0])
        assert len(kept[0]) < len(long) / 2


async def test_how_an_answer_opens_sounds_though_nothing_follows_yet(tmp_path: Path) -> None:
    model = ScriptedModel({ITALY: (ROME,)}, stop_after=0)
    async with running_server(tmp_path, model, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        await page.until("speech_start")
        model.release.set()
        await page.answered()
        assert answer_in(page.log) == ROME


@pytest.mark.parametrize(("word", "wish"), [("Stop !", "stop"), ("Attends.", "wait")])
async def test_a_word_over_the_answer_silences_it_and_is_no_question(
    tmp_path: Path, word: str, wish: str
) -> None:
    long = " ".join(["Voici une phrase assez longue pour durer un moment."] * 20)
    model = ScriptedModel({ITALY: (long,)})
    load = engines(ITALY, word)
    async with running_server(tmp_path, model, load) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        turn_id = (await page.until("speech_start"))["turn_id"]
        # No silence follows: a pause is enough.
        await page.stream(np.concatenate([silence(0.3), TONE, silence(0.2)]), "u2", over=turn_id)
        said = await page.until("transcript", utterance_id="u2")
        assert (said["text"], said["is_final"], said["wish"]) == (word, True, wish)
        await page.end("u2")
        await page.ask("Bonjour")
        assert page.of_type("speech_end")[0]["outcome"] == "interrupted"
        assert [t.heard for t in server.house.traces.newest_first() if t.over] == ["Bonjour", ITALY]
        assert page.of_type("error") == []


async def test_over_the_answer_our_own_word_and_a_question_silence_nothing_by_themselves(
    tmp_path: Path,
) -> None:
    model = ScriptedModel({ITALY: ("Arrête, dit-il. " + "Puis il attend encore un moment. " * 20,)})
    load = engines(ITALY, "Arrête", "Bonjour")
    async with running_server(tmp_path, model, load) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        turn_id = (await page.until("speech_start"))["turn_id"]
        await page.stream(np.concatenate([silence(0.3), TONE, silence(0.2)]), "u2", over=turn_id)
        heard = await page.until("transcript", utterance_id="u2")
        assert "wish" not in heard
        await page.send("interrupt", utterance_id="u2")  # the page knows its own voice
        await page.say_tone("u3", over=turn_id)
        assert (await page.until("transcript", utterance_id="u3", is_final=True))["text"] == "Bonjour"
        ends = [await page.until("speech_end"), await page.until("speech_end")]
        assert [end["outcome"] for end in ends] == ["interrupted", "completed"]


async def test_what_may_be_answered_is_rendered_while_somebody_speaks(tmp_path: Path) -> None:
    voice = ToneVoice()
    load = engines("Lance le chronomètre", voice=voice)
    async with house(tmp_path, load) as server, ThinClient(server.ws) as page:
        await page.stream(silence(0.2))
        speech = await server.house.speech.engines()
        await eventually(lambda: speech.voice.has("Chronomètre démarré."))
        await page.stream(np.concatenate([TONE, silence(0.2)]), "u2")
        await page.until("speech_end")
        assert page.spoken().seconds > 0.5
        assert voice.said.count("Chronomètre démarré.") == 1


async def test_an_interruption_without_a_name_stops_whatever_is_said(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await server.house.plugins.announce("Le linge est sec. " * 40, None, "info")
        await page.until("speech_start")
        await page.send("interrupt")
        assert (await page.until("speech_end"))["outcome"] == "interrupted"


async def test_a_new_question_stops_the_voice_of_the_last_answer(tmp_path: Path) -> None:
    long = " ".join(["Voici une phrase assez longue pour durer un moment."] * 20)
    model = ScriptedModel({ITALY: (long,)})
    load = engines(ITALY, "Bonjour")
    async with running_server(tmp_path, model, load) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        await page.until("speech_start")
        await page.say("Bonjour", utterance_id="typed")
        ends = [await page.until("speech_end"), await page.until("speech_end")]
        assert [end["outcome"] for end in ends] == ["interrupted", "completed"]


async def test_a_client_that_plays_opus_is_sent_opus(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY, ITALY)) as server:
        async with ThinClient(server.ws, "pcm", audio_formats=("pcm_s16le", "opus")) as plain:
            await plain.say_tone()
            await plain.answered()
        async with ThinClient(server.ws, "opus", audio_formats=("opus", "pcm_s16le")) as packed:
            await packed.say_tone()
            await packed.answered()
    (start,) = packed.of_type("speech_start")
    assert (start["format"], start["rate"]) == ("opus", 48_000)
    assert plain.of_type("speech_start")[0]["format"] == "pcm_s16le"
    assert packed.spoken().seconds == pytest.approx(plain.spoken().seconds, abs=0.05)
    assert max(map(len, packed.voice)) < 200 < min(map(len, plain.voice[:-1]))


async def test_two_utterances_at_once_are_the_second_one(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.stream(np.concatenate([silence(0.3), TONE]), "first")
        await page.say_tone("second")
        final = await page.until("transcript", is_final=True)
        assert final["utterance_id"] == "second"
        await page.until("speech_end")
        assert {m["utterance_id"] for m in page.of_type("transcript")} == {"second"}


async def test_faults_are_errors_and_the_connection_stays(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.ws.send(bytes(3200))
        await page.ws.send(bytes(3200))
        assert (await page.until("error"))["code"] == "AUDIO_UNEXPECTED"
        await page.end()
        assert (await page.until("error"))["code"] == "AUDIO_UNEXPECTED"
        await page.send("audio_start", utterance_id="u", format="opus")
        await page.ws.send(b"\xff" * 40)
        assert (await page.until("error"))["code"] == "INVALID_AUDIO"
        await page.send("audio_start", utterance_id="u")
        await page.ws.send(b"odd")
        assert (await page.until("error"))["code"] == "INVALID_AUDIO"
        await page.ws.send(bytes(64 * 1024 + 2))
        assert (await page.until("error"))["code"] == "FRAME_TOO_LARGE"
        await page.end("u")
        assert (await page.until("transcript", is_final=True))["text"] == ""
        assert len(page.of_type("error")) == 5
        await page.say_tone("u2")
        await page.until("speech_end")


async def test_small_packets_that_hold_much_are_limited_by_what_they_hold(tmp_path: Path) -> None:
    four_seconds = bytes([3 << 3 | 3, 63])
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.send("audio_start", utterance_id="u", format="opus")
        for _ in range(60):
            await page.ws.send(four_seconds)
        while (await page.until("error"))["code"] != "RATE_LIMITED":
            pass


async def test_noise_that_is_no_speech_is_no_turn(tmp_path: Path) -> None:
    noise = np.random.default_rng(7).integers(-(2**15), 2**15, 16000 * 3, dtype=np.int16)
    async with house(tmp_path, engines("")) as server, ThinClient(server.ws) as page:
        await page.send("audio_start", utterance_id="u")
        await page.ws.send(noise.tobytes()[:60_000])
        await page.end("u")
        assert (await page.until("transcript", is_final=True))["text"] == ""


async def test_what_is_too_long_is_refused_once(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.stream(silence(33.0))
        await page.end()
        assert (await page.until("error"))["code"] == "AUDIO_TOO_LONG"
        await page.ask("Bonjour")
        assert len(page.of_type("error")) == 1


async def test_a_client_that_leaves_in_mid_utterance_leaves_nothing_behind(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server:
        async with ThinClient(server.ws) as page:
            await page.stream(np.concatenate([silence(0.3), TONE, silence(0.3)]))
            await page.until("transcript", is_final=False)
        async with ThinClient(server.ws, "other") as other:
            await other.ask("Bonjour")
            assert not server.house.remotes["page"].turns.busy
            assert [t.heard for t in server.house.traces.newest_first() if t.over] == ["Bonjour"]


@pytest.mark.parametrize("switched", ["off", "auto"])
async def test_a_server_without_engines_says_so(tmp_path: Path, switched: str) -> None:
    def missing() -> SpeechEngines:
        raise ModelError("No model here.", code="MODEL_MISSING")

    async with house(tmp_path, missing, speech=switched) as server, ThinClient(server.ws) as page:
        await page.stream(silence(0.5))
        await page.end()
        assert (await page.until("error", code="AUDIO_UNSUPPORTED"))["message"]
        answer, _ = await page.ask(ITALY)
        assert answer == ROME
        assert page.voice == []


async def test_louder_softer_and_silent(tmp_path: Path) -> None:
    load = engines("Mets le volume à 50 %", ITALY)
    async with house(tmp_path, load) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        await page.until("speech_end")
        page.voice.clear()
        await page.say_tone("u2")
        await page.until("speech_end")
        assert np.abs(page.spoken().samples).max() == pytest.approx(0.3 * 0.25, abs=0.01)


async def test_announcements_are_spoken(tmp_path: Path) -> None:
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await server.house.plugins.announce("Le linge est sec.", None, "info")
        said = await page.until("announce")
        start = await page.until("speech_start")
        assert start["turn_id"] == said["turn_id"]
        await page.until("speech_end")
        assert page.spoken().seconds > 0.5


async def test_what_was_misheard_is_repaired_by_sound(tmp_path: Path) -> None:
    async with house(tmp_path, engines("Dimois l'heure")) as server, ThinClient(server.ws) as page:
        await page.say_tone()
        end = await page.until("turn_end")
        assert end["intent"] == "get_time"


async def test_several_at_once_all_get_their_answer(tmp_path: Path) -> None:
    async def ask(number: int) -> str:
        async with ThinClient(server.ws, f"page-{number}") as page:
            await page.say_tone()
            await page.until("speech_end")
            return answer_in(page.log)

    async with house(tmp_path, engines(ITALY)) as server:
        answers = await asyncio.gather(*(ask(number) for number in range(6)))
        assert answers == [ROME] * 6


async def _binary(page: ThinClient) -> bytes:
    while isinstance(frame := await page.ws.recv(), str):
        page.log.append(json.loads(frame))
    return frame


def test_a_tone_is_as_long_as_the_tests_believe() -> None:
    assert len(TONE) / SAMPLE_RATE == pytest.approx(0.8)


async def test_its_name_at_the_head_of_a_question_is_no_part_of_it(tmp_path: Path) -> None:
    async with house(tmp_path, engines(f"Jarvis, {ITALY}")) as server, ThinClient(server.ws) as satellite:
        await satellite.send("wake_detected", word="hey_jarvis", score=0.9, loudness=-30.0)
        await satellite.say_tone()
        assert (await satellite.until("transcript", is_final=True))["text"] == ITALY


class PhraseStt(ScriptedStt):
    """Also finds phrases as likely as it was told; `fails` where it breaks."""

    def __init__(self, scores: Mapping[str, float], *, fails: bool = False) -> None:
        super().__init__(ITALY)
        self._scores, self._fails = scores, fails
        self.compared_s: list[float] = []

    def phrase_scores(
        self, samples: Samples, texts: Sequence[str], *, cancel: CancelToken | None = None
    ) -> tuple[float, ...]:
        del cancel
        if self._fails:
            raise SpeechError("It broke.")
        self.compared_s.append(len(samples) / SAMPLE_RATE)
        return tuple(self._scores.get(text, -9.0) for text in texts)


WAKE = {"texts": ["hey alison", "et alison"], "floor": -4.5}


def hears(stt: ScriptedStt) -> Load:
    return lambda: SpeechEngines(stt, CachedVoice(ToneVoice()), EnergyVad)


@pytest.mark.parametrize(("score", "accepted"), [(-4.0, True), (-5.0, False)])
async def test_a_wake_word_is_verified_for_who_cannot(tmp_path: Path, score: float, accepted: bool) -> None:
    stt = PhraseStt({"et alison": score})
    async with house(tmp_path, hears(stt)) as server, ThinClient(server.ws) as page:
        await page.stream(np.tile(TONE, 2), "w1", wake=WAKE)
        await page.end("w1")
        verdict = await page.until("wake_verdict")
        assert (verdict["accepted"], verdict["utterance_id"]) == (accepted, "w1")
        assert stt.compared_s == [pytest.approx(1.6, abs=0.04)]
        assert page.of_type("transcript") == []


async def test_a_wake_word_does_not_disturb_a_question(tmp_path: Path) -> None:
    async with house(tmp_path, hears(PhraseStt({}))) as server, ThinClient(server.ws) as page:
        await page.stream(np.concatenate([silence(0.3), TONE]))
        await page.stream(TONE, "w1", wake=WAKE)
        await page.end("w1")
        for piece in np.split(silence(1.6), 16):
            await page.ws.send(bytes(2 * len(piece)))
        assert not (await page.until("wake_verdict"))["accepted"]
        assert (await page.until("transcript", is_final=True))["utterance_id"] == "u1"


async def test_a_wake_word_that_cannot_be_verified_is_an_error(tmp_path: Path) -> None:
    broken = hears(PhraseStt({}, fails=True))
    async with house(tmp_path, broken) as server, ThinClient(server.ws) as page:
        await page.stream(TONE, "w1", wake=WAKE)
        await page.end("w1")
        error = await page.until("error")
        assert (error["code"], error["utterance_id"]) == ("SPEECH_FAILED", "w1")
        await page.stream(np.tile(TONE, 4), "w2", wake=WAKE)
        assert (await page.until("error", code="AUDIO_TOO_LONG"))["recoverable"] is not None
    async with house(tmp_path, engines(ITALY)) as server, ThinClient(server.ws) as page:
        await page.stream(TONE, "w1", wake=WAKE)
        await page.end("w1")
        assert (await page.until("error"))["code"] == "AUDIO_UNSUPPORTED"
