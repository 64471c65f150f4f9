"""Which server: found on the network, or given; tried before it is kept."""

import asyncio

import websockets

from hive_mind.cli.setup.setting_up import SettingUp
from hive_mind.client.access.trust import authority_of, context_for
from hive_mind.client.core.websocket import server_url
from hive_mind.client.discovery import find_servers
from hive_mind.errors import HiveMindError
from hive_mind.language.messages import message

_PATIENCE_S = 5.0


def server_step(run: SettingUp) -> None:
    """Ask for the server until one answers, or the person wants to go on without."""
    console = run.console
    console.say(message("setup.server.searching"))
    servers = asyncio.run(find_servers())
    if not servers:
        console.say(message("setup.server.none"))
    urls = [server.url for server in servers]
    if run.config.server not in urls:
        urls.append(run.config.server)
    names = {server.url: f"{server.name} ({server.url})" for server in servers}
    while True:
        options = [names.get(url, url) for url in urls]
        kinds = ("other", "always", "alone") if servers else ("other", "alone")
        choice = console.choose(
            message("setup.server.which"), [*options, *(message(f"setup.server.{kind}") for kind in kinds)]
        )
        kind = kinds[choice - len(urls)] if choice >= len(urls) else ""
        if kind == "alone":
            run.problem("server", url=run.config.server)
            return
        if kind == "always":
            run.chosen["server"] = "auto"
            return
        url = console.ask(message("setup.server.address"), run.config.server) if kind else urls[choice]
        why = asyncio.run(fault_of(url))
        if not why:
            console.say(message("setup.server.ok"))
        else:
            console.say(message("setup.server.silent", url=url, why=why))
            if not console.confirm(message("setup.server.keep"), default=False):
                continue
            run.problem("server", url=url)
        run.chosen["server"] = url
        return


async def fault_of(url: str) -> str:
    """Why a server does not answer; empty when it does."""
    try:
        address = server_url(url)
        # Whether to trust it is found out when it is paired; here nothing is said to it.
        context = await asyncio.to_thread(lambda: context_for(address, authority_of(address)))
        async with asyncio.timeout(_PATIENCE_S), websockets.connect(address, ssl=context) as socket:
            await socket.recv()
    except HiveMindError as error:
        return error.message
    except (OSError, TimeoutError, websockets.WebSocketException) as error:
        return str(error) or type(error).__name__
    return ""
