"""Taking the person's own voice for `hive-mind wakeword train --record`: five takes, in memory alone."""

import threading
from collections.abc import Callable, Sequence

import typer

from hive_mind.cli.setup.sounds import Listener
from hive_mind.client.platform.base import AudioPlatform
from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import SpeechToText
from hive_mind.wake_training.own_voice import ENOUGH, TAKE_S, TAKES, agreeing

PATIENCE_S = 5.0
"""A microphone that has given nothing by then hangs."""

Ask = Callable[[str], None]
"""Shows a sentence and returns when the person is ready."""


def prompt(sentence: str) -> None:
    """Wait for Enter."""
    typer.prompt(sentence, default="", show_default=False)


def recorded(
    phrase: str,
    spellings: Sequence[str],
    stt: SpeechToText | None,
    platform: AudioPlatform,
    microphone: str | None = None,
    ask: Ask = prompt,
) -> tuple[Samples, ...]:
    """The takes that agree; none where too few do, which is said.

    Args:
        phrase: to be said.
        spellings: other ways to write it.
        stt: compares the takes with the phrase; None compares their lengths alone.
        platform: of this machine.
        microphone: id of the device; None means the default one.
        ask: is called before each take.

    Raises:
        AudioError: NO_MICROPHONE, DEVICE_BUSY or DEVICE_SILENT.
    """
    takes = []
    for number in range(1, TAKES + 1):
        ask(f"Take {number} of {TAKES}: press Enter, then say « {phrase} »")
        takes.append(_take(platform, microphone))
    kept = agreeing(takes, (phrase, *spellings), stt)
    if len(kept) < ENOUGH:
        typer.echo(f"Only {len(kept)} of {TAKES} takes agree: your voice is not used. Try again closer by.")
        return ()
    typer.echo(f"{len(kept)} of {TAKES} takes agree and are used.")
    return kept


def _take(platform: AudioPlatform, microphone: str | None) -> Samples:
    wanted = int(TAKE_S * SAMPLE_RATE)
    heard = 0
    enough = threading.Event()

    def _count(samples: Samples) -> None:
        nonlocal heard
        heard += len(samples)
        if heard >= wanted:
            enough.set()

    with Listener(platform, microphone, _count) as listener:
        if not enough.wait(TAKE_S + PATIENCE_S):
            raise AudioError("The microphone gives nothing.", code="DEVICE_SILENT")
        return listener.samples[:wanted]
