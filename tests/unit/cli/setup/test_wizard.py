"""The wizard, with a scripted person and scripted devices: what is tried, told and written."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from hive_mind.cli.setup.device_steps import microphone_step, speaker_step
from hive_mind.cli.setup.server_step import fault_of
from hive_mind.cli.setup.setting_up import SettingUp
from hive_mind.cli.setup.voice_step import voice_step, volume_step
from hive_mind.cli.setup.wizard import listening_step, room_step, set_up
from hive_mind.cli.setup.word_step import word_step
from hive_mind.client.config import load_config
from hive_mind.client.core.timers import StateFile
from hive_mind.client.platform.base import NoAudio
from hive_mind.speech.audio import Samples
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.voices import InstalledVoice
from tests.fakes.running_server import running_server
from tests.fakes.scripted_console import ScriptedConsole
from tests.fakes.scripted_devices import ScriptedDevices
from tests.fakes.scripted_microphone import LoudnessVad, voice
from tests.fakes.scripted_speech import ToneVoice
from tests.fakes.scripted_wake import ScriptedWake

DEAF = "Il n'entend rien."


def judge(samples: Samples) -> str:
    return "" if float(np.max(np.abs(samples), initial=0.0)) > 0.01 else DEAF


def wizard(
    folder: Path, console: ScriptedConsole, devices: ScriptedDevices | NoAudio | None = None
) -> SettingUp:
    devices = devices or ScriptedDevices({"mic": voice(1.0)}, ["speaker"])
    return SettingUp(console, devices, load_config(data=folder), folder / "client" / "client.toml")


def speak(_: str) -> TextToSpeech:
    return ToneVoice(24_000)


def test_a_machine_with_one_of_each_is_set_up_with_few_questions(tmp_path: Path) -> None:
    console = ScriptedConsole("cuisine", True, 0, "60", True)
    run = wizard(tmp_path, console)
    set_up(run, (room_step, speaker_step, microphone_step(judge), listening_step, volume_step(speak, 100)))
    assert console.done()
    config = load_config(data=tmp_path)
    assert (config.room, config.microphone, config.speaker, config.listening) == (
        "cuisine",
        None,
        None,
        "wake_word",
    )
    assert StateFile(tmp_path / "client" / "time.json").load().volume == 60
    assert run.problems == []
    assert console.levels[0] > 0.5


def test_devices_are_chosen_by_name_and_tried(tmp_path: Path) -> None:
    devices = ScriptedDevices({"internal": np.zeros(16000, np.float32), "usb": voice(1.0)}, ["hdmi", "usb"])
    console = ScriptedConsole("hdmi", False, "usb", True, "internal", False, "usb")
    run = wizard(tmp_path, console, devices)
    set_up(run, (speaker_step, microphone_step(judge)))
    config = load_config(data=tmp_path)
    assert (config.speaker, config.microphone) == ("usb", "usb")
    assert DEAF in console.said
    assert devices.loudest("hdmi") > 0.1
    assert devices.loudest("usb") > 0.1
    assert run.problems == []


@pytest.mark.parametrize(
    ("devices", "answers"),
    [
        (NoAudio(), ()),
        (ScriptedDevices({"dead": np.zeros(100, np.float32)}, ["mute"]), (False, True)),
        (ScriptedDevices({"busy": None}, ["mute"]), (False, True)),
    ],
)
def test_what_does_not_work_is_told_at_the_end(
    tmp_path: Path, devices: ScriptedDevices | NoAudio, answers: tuple[bool, ...]
) -> None:
    console = ScriptedConsole(*answers)
    run = wizard(tmp_path, console, devices)
    set_up(run, (speaker_step, microphone_step(judge)))
    assert len(run.problems) == 2
    assert all(f"  - {problem}" in console.said for problem in run.problems)


def test_a_voice_is_heard_before_it_is_kept(tmp_path: Path) -> None:
    devices = ScriptedDevices({}, ["speaker"])
    console = ScriptedConsole("espeak:fr", False, "kokoro", True)
    run = wizard(tmp_path, console, devices)
    voices = [
        InstalledVoice(name, language, lambda _: ToneVoice())
        for name, language in (("kokoro:ff_siwis", "fr"), ("piper:joe", "en"), ("espeak:fr", "fr"))
    ]
    set_up(run, (voice_step(voices, speak),))
    assert load_config(data=tmp_path).voice == "kokoro:ff_siwis"
    assert devices.loudest("speaker") > 0.05
    assert "piper:joe" not in console.said


WORDS = {"hey_jarvis": "hey jarvis", "alexa": "alexa"}


@pytest.mark.parametrize(
    ("hears", "answers", "kept", "problems"),
    [
        ((0.5,), ("alexa",), {"alexa": 0.5}, 0),
        ((), ("alexa", False, "hey jarvis", True), {"hey_jarvis": 0.7}, 1),
    ],
)
def test_its_name_is_said_until_it_is_heard(
    tmp_path: Path,
    hears: tuple[float, ...],
    answers: tuple[str | bool, ...],
    kept: dict[str, float],
    problems: int,
) -> None:
    console = ScriptedConsole(*answers)
    run = wizard(tmp_path, console)
    step = word_step(WORDS, lambda *_: ScriptedWake(*hears), LoudnessVad())
    set_up(run, (step,))
    assert load_config(data=tmp_path).wake_words == kept
    assert len(run.problems) == problems


def test_the_server_is_tried(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_server(tmp_path) as server:
            assert await fault_of(server.ws) == ""
        assert await fault_of(server.ws) != ""
        assert "no server address" in await fault_of("nonsense://")

    asyncio.run(scene())


def test_nothing_is_written_when_the_person_leaves(tmp_path: Path) -> None:
    run = wizard(tmp_path, ScriptedConsole("cuisine"))

    def leave(_: SettingUp) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        set_up(run, (room_step, leave))
    assert not run.file.exists()
