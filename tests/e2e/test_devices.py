"""A client with devices made of air: PulseAudio's null sinks, as an ordinary process."""

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from hive_mind.client.config import load_config
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines
from hive_mind.client.microphone import open_devices, run_client
from hive_mind.client.platform.base import find_platform
from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Clip
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.understanding.grammar import Grammar
from tests.fakes.air import Air
from tests.fakes.scripted_microphone import LoudnessVad, voice
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice

pytestmark = pytest.mark.audio


def test_devices_are_found_by_name_and_a_wrong_name_is_a_clear_error(air: Air) -> None:
    platform = air.platform()
    assert platform.microphones()[0].name == "ear"
    assert sorted(device.name for device in platform.speakers()) == ["house", "mouth"]
    with pytest.raises(AudioError) as caught:
        open_devices(platform, load_config(microphone="nobody"), 24000)
    assert caught.value.code == "NO_MICROPHONE"
    with pytest.raises(AudioError) as caught:
        open_devices(platform, load_config(speaker="nobody"), 24000)
    assert caught.value.code == "NO_SPEAKER"


def test_a_spoken_command_is_answered_aloud(air: Air, tmp_path: Path) -> None:
    """In at one end of the machine's audio, out at the other."""
    platform = air.platform()
    config = load_config(data=tmp_path, client_id="air", server="ws://127.0.0.1:9", listening="always")
    engines = Engines(
        LoudnessVad(), ScriptedStt("Lance un chrono"), CachedVoice(ToneVoice(24000)), Grammar.load()
    )

    async def scene() -> TurnRecord:
        answered: asyncio.Future[TurnRecord] = asyncio.get_running_loop().create_future()
        devices = open_devices(platform, config, 24000)
        client = asyncio.ensure_future(run_client(config, engines, devices, on_turn=answered.set_result))
        await asyncio.sleep(2.5)  # an idle null sink wakes up late
        speaking = air.play(Clip(voice(1.0), SAMPLE_RATE))
        try:
            return await asyncio.wait_for(answered, 20)
        finally:
            speaking.wait(5)
            client.cancel()
            await asyncio.wait([client])

    with air.recording() as heard:
        record = asyncio.run(scene())
        time.sleep(2.5)
    assert (record.intent, record.route) == ("start_stopwatch", "command")
    sound = heard.samples
    loud = np.count_nonzero(np.abs(sound) > 0.1) / SAMPLE_RATE
    said = len("Chronomètre lancé.") * 0.05
    assert loud == pytest.approx(said, abs=0.3)


def test_a_machine_without_audio_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", "/nowhere")
    platform = find_platform()
    if platform.microphones():
        pytest.skip("this machine has a sound card")
    assert platform.open_microphone(SAMPLE_RATE, lambda _: None) is None
    with pytest.raises(AudioError) as caught:
        open_devices(platform, load_config(), 24000)
    assert caught.value.code in ("NO_SPEAKER", "NO_MICROPHONE")
