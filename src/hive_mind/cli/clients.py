"""`hive-mind clients`."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from hive_mind.cli.house_api import HouseApi, rights
from hive_mind.errors import AccessError
from hive_mind.language.messages import message

Server = Annotated[str | None, typer.Option(help="The server, if it is not the usual one here.")]
Data = Annotated[Path | None, typer.Option(help="Data folder of the server.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ClientId = Annotated[str, typer.Argument(help="The client's id, as `clients list` shows it.")]
Admin = Annotated[bool, typer.Option("--admin", help="It may run the house.")]
Guest = Annotated[bool, typer.Option("--guest", help="Nothing that is said at it is remembered.")]
RoomsOption = Annotated[
    list[str] | None, typer.Option("--room", help="A room it may act in; again for more.")
]
PluginsOption = Annotated[
    list[str] | None, typer.Option("--plugin", help="A plugin it may use; again for more.")
]


def list_clients(as_json: Json = False, server: Server = None, data: Data = None) -> None:
    """List the paired clients, and those that wait to be let in."""
    api = HouseApi(server, data)
    paired, waiting = api.ask("clients"), api.ask("pair/requests")
    if as_json:
        typer.echo(json.dumps({"clients": paired, "waiting": waiting}, ensure_ascii=False))
        return
    table = Table("id", "name", "room", "rights", "paired", "state")
    for one in paired:
        state = "shut out: an old token of it was used" if one["shut_out"] else ""
        state = state or ("connected" if one["connected"] else "away")
        table.add_row(
            one["client_id"],
            one["name"],
            one["room"] or "",
            _rights(one["rights"]),
            one["paired_at"][:10],
            state,
        )
    for one in waiting:
        table.add_row(one["client_id"], one["name"], one["room"] or "", "", "", f"waits, at {one['address']}")
    Console().print(table)


def approve(
    code: Annotated[str, typer.Argument(help="The six digits that the client shows.")],
    admin: Admin = False,
    guest: Guest = False,
    room: RoomsOption = None,
    plugin: PluginsOption = None,
    server: Server = None,
    data: Data = None,
) -> None:
    """Let in the client that shows these six digits."""
    allowed = rights(admin=admin, guest=guest, rooms=room, plugins=plugin)
    told = HouseApi(server, data).ask("pair/approve", {"code": code, "rights": allowed})
    typer.echo(message("pair.approved", name=told["name"]))


def refuse(
    client: ClientId,
    server: Server = None,
    data: Data = None,
) -> None:
    """Turn away a client that waits to be let in."""
    api = HouseApi(server, data)
    waiting = [one for one in api.ask("pair/requests") if one["client_id"] == client]
    if not waiting:
        raise AccessError(
            f"No client {client!r} waits to be let in: see ./hive clients list.", code="REQUEST_UNKNOWN"
        )
    for one in waiting:
        api.ask(f"pair/requests/{one['request_id']}", method="DELETE")


def rename(
    client: ClientId,
    name: Annotated[str, typer.Argument(help="What people call it.")],
    room: Annotated[str | None, typer.Option(help="Where it stands; empty for nowhere.")] = None,
    server: Server = None,
    data: Data = None,
) -> None:
    """Call a client something else."""
    body = {"name": name} if room is None else {"name": name, "room": room}
    HouseApi(server, data).ask(f"clients/{quote(client, safe='')}", body, "PATCH")


def set_rights(
    client: ClientId,
    admin: Admin = False,
    guest: Guest = False,
    room: RoomsOption = None,
    plugin: PluginsOption = None,
    server: Server = None,
    data: Data = None,
) -> None:
    """Give a client these rights, and no others: at once, also where it is connected."""
    body = {"rights": rights(admin=admin, guest=guest, rooms=room, plugins=plugin)}
    told = HouseApi(server, data).ask(f"clients/{quote(client, safe='')}", body, "PATCH")
    typer.echo(f"{told['client_id']}: {_rights(told['rights'])}")


def revoke(client: ClientId, server: Server = None, data: Data = None) -> None:
    """Shut a client out, at once; it must be paired again to come back."""
    HouseApi(server, data).ask(f"clients/{quote(client, safe='')}", method="DELETE")


def _rights(told: dict[str, Any]) -> str:
    words = [word for word, name in (("admin", "admin"), ("guest", "private")) if told[name]]
    words += [f"rooms: {', '.join(told['rooms'])}"] if told["rooms"] is not None else []
    words += [f"plugins: {', '.join(told['plugins'])}"] if told["plugins"] is not None else []
    return "; ".join(words) or "usual"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="The clients of this server.")
    group.command("list")(list_clients)
    group.command()(approve)
    group.command()(refuse)
    group.command()(rename)
    group.command("rights")(set_rights)
    group.command()(revoke)
    app.add_typer(group, name="clients")
