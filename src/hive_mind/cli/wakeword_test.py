"""`hive-mind wakeword test`: the live score of a wake word."""

from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Annotated

import numpy as np
import typer

from hive_mind.cli.setup.sounds import Listener
from hive_mind.client.config import load_config
from hive_mind.client.platform.base import AudioPlatform
from hive_mind.errors import AudioError
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir, wake_words_dir
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples, silence
from hive_mind.speech.wake_word.factory import MODEL, KnownWord, known_word

BAR = 40

PATIENCE_S = 3.0
"""A microphone that gives nothing for so long hangs."""


def test(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a wake word, as `list` shows it.")],
    file: Annotated[Path | None, typer.Argument(help="A recording; without one, the microphone.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long to listen to the microphone.")] = 30.0,
) -> None:
    """Show a word's score, live from the microphone, or where it wakes in a recording.

    In a recording one line a wake, with the second at which the word ends, and the best score there was.
    """
    config = load_config(data=data)
    store = ModelStore(models_dir(config.data_folder))
    word = known_word(store.find, name, wake_words_dir(config.data_folder))
    scorer = Scorer(word, store.path(MODEL))
    if file is not None:
        from hive_mind.speech.files import read_blocks
        from hive_mind.speech.segments import frames

        for frame in frames([silence(0.5), *read_blocks(file), silence(1.0)]):
            for at, score in scorer.feed(frame):
                if scorer.woke:
                    second = max(0.0, at / SAMPLE_RATE - word.card.lag_ms / 1000 - 0.5)
                    typer.echo(f"{second:7.2f} s  {score:.3f}")
        typer.echo(f"best score {scorer.best:.3f}, threshold {word.card.threshold:g}")
        return
    from hive_mind.client.platform.base import find_platform

    def show(line: str, stays: bool) -> None:
        typer.echo(f"\r{line}", nl=stays)

    try:
        live(scorer, word, find_platform(), config.microphone, seconds, show)
    finally:
        typer.echo("")


def live(
    scorer: "Scorer",
    word: KnownWord,
    platform: AudioPlatform,
    microphone: str | None,
    seconds: float,
    show: Callable[[str, bool], None],
) -> None:
    """Show the scores of what a microphone hears for a while.

    Args:
        scorer: gives them.
        word: whose they are.
        platform: of this machine.
        microphone: id of the device; None means the default one.
        seconds: how long.
        show: shows a line, and whether it is one that stays.

    Raises:
        AudioError: NO_MICROPHONE, DEVICE_BUSY, or DEVICE_SILENT when the device gives nothing.
    """
    heard: Queue[Samples] = Queue(maxsize=1000)  # a quarter of a minute: what does not fit is not shown
    left = int(seconds * SAMPLE_RATE)
    with Listener(platform, microphone, lambda s: None if heard.full() else heard.put_nowait(s.copy())):
        while left > 0:
            try:
                piece = heard.get(timeout=PATIENCE_S)[:left]
            except Empty:
                raise AudioError("The microphone gives nothing.", code="DEVICE_SILENT") from None
            left -= len(piece)
            for frame in np.split(piece, range(FRAME_SAMPLES, len(piece), FRAME_SAMPLES)):
                for _, score in scorer.feed(frame):
                    filled = "█" * round(BAR * score)
                    mark = "  ← « " + word.card.phrase + " »" if scorer.woke else ""
                    show(f"{score:5.2f} {filled:{BAR}}{mark}", bool(mark))


class Scorer:
    """Scores of one word each 80 ms, whether or not anybody speaks."""

    def __init__(self, word: KnownWord, front_end: Path) -> None:
        from hive_mind.speech.wake_word.embedding import SpeechEmbedding
        from hive_mind.speech.wake_word.head import load_head
        from hive_mind.speech.wake_word.live import LiveScores
        from hive_mind.speech.wake_word.mel import MelSpectrum
        from hive_mind.speech.wake_word.trigger import Trigger, TriggerWord

        self._scores = LiveScores(
            MelSpectrum(front_end / "melspectrogram.tflite"),
            SpeechEmbedding(front_end / "embedding_model.tflite"),
            load_head(word.model),
        )
        self._trigger = Trigger([TriggerWord(word.name, word.card.threshold, 0)])
        self.best = 0.0
        self.woke = False

    def feed(self, frame: Samples) -> list[tuple[int, float]]:
        """The new scores, with the position that each has heard; `woke` tells of the last one."""
        found: list[tuple[int, float]] = []
        self.woke = False
        for at, score in self._scores.feed(frame):
            self.best = max(self.best, score)
            self.woke = self.woke or self._trigger.hear(at, [score]) is not None
            found.append((at, score))
        return found
