"""`hive-mind wakeword train`."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from hive_mind.cli.pulling import shown
from hive_mind.client.config import load_config
from hive_mind.errors import AudioError, ConfigError, ModelError
from hive_mind.language.words import fold
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir, wake_words_dir
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples
from hive_mind.speech.engines import SpeechToText
from hive_mind.speech.files import read_audio, write_wav

if TYPE_CHECKING:
    from hive_mind.wake_training.progress import Tell
    from hive_mind.wake_training.voices import KokoroCrowd

NEEDED = ("openwakeword", "kokoro-82m-int8", "kokoro-voices-all")
PIPER = "piper-fr-siwis-medium"

STAGES = {
    "voices": "Voices say the word",
    "fit": "The network learns",
    "thresholds": "Setting the thresholds",
    "test": "Testing with strangers",
}


def train(
    phrase: Annotated[str, typer.Argument(help='How it is said: "hey alison".')],
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
    spelling: Annotated[
        list[str] | None,
        typer.Option(help='How else it is written or pronounced: "hé alissonne". Repeatable.'),
    ] = None,
    only: Annotated[str | None, typer.Option(help="Numbers of the pronunciations to train: 1,3,4.")] = None,
    try_out: Annotated[
        bool, typer.Option("--try", help="Only say the pronunciations: play them, or write them with --out.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for what --try says, as WAV files.")] = None,
    quality: Annotated[
        Literal["tiny", "quick", "normal", "high"],
        typer.Option(help="high takes three times as long, quick two thirds; tiny is a trial."),
    ] = "normal",
    seed: Annotated[int, typer.Option(min=0, help="Of chance: the same seed gives the same word.")] = 0,
    name: Annotated[str | None, typer.Option(help="Of the word in settings; made of the phrase.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Add your own voice: five takes.")] = False,
    noise: Annotated[
        list[Path] | None, typer.Option(help="Recordings of the house's noises, to train with. Repeatable.")
    ] = None,
    everyday: Annotated[
        list[Path] | None,
        typer.Option(help="Recordings of talk in which nobody says the word, to set thresholds. Repeatable."),
    ] = None,
) -> None:
    """Train a wake word from its spelling alone, in minutes, and write a report of how good it is.

    Everything happens on this machine. An interrupted training goes on where it stopped.

    Example: ./hive wakeword train "hey alison" --spelling "hé alissonne"
    """
    # Imported late: `list` and `use` need none of it.
    from hive_mind.cli.wakeword_record import recorded
    from hive_mind.client.platform.base import find_platform
    from hive_mind.speech.tts.piper import PiperVoice
    from hive_mind.wake_training.front_end import FrontEnd
    from hive_mind.wake_training.plan import SIZES
    from hive_mind.wake_training.pronunciations import proposed
    from hive_mind.wake_training.studio import Studio
    from hive_mind.wake_training.train import Order, save
    from hive_mind.wake_training.train import train as train_word
    from hive_mind.wake_training.voices import KokoroCrowd

    phrase, word = checked(phrase, name)
    noises, talk = ([read_audio(file).samples for file in files or ()] for files in (noise, everyday))
    config = load_config(data=data)
    store = ModelStore(models_dir(config.data_folder))
    with shown() as pulling:
        folders = [store.pull(model, pulling) for model in NEEDED]
    proposals = proposed(phrase, spelling or ())
    for number, each in enumerate(proposals, 1):
        typer.echo(f"{number}. {each.text} [{each.phonemes}] ({each.reading})", err=True)
    crowd = KokoroCrowd(folders[1], folders[2])
    if try_out:
        _say_all(crowd, [each.phonemes for each in proposals], out)
        return
    chosen = tuple(proposals[number - 1] for number in _numbers(only, len(proposals)))
    cores = max(1, os.cpu_count() or 1)
    stt = _stt(store, config.stt_model, cores)
    own: Sequence[Samples] = ()
    if record:
        own = recorded(phrase, spelling or (), stt, find_platform(), config.microphone)
    piper = store.find(PIPER)
    studio = Studio(
        crowd,
        FrontEnd(folders[0]),
        config.data_folder / "wake-training",
        seed,
        piper=PiperVoice(piper, threads=1) if piper else None,
        own=own,
        noises=noises,
        threads=cores,
    )
    today = datetime.now().astimezone().date()
    order = Order(phrase, word, chosen, tuple(spelling or ()), SIZES[quality], seed, today, talk)
    began = time.monotonic()
    with alone(studio.folder), told() as tell:
        trained = train_word(order, studio, stt, tell)
        model = save(order, trained, wake_words_dir(config.data_folder))
    missed = trained.evaluation.missed["clean"]
    typer.echo(f"{word} is trained ({time.monotonic() - began:.0f} s): {model}")
    typer.echo(
        f"It misses {missed.percent:.0f} % of strangers next to the microphone ({missed.count}/{missed.of})."
    )
    typer.echo(f"Report: {model.with_suffix('.html')}")
    typer.echo(f"Listen for it: ./hive wakeword use {word}")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other training works in this folder meanwhile; a killed one is none.

    Raises:
        ConfigError: another one does.
        ModelError: MODEL_DISK_FULL, nothing can be written there.
    """
    lock = FileLock(folder / "lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigError(
            "Another wake word is being trained in this data folder: wait until it is done, or stop it."
        ) from error
    except OSError as error:
        raise ModelError(
            f"{folder} cannot be written ({error.strerror}): check the disk and who owns it.",
            code="MODEL_DISK_FULL",
        ) from error
    try:
        yield
    finally:
        lock.release()


