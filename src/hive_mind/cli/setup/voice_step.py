"""Which voice, and how loud: heard before it is kept."""

from collections.abc import Callable

import numpy as np

from hive_mind.cli.setup.setting_up import SettingUp, Step
from hive_mind.cli.setup.sounds import play
from hive_mind.errors import AudioError, SpeechError
from hive_mind.language.messages import message
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.voices import InstalledVoice

MakeVoice = Callable[[str], TextToSpeech]
"""A voice by its id."""


def voice_step(voices: list[InstalledVoice], make: MakeVoice, language: str = "fr") -> Step:
    """Choose among the voices of a language.

    Args:
        voices: installed ones.
        make: loads one.
        language: ISO 639-1 code.
    """
    ids = [voice.id for voice in voices if voice.language == language]

    def _step(run: SettingUp) -> None:
        while len(ids) > 1:
            before = run.setting("voice")
            choice = run.console.choose(
                message("setup.voice.which"), ids, ids.index(before) if before in ids else 0
            )
            run.chosen["voice"] = ids[choice]
            if not _speak(run, make, 1.0) or run.console.confirm(message("setup.voice.like")):
                return

    return _step


def volume_step(make: MakeVoice, usual: int) -> Step:
    """Choose the volume by ear.

    Args:
        make: loads a voice.
        usual: volume so far, in hundredths.
    """

    def _step(run: SettingUp) -> None:
        volume = usual
        while True:
            answer = run.console.ask(message("setup.volume.which"), str(volume))
            if not answer.isdecimal() or not 0 <= int(answer) <= 100:
                run.console.say(message("setup.again"))
                continue
            run.volume = volume = int(answer)
            heard = _speak(run, make, (volume / 100) ** 2)
            if not heard or run.console.confirm(message("setup.volume.right")):
                return

    return _step


def _speak(run: SettingUp, make: MakeVoice, loudness: float) -> bool:
    """Say the sample; whether it could be heard."""
    if not run.platform.speakers():
        return False
    try:
        voice = make(run.setting("voice") or "espeak:fr")
        pieces = list(voice.synthesize(message("setup.voice.sample")))
        samples = np.concatenate(pieces).astype(np.float32) * np.float32(loudness)
        play(run.platform, run.setting("speaker"), samples, voice.capabilities.rate)
    except (AudioError, SpeechError) as error:
        run.console.say(message("setup.device.refuses", why=error.message))
        return False
    return True
