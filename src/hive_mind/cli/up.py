"""`hive-mind up`."""

import asyncio
import contextlib
import signal
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.cli.client import talk
from hive_mind.cli.page_address import has_desktop, lan_address, open_page, page_addresses
from hive_mind.cli.pulling import shown
from hive_mind.cli.server_process import ServerProcess
from hive_mind.client.config import ClientConfig
from hive_mind.client.config import load_config as load_client_config
from hive_mind.client.engines import load_engines
from hive_mind.client.logs import set_up_logs
from hive_mind.client.microphone import open_devices
from hive_mind.client.platform.base import AudioPlatform
from hive_mind.client.platform.machine import this_machine
from hive_mind.errors import AudioError, LinkError
from hive_mind.language.messages import message
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir
from hive_mind.server.config import ServerConfig
from hive_mind.server.config import load_config as load_server_config
from hive_mind.server.run import bind, speaks_tls


def up(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on. Default 127.0.0.1; 0.0.0.0: the whole local network."),
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="TCP port. Default 8000.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder: models, conversation, timers.")] = None,
    voice_client: Annotated[
        bool, typer.Option("--client/--no-client", help="Start a voice client if there is a microphone.")
    ] = True,
    page: Annotated[
        bool, typer.Option("--page", help="Open the page in a browser when it is there.")
    ] = False,
) -> None:
    """Fetch the models (once), start the server with its own Redis, and listen if there is a microphone.

    Ctrl-C stops everything cleanly. Every setting is also a variable: HIVE_MIND_HOST, HIVE_MIND_PORT,
    HIVE_MIND_DATA and the others of `serve`, HIVE_MIND_CLIENT_ROOM and the others of `client`.

    Example: ./hive up --host 0.0.0.0
    """
    server = load_server_config(host=host, port=port, data=data)
    bind(server.host, server.port).close()
    client = load_client_config(data=data)
    set_up_logs(client.log_level, client.log_format)
    store = ModelStore(models_dir(client.data_folder))
    with shown() as progress:
        for problem in store.pull_starter(progress):
            typer.echo(f"hive-mind: {problem.message} [{problem.code}]", err=True)
    try:
        asyncio.run(_up(server, client, this_machine().init_audio() if voice_client else None, page=page))
    except (KeyboardInterrupt, asyncio.CancelledError):  # Ctrl-C, or SIGTERM
        typer.echo(message("up.stopping"))


async def _up(
    server: ServerConfig, client: ClientConfig, platform: AudioPlatform | None, *, page: bool
) -> None:
    loop = asyncio.get_running_loop()
    me = asyncio.current_task()
    if me is not None:
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(signal.SIGTERM, me.cancel)
    log = client.data_folder / "logs" / "server.log"
    typer.echo(f"Starting the server; its log is {log}.", err=True)
    process = ServerProcess(server.host, server.port, server.data, log)
    talking = asyncio.ensure_future(_talk(client.model_copy(update={"server": process.url}), platform))
    watching = asyncio.ensure_future(_watch(process))
    try:
        await process.ready()
        typer.echo(message("up.ready", address=process.url))
        tls = speaks_tls(server, server.host)
        await _show_page(page_addresses(server.host, server.port, lan_address(), tls=tls), wanted=page)
        typer.echo(message("up.try"))
        await asyncio.wait([talking, watching], return_when=asyncio.FIRST_COMPLETED)
        for task in (talking, watching):
            if task.done():
                task.result()
    finally:
        talking.cancel()
        watching.cancel()
        await asyncio.wait([talking, watching])
        await process.stop()


async def _show_page(addresses: list[str], *, wanted: bool) -> None:
    """Say where the page is; open it where that is wanted, offer to where it can be done."""
    typer.echo(message("up.page", address=message("up.or").join(addresses)))
    if wanted and await asyncio.to_thread(open_page, addresses[0]):
        return
    if wanted or has_desktop():
        typer.echo(message("up.not_opened" if wanted else "up.open"))


async def _watch(process: ServerProcess) -> None:
    await process.crashed()
    raise LinkError(f"The server stopped. {process.last_words()}", code="SERVER_CRASHED")


async def _talk(config: ClientConfig, platform: AudioPlatform | None) -> None:
    """The voice client, or nothing for ever."""
    if platform is not None and platform.microphones() and platform.speakers():
        try:
            engines = await asyncio.to_thread(load_engines, config)
            devices = open_devices(platform, config, engines.voice.capabilities.rate)
        except AudioError as error:
            typer.echo(f"hive-mind: {error.message} [{error.code}]", err=True)
        else:
            await talk(config, engines, devices)
            return
    elif platform is not None:
        typer.echo(message("up.no_microphone"))
    await asyncio.Event().wait()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(up)
