"""`hive-mind say`."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.cli.server_process import some_server
from hive_mind.client.app import open_client
from hive_mind.client.config import ClientConfig, load_config
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.playout import NullSink, WavSink
from hive_mind.client.core.source import WavSource
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines, load_engines
from hive_mind.client.logs import set_up_logs
from hive_mind.errors import AudioError, LinkError
from hive_mind.speech.audio import Clip
from hive_mind.speech.endpointing import EndpointSettings
from hive_mind.speech.files import read_audio, write_wav

PATIENCE_S = 30.0
"""Most seconds to wait for somebody to speak in the recording."""

WARM_UP_S = 4.0
"""Most seconds given to rendering usual replies before the recording starts."""


def say(
    file: Annotated[Path, typer.Argument(help="A recording of a question: WAV, FLAC, OGG or MP3, any rate.")],
    out: Annotated[
        Path | None, typer.Option(help="Write the spoken answer here, as it would be heard.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the timings.")] = False,
    server: Annotated[
        str | None, typer.Option(help="A server's address, such as ws://192.168.1.20:8000/ws.")
    ] = None,
    voice: Annotated[str | None, typer.Option(help="Voice of the answer, such as espeak:fr.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder (models, conversation).")] = None,
) -> None:
    """Ask with a recording, exactly as a microphone would hear it, in real time; the answer is spoken.

    Without --server it uses the server that runs here, or starts a private one and stops it afterwards.
    The clock starts when everything is loaded. Nothing is written to the disk but the file named by --out.

    Example: ./hive say question.wav --out answer.wav --json
    """
    config = load_config(voice=voice, data=data)
    set_up_logs(config.log_level)
    clip = read_audio(file)
    if out is not None and not out.resolve().parent.is_dir():
        raise AudioError(f"There is no folder {out.parent} to write {out.name} in.", code="AUDIO_UNWRITABLE")
    record, answer = asyncio.run(_say(clip, config, server, out))
    if out is not None and answer is not None:
        write_wav(out, answer)
    if as_json:
        typer.echo(json.dumps(record.as_json(), ensure_ascii=False))
    else:
        typer.echo(f"« {record.transcript} »")
        typer.echo(record.answer)


async def _say(
    clip: Clip, config: ClientConfig, server: str | None, out: Path | None
) -> tuple[TurnRecord, Clip | None]:
    loading = asyncio.ensure_future(asyncio.to_thread(load_engines, config))
    try:
        async with some_server(server, config.server, config.data, config.state_folder / "server.log") as url:
            return await _turn(clip, config.model_copy(update={"server": url}), await loading, out)
    finally:
        loading.cancel()


async def _turn(
    clip: Clip, config: ClientConfig, engines: Engines, out: Path | None
) -> tuple[TurnRecord, Clip | None]:
    clock = SystemClock()
    rate = engines.voice.capabilities.rate
    sink = NullSink(rate, clock) if out is None else WavSink(rate, clock)
    patience_ms = int(1000 * (min(clip.seconds, PATIENCE_S) + 2.0))
    settings = EndpointSettings(no_speech_ms=patience_ms)
    async with open_client(
        config, engines, sink, clock=clock, settings=settings, answer_silence=True
    ) as client:
        try:
            await client.link.first_contact()
        except LinkError as error:
            typer.echo(f"hive-mind: {error.message} Local commands still work.", err=True)
        # A client that has run for a while has its usual replies ready.
        if client.parts.mender is not None:
            await client.parts.mender.prepare()
        await client.parts.preparer.settled(WARM_UP_S)
        record = await client.loop.one_turn(WavSource(clip, clock))
    if record is None:
        raise AudioError("The recording ended without a question.", code="NO_QUESTION")
    return record, sink.clip() if isinstance(sink, WavSink) else None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(say)
