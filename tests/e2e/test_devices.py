"""A client with devices made of air: PulseAudio's null sinks, as an ordinary process."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hive_mind.client.config import load_config
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines
from hive_mind.client.microphone import open_devices, run_client
from hive_mind.client.platform.base import AudioPlatform, find_platform
from hive_mind.client.platform.ring import SampleRing
from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Clip
from hive_mind.speech.files import write_wav
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.understanding.grammar import Grammar
from tests.fakes.scripted_microphone import LoudnessVad, voice
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice

pytestmark = [
    pytest.mark.audio,
    pytest.mark.skipif(shutil.which("pulseaudio") is None, reason="PulseAudio is not installed"),
]

SCRIPT = """
load-module module-native-protocol-unix auth-anonymous=1
load-module module-null-sink sink_name=house sink_properties=device.description=house
load-module module-null-sink sink_name=mouth sink_properties=device.description=mouth
load-module module-remap-source master=mouth.monitor source_name=ear source_properties=device.description=ear
set-default-sink house
set-default-source ear
"""


@pytest.fixture
def air(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AudioPlatform]:
    """A machine with a speaker, `house`, and a microphone, `ear`, that hears what is played on `mouth`."""
    runtime = tmp_path / "pulse"
    runtime.mkdir(mode=0o700)
    (runtime / "default.pa").write_text(SCRIPT)
    for name in ("PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(name, str(runtime))
    daemon = subprocess.Popen(
        ["pulseaudio", "-n", "-F", str(runtime / "default.pa"), "--exit-idle-time=-1", "--daemonize=no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        platform = find_platform()
        end = time.monotonic() + 10
        while not platform.microphones() and time.monotonic() < end:
            time.sleep(0.1)
        yield platform
    finally:
        daemon.terminate()
        daemon.wait(10)


def play(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["paplay", "-d", "mouth", str(path)], env=dict(os.environ))


def test_devices_are_found_by_name_and_a_wrong_name_is_a_clear_error(air: AudioPlatform) -> None:
    assert air.microphones()[0].name == "ear"
    assert [device.name for device in air.speakers()] == ["house", "mouth"]
    with pytest.raises(AudioError) as caught:
        open_devices(air, load_config(microphone="nobody"), 24000)
    assert caught.value.code == "NO_MICROPHONE"
    with pytest.raises(AudioError) as caught:
        open_devices(air, load_config(speaker="nobody"), 24000)
    assert caught.value.code == "NO_SPEAKER"


def test_a_spoken_command_is_answered_aloud(air: AudioPlatform, tmp_path: Path) -> None:
    """In at one end of the machine's audio, out at the other."""
    question = tmp_path / "question.wav"
    write_wav(question, Clip(voice(1.0), SAMPLE_RATE))
    heard = SampleRing(30 * SAMPLE_RATE)
    config = load_config(data=tmp_path, client_id="air", server="ws://127.0.0.1:9", listening="always")
    engines = Engines(
        LoudnessVad(), ScriptedStt("Lance un chrono"), CachedVoice(ToneVoice(24000)), Grammar.load()
    )

    async def scene() -> TurnRecord:
        answered: asyncio.Future[TurnRecord] = asyncio.get_running_loop().create_future()
        devices = open_devices(air, config, 24000)
        client = asyncio.ensure_future(run_client(config, engines, devices, on_turn=answered.set_result))
        await asyncio.sleep(2.5)  # an idle null sink wakes up late
        speaking = play(question)
        try:
            return await asyncio.wait_for(answered, 20)
        finally:
            speaking.wait(5)
            client.cancel()
            await asyncio.wait([client])

    listener = air.open_microphone(SAMPLE_RATE, heard.put, "Monitor of house")
    assert listener is not None
    record = asyncio.run(scene())
    time.sleep(2.5)
    listener.close()
    assert (record.intent, record.route) == ("start_stopwatch", "command")
    sound = heard.take_up_to(30 * SAMPLE_RATE)
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
