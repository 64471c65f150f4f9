"""`hive-mind say`."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from hive_mind.cli.server_process import some_server
from hive_mind.client.app import open_client
from hive_mind.client.config import ClientConfig, load_config
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.source import WavSource
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines, load_engines
from hive_mind.client.logs import set_up_logs
from hive_mind.errors import AudioError, LinkError
from hive_mind.speech.audio import Clip
from hive_mind.speech.endpointing import EndpointSettings
from hive_mind.speech.files import read_audio, write_wav
from hive_mind.speech.playout import NullSink, WavSink

PATIENCE_S = 30.0
"""Most seconds to wait for somebody to speak in the recording."""

WARM_UP_S = 4.0
"""Most seconds given to rendering usual replies before the recording starts."""


def say(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Recordings of questions, in order: WAV, FLAC, OGG or MP3, any rate."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write the spoken answers here, one after the other.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a question, with the timings.")
    ] = False,
    server: Annotated[
        str | None, typer.Option(help="A server's address, such as ws://192.168.1.20:8000/ws.")
    ] = None,
    voice: Annotated[str | None, typer.Option(help="Voice of the answer, such as espeak:fr.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder (models, conversation).")] = None,
) -> None:
    """Ask with a recording, exactly as a microphone would hear it, in real time; the answer is spoken.

    Without --server it uses the server that runs here, or starts a private one and stops it afterwards.
    The clock starts when everything is loaded. Nothing is written to the disk but the file named by --out.
    Several recordings are one conversation ("Et demain ?").

    Example: ./hive say question.wav --out answer.wav --json
    """
    config = load_config(voice=voice, data=data)
    set_up_logs(config.log_level, config.log_format)
    clips = [read_audio(file) for file in files]
    if out is not None and not out.resolve().parent.is_dir():
        raise AudioError(f"There is no folder {out.parent} to write {out.name} in.", code="AUDIO_UNWRITABLE")

    def _show(record: TurnRecord) -> None:
        if as_json:
            typer.echo(json.dumps(record.as_json(), ensure_ascii=False))
        else:
            typer.echo(f"« {record.transcript} »")
            typer.echo(record.answer)

    answers = asyncio.run(_say(clips, config, server, _show, keep=out is not None))
    if out is not None:
        write_wav(out, Clip(np.concatenate([answer.samples for answer in answers]), answers[0].rate))


async def _say(
    clips: Sequence[Clip],
    config: ClientConfig,
    server: str | None,
    show: Callable[[TurnRecord], None],
    *,
    keep: bool,
) -> list[Clip]:
    loading = asyncio.ensure_future(asyncio.to_thread(load_engines, config))
    try:
        async with some_server(server, config.server, config.data, config.state_folder / "server.log") as url:
            chosen = config.model_copy(update={"server": url})
            return await _converse(clips, chosen, await loading, show, keep=keep)
    finally:
        loading.cancel()


async def _converse(
    clips: Sequence[Clip],
    config: ClientConfig,
    engines: Engines,
    show: Callable[[TurnRecord], None],
    *,
    keep: bool,
) -> list[Clip]:
    """Ask one after the other; the answers' audio, if it is to be kept."""
    clock = SystemClock()
    rate = engines.voice.capabilities.rate
    sink = WavSink(rate, clock) if keep else NullSink(rate, clock)
    longest = max(clip.seconds for clip in clips)
    settings = EndpointSettings(no_speech_ms=int(1000 * (min(longest, PATIENCE_S) + 2.0)))
    answers: list[Clip] = []
    async with open_client(
        config, engines, sink, clock=clock, settings=settings, taking=TurnTaking(answer_silence=True)
    ) as client:
        try:
            await client.link.first_contact()
        except LinkError as error:
            typer.echo(f"hive-mind: {error.message} Local commands still work.", err=True)
        # A client that has run for a while has its usual replies ready, and knows what may be misheard.
        if client.parts.mender is not None:
            await client.parts.mender.prepare()
        await client.parts.preparer.settled(WARM_UP_S)
        for clip in clips:
            record = await client.loop.one_turn(WavSource(clip, clock))
            if record is None:
                raise AudioError("The recording ended without a question.", code="NO_QUESTION")
            show(record)
            if isinstance(sink, WavSink):
                answers.append(sink.clip())
    return answers


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(say)
