"""`hive-mind client setup`."""

from pathlib import Path
from typing import Annotated

import typer

from hive_mind.cli.autostart import has_systemd, turn_on_here
from hive_mind.cli.setup.console import Terminal
from hive_mind.cli.setup.device_steps import microphone_step, speaker_step
from hive_mind.cli.setup.pair_step import pair_step
from hive_mind.cli.setup.server_step import server_step
from hive_mind.cli.setup.setting_up import SettingUp
from hive_mind.cli.setup.voice_step import voice_step, volume_step
from hive_mind.cli.setup.wizard import listening_step, room_step, set_up
from hive_mind.cli.setup.word_step import word_step
from hive_mind.client.config import config_file, load_config
from hive_mind.client.core.levels import check_level
from hive_mind.client.core.timers import StateFile
from hive_mind.client.platform.machine import this_machine
from hive_mind.language.messages import message
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir, wake_words_dir
from hive_mind.speech.audio import Samples
from hive_mind.speech.engines import TextToSpeech, WakeWordDetector
from hive_mind.speech.tts.factory import make_voice
from hive_mind.speech.tts.voices import installed_voices
from hive_mind.speech.vad.factory import make_vad
from hive_mind.speech.wake_word.card import read_card, stock_cards
from hive_mind.speech.wake_word.factory import make_wake_words
from hive_mind.speech.wake_word.settings import WordSetting


def _fault(samples: Samples) -> str:
    """What is wrong with somebody speaking, in French."""
    report = check_level(samples, spoken=True)
    return "" if report.verdict == "good" else message(f"microphone_{report.verdict}")


def _words(trained: Path) -> dict[str, str]:
    """Phrase of each wake word by its name, the household's own first."""
    own = {file.stem: read_card(file.with_suffix(".json")).phrase for file in sorted(trained.glob("*.onnx"))}
    return {**own, **{name: card.phrase for name, card in stock_cards().items()}}


def setup(
    data: Annotated[Path | None, typer.Option(help="Data folder of the client.")] = None,
) -> None:
    """Set this device up, question by question, in French: server, room, speaker, microphone, name, voice.

    Each answer is tried at once: you hear the bell, you see the level of your voice. Nothing is written
    before the end; Ctrl-C leaves everything as it was.
    """
    config = load_config(data=data)
    find = ModelStore(models_dir(config.data_folder)).find
    made: dict[str, TextToSpeech] = {}

    def _voice(voice_id: str) -> TextToSpeech:
        if voice_id not in made:
            made[voice_id] = make_voice(find, voice_id)
        return made[voice_id]

    trained = wake_words_dir(config.data_folder)

    def _detector(name: str, sensitivity: float) -> WakeWordDetector:
        return make_wake_words(find, [WordSetting(name, sensitivity)], trained=trained)

    volume = StateFile(config.state_folder / "time.json").load().volume
    run = SettingUp(Terminal(), this_machine().init_audio(), config, config_file(data))
    steps = (
        server_step,
        room_step,
        pair_step,
        speaker_step,
        microphone_step(_fault),
        listening_step,
        word_step(_words(trained), _detector, make_vad()),
        voice_step(installed_voices(find), _voice),
        volume_step(_voice, volume),
    )
    try:
        set_up(run, steps)
        if has_systemd() and run.console.confirm(message("setup.autostart"), default=False):
            for line in turn_on_here(config.data_folder):
                run.console.say(line)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo(f"\n{message('setup.stopped')}", err=True)
        raise typer.Exit(130) from None
