"""`hive-mind pair`."""

import json
from pathlib import Path
from typing import Annotated

import segno
import typer

from hive_mind.cli.house_api import HouseApi, rights
from hive_mind.language.messages import message


def pair(
    admin: Annotated[
        bool, typer.Option("--admin", help="The device may run the house: pair, revoke, plugins, settings.")
    ] = False,
    guest: Annotated[
        bool, typer.Option("--guest", help="Nothing that is said at the device is remembered.")
    ] = False,
    room: Annotated[
        list[str] | None, typer.Option(help="A room that the device may act in; again for more. All.")
    ] = None,
    plugin: Annotated[
        list[str] | None, typer.Option(help="A plugin that the device may use; again for more. All.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    server: Annotated[str | None, typer.Option(help="The server, if it is not the usual one here.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder of the server.")] = None,
) -> None:
    """Show six digits and a QR code with which a device becomes a client of this server.

    They are good once, for three minutes. On the device: open the QR code, or ./hive client pair --code …

    Example: ./hive pair --admin
    """
    asked = rights(admin=admin, guest=guest, rooms=room, plugins=plugin)
    told = HouseApi(server, data).ask("pair/codes", asked)
    if as_json:
        typer.echo(json.dumps({name: told[name] for name in ("code", "expires_in", "link")}))
        return
    segno.make(told["link"], error="m", micro=False).terminal(compact=True)
    digits = told["code"]
    typer.echo(message("pair.code", code=f"{digits[:3]} {digits[3:]}", minutes=told["expires_in"] // 60))
    typer.echo(message("pair.how", link=told["link"]))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(pair)