def checked(phrase: str, name: str | None) -> tuple[str, str]:
    """The phrase in small letters, and the name of its files.

    Raises:
        ConfigError: there is nothing to say in it, it is too long, or the name is none.
    """
    plain = " ".join(phrase.lower().split())
    if not 4 <= sum(letter.isalpha() for letter in plain) <= 40:
        raise ConfigError("A wake word has from 4 to 40 letters: two or three short words do best.")
    made = name or re.sub(r"[^a-z0-9]+", "_", fold(plain)).strip("_")
    if not re.fullmatch(r"[\w-]{1,60}", made):
        raise ConfigError(f"'{made}' is no name for a wake word: letters, digits and _ alone.")
    return plain, made


def _numbers(only: str | None, count: int) -> Sequence[int]:
    if only is None:
        return range(1, count + 1)
    numbers = [int(piece) for piece in only.split(",") if piece.strip().isdigit()]
    if not numbers or not all(1 <= number <= count for number in numbers):
        raise ConfigError(f"--only takes numbers from 1 to {count}, such as 1,3.")
    return numbers


def _stt(store: ModelStore, model: str | None, at_once: int) -> SpeechToText | None:
    """The second stage; None where this machine has none, which is said."""
    from hive_mind.speech.engines import PreparesScoring
    from hive_mind.speech.stt.factory import make_stt

    try:
        stt = make_stt(store.path(model or store.selected("stt")), at_once=at_once)
        if isinstance(stt, PreparesScoring):
            stt.prepare_scoring()
    except ModelError as error:
        typer.echo(f"Without a recogniser the second stage is not calibrated: {error.message}", err=True)
        return None
    return stt


def _say_all(crowd: "KokoroCrowd", phonemes: Sequence[str], out: Path | None) -> None:
    from hive_mind.cli.setup.sounds import play
    from hive_mind.client.platform.base import find_platform
    from hive_mind.wake_training.voices import MEASURED_VOICE

    for number, each in enumerate(phonemes, 1):
        spoken = crowd.say(each, {MEASURED_VOICE: 1.0})
        if out is None:
            play(find_platform(), None, 0.5 * spoken.samples, SAMPLE_RATE)
            continue
        if not out.is_dir():
            raise AudioError(f"There is no folder {out}.", code="AUDIO_UNWRITABLE")
        write_wav(out / f"{number}.wav", Clip(0.5 * spoken.samples, SAMPLE_RATE))


@contextmanager
def told(console: Console | None = None) -> "Iterator[Tell]":
    """Show the progress of this block on standard error: a bar on a terminal, a line a stage elsewhere."""
    from hive_mind.wake_training.progress import Progress as Step

    console = console or Console(stderr=True, highlight=False)
    if not console.is_terminal:
        known: set[str] = set()

        def line(step: Step) -> None:
            if step.stage not in known:
                known.add(step.stage)
                typer.echo(f"{STAGES[step.stage]} ({100 * step.done:.0f} %)", err=True)

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda step: bar.update(task, description=STAGES[step.stage], completed=step.done)
