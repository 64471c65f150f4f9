"""`hive-mind client pair`."""

import asyncio
import socket
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.client import config_file as settings_file
from hive_mind.client.access.credentials import Credentials, CredentialsFile
from hive_mind.client.access.pairing import Knock, Visitor, pair, read_link
from hive_mind.client.config import ClientConfig, config_file, load_config, stable_client_id
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.websocket import server_url
from hive_mind.client.discovery import the_server
from hive_mind.language.messages import message


def pair_client(
    link: Annotated[
        str | None, typer.Argument(help="The link of the server's QR code, between quotes.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="The six digits that the server shows.")] = None,
    server: Annotated[str | None, typer.Option(help="The server's address; found by itself else.")] = None,
    name: Annotated[str | None, typer.Option(help="What people shall call this device.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder of the client.")] = None,
) -> None:
    """Make this device a client of a server: once.

    With a link or a code of `./hive pair` on the server; without either, this device shows six digits, which
    somebody types at the server (./hive clients approve).

    Example: ./hive client pair --code 482913
    """
    config = load_config(data=data)
    who = visitor(config, name)
    file = CredentialsFile(config.state_folder)
    clock = SystemClock()
    if link is not None:
        read = read_link(link)
        granted = pair(read.url, read.digits, who, clock.today(), read.fingerprint)
        url = read.url
    else:
        url = server_url(server or _its_server(config))
        if code is not None:
            granted = pair(url, "".join(code.split()), who, clock.today())
        else:
            granted = knock(url, who)
    keep(file, config, granted, url, config_file(data))
    typer.echo(message("pair.done", server=granted.server))


def visitor(config: ClientConfig, name: str | None = None) -> Visitor:
    """This device, as it introduces itself.

    Raises:
        ConfigError: DATA_UNWRITABLE.
    """
    called = name or config.room or socket.gethostname().split(".")[0]
    return Visitor(stable_client_id(config), called[:80], config.room)


def knock(url: str, who: Visitor) -> Credentials:
    """Show digits of our own and wait until somebody has typed them at the server.

    Raises:
        HiveMindError: turned away, or nobody came.
    """
    waiting = Knock(url, who)
    digits = waiting.digits
    typer.echo(message("pair.knock", code=f"{digits[:3]} {digits[3:]}"))
    return asyncio.run(waiting.answer(SystemClock()))


def keep(file: CredentialsFile, config: ClientConfig, granted: Credentials, url: str, settings: Path) -> None:
    """Write down the tokens, and where the server is.

    Raises:
        ConfigError: a file cannot be written.
    """
    file.keep(granted)
    if config.server not in ("auto", url):
        settings_file.write(settings, {"server": url})


def _its_server(config: ClientConfig) -> str:
    """The server of the settings; where none was set, one that announces itself."""
    configured = "server" in config.model_fields_set and config.server != "auto"
    return config.server if configured else asyncio.run(the_server())
