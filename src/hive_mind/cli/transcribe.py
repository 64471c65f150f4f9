"""`hive-mind transcribe`."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.errors import HiveMindError, ModelError
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.engines import SpeechToText, VoiceActivityDetector
from hive_mind.speech.files import read_blocks
from hive_mind.speech.segments import segments
from hive_mind.speech.stt.factory import make_stt
from hive_mind.speech.vad.factory import make_vad


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Audio files: WAV, FLAC, OGG, MP3, at any rate.")],
    jsonl: Annotated[bool, typer.Option(help='One JSON object a line: {"file", "text", "ms"}.')] = False,
    model: Annotated[
        str | None, typer.Option(help="Recogniser to use instead of the one chosen by `models use`.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language that is spoken, as ISO 639-1.")] = "fr",
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
) -> None:
    """Write down what is said in audio files, one line a file.

    Files of any length are cut into utterances at their silences; a file without speech gives an empty text.
    A file that cannot be read gets one line on stderr with its code, the others are done all the same, and
    the exit code is 1. Nothing is written to disk.

    For instance:

      ./hive transcribe question.wav

      ./hive transcribe --jsonl recordings/*.flac > texts.jsonl
    """
    store = ModelStore(models_dir(data_dir(data)))
    chosen = model or store.selected("stt")
    if store.catalogue.get(chosen).kind != "stt":
        raise ModelError(f"The model {chosen} is no recogniser: see ./hive models list.")
    stt = make_stt(store.path(chosen), language=language)
    vad = make_vad()
    failed = False
    for file in files:
        began = time.perf_counter()
        try:
            text = read_out(file, stt, vad)
        except HiveMindError as error:
            failed = True
            typer.echo(f"hive-mind: {error.message} [{error.code}]", err=True)
            continue
        ms = round((time.perf_counter() - began) * 1000)
        if jsonl:
            typer.echo(json.dumps({"file": str(file), "text": text, "ms": ms}, ensure_ascii=False))
        elif len(files) > 1:
            typer.echo(f"{file}: {text}")
        else:
            typer.echo(text)
    if failed:
        raise typer.Exit(1)


def read_out(file: Path, stt: SpeechToText, vad: VoiceActivityDetector) -> str:
    """All that is said in one file; utterances joined by spaces.

    Raises:
        AudioError: the file cannot be read.
        SpeechError: the recogniser failed.
    """
    texts: list[str] = []
    shown = sys.stderr.isatty()
    for segment in segments(read_blocks(file), vad):
        if shown:
            typer.echo(f"\r{file.name}: {segment.start / SAMPLE_RATE:.0f} s", err=True, nl=False)
        if text := stt.transcribe(segment.samples).text:
            texts.append(text)
    if shown:
        typer.echo("\r\033[K", err=True, nl=False)
    return " ".join(texts)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(transcribe)
