"""`hive-mind synth`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from hive_mind.errors import SpeechError
from hive_mind.paths import data_dir, models_dir, voice_speeds_file
from hive_mind.speech.audio import Clip, Samples, silence
from hive_mind.speech.engines import TextToSpeech

PAUSE_S = 0.12
"""Silence between two clauses, in seconds, on top of what the voice leaves."""


def synth(
    text: Annotated[str, typer.Argument(help="What to say, in French; numbers and units are read out.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="WAV file to write.")] = None,
    voice: Annotated[
        str | None, typer.Option("--voice", help="Id of a voice; see --list. Default: the best fast one.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="List the installed voices.")] = False,
    data: Annotated[Path | None, typer.Option("--data", help="Data folder.", envvar="HIVE_MIND_DATA")] = None,
) -> None:
    """Speak a text into a WAV file.

    Example: hive-mind synth "Il est 14 h 30." --out heure.wav --voice kokoro:ff_siwis
    """
    from hive_mind.models.store import ModelStore

    store = ModelStore(models_dir(data_dir(data)))
    if show:
        from hive_mind.speech.tts.voices import installed_voices

        for known in installed_voices(store.find):
            typer.echo(f"{known.id}\t{known.language}")
        return
    if out is None or not text:
        raise typer.BadParameter('Say what and where: hive-mind synth "Bonjour." --out bonjour.wav')
    from hive_mind.speech.files import write_wav
    from hive_mind.speech.tts.factory import make_voice

    speaker = make_voice(store.find, voice, memory=voice_speeds_file(data_dir(data)))
    pieces = list(_say(speaker, text))
    if not pieces:
        raise SpeechError("There is nothing to say in this text.", code="NOTHING_TO_SAY")
    clip = Clip(np.concatenate(pieces), speaker.capabilities.rate)
    write_wav(out, clip)
    typer.echo(f"{out}: {clip.seconds:.1f} s, {speaker.capabilities.name}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(synth)


def _say(voice: TextToSpeech, text: str) -> Iterator[Samples]:
    """The audio of each clause, with pauses between them."""
    from hive_mind.language.clauses import ClauseSplitter
    from hive_mind.language.speakable import speakable

    splitter = ClauseSplitter()
    begun = False
    for clause in [*splitter.feed(text), *splitter.flush()]:
        pieces = list(voice.synthesize(speakable(clause)))
        if begun and pieces:
            yield silence(PAUSE_S, voice.capabilities.rate)
        begun = begun or bool(pieces)
        yield from pieces
