"""Which name it answers to: said aloud and heard before it is kept."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from hive_mind.cli.setup.setting_up import SettingUp, Step
from hive_mind.cli.setup.sounds import Listener
from hive_mind.client.config import USUAL_SENSITIVITY
from hive_mind.errors import AudioError, ModelError
from hive_mind.language.messages import message
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.engines import VoiceActivityDetector, WakeWordDetector

_SAY_S = 10.0
_MORE = 1.4
"""What the sensitivity is multiplied with when the name was said and not heard."""


def word_step(
    words: Mapping[str, str],
    make: Callable[[str, float], WakeWordDetector],
    vad: VoiceActivityDetector,
) -> Step:
    """Choose a name and say it until it is heard.

    Args:
        words: phrase of each wake word that there is, by its name.
        make: loads a detector for a word, at a sensitivity.
        vad: tells speech from the rest.
    """

    def _step(run: SettingUp) -> None:
        if run.setting("listening") != "wake_word":
            return
        names = list(words)
        sensitivity = USUAL_SENSITIVITY
        while True:
            before = next(iter(run.setting("wake_words")))
            default = names.index(before) if before in names else 0
            name = names[run.console.choose(message("setup.word.which"), list(words.values()), default)]
            run.chosen["wake_words"] = {name: round(sensitivity, 2)}
            if _is_heard(run, words[name], partial(make, name, sensitivity), vad):
                return
            if run.console.confirm(message("setup.word.keep"), default=False):
                run.problem("word")
                return
            sensitivity = min(0.9, sensitivity * _MORE)

    return _step


def _is_heard(
    run: SettingUp, phrase: str, load: Callable[[], WakeWordDetector], vad: VoiceActivityDetector
) -> bool:
    console = run.console
    if not run.platform.microphones():
        return True
    console.say(message("setup.word.say", phrase=phrase))
    try:
        detector = load()
        with Listener(run.platform, run.setting("microphone")) as listener:
            console.meter(_SAY_S, listener.level)
    except ModelError as error:
        console.say(message("setup.word.absent", why=error.message))
        return False
    except AudioError as error:
        console.say(message("setup.device.refuses", why=error.message))
        return False
    count = wakes_in(detector, vad, listener.samples)
    console.say(message("setup.word.heard", count=count) if count else message("setup.word.deaf"))
    return count > 0


def wakes_in(detector: WakeWordDetector, vad: VoiceActivityDetector, samples: Samples) -> int:
    """How often a detector hears a word in what was recorded, with a second of silence after it."""
    detector.reset()
    vad.reset()
    sound = np.concatenate([samples, np.zeros(SAMPLE_RATE, np.float32)])
    frames = (
        sound[at : at + FRAME_SAMPLES] for at in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    )
    return sum(detector.hear(frame, vad.probability(frame)) is not None for frame in frames)
