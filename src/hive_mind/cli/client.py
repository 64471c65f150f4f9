"""`hive-mind client`."""

import asyncio
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.cli.subcommands import Subcommand, add
from hive_mind.client.config import ClientConfig, load_config, stable_client_id
from hive_mind.client.core.button import Button
from hive_mind.client.core.state import ClientState, Link
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.core.websocket import server_url
from hive_mind.client.engines import Engines, load_engines
from hive_mind.client.logs import set_up_logs
from hive_mind.client.microphone import Devices, open_devices, run_client, turn_taking
from hive_mind.client.platform.machine import this_machine
from hive_mind.client.ui.expressing import face_settings
from hive_mind.client.ui.face import open_face


def client(
    context: typer.Context,
    server: Annotated[
        str | None, typer.Option(help="The server's address, such as ws://192.168.1.20:8000/ws.")
    ] = None,
    room: Annotated[str | None, typer.Option(help="Where this client stands, such as cuisine.")] = None,
    microphone: Annotated[str | None, typer.Option(help="Name of the microphone.")] = None,
    speaker: Annotated[str | None, typer.Option(help="Name of the speaker.")] = None,
    voice: Annotated[str | None, typer.Option(help="Voice of the answers, such as espeak:fr.")] = None,
    listening: Annotated[
        str | None,
        typer.Option(
            help="wake_word: what follows its name; button: press Enter first; always: whatever is said."
        ),
    ] = None,
    barge_in: Annotated[
        bool, typer.Option("--barge-in", help="Speech stops an answer. Use headphones.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder (models, timers).")] = None,
) -> None:
    """Start a voice client in this room: microphone in, speaker out.

    Say its name ("Hey Jarvis"), then speak; or press Enter, or on its eyes. "Stop", its name or Enter stop an
    answer. Time, date, stopwatch, timers and alarms also work without a server.
    Settings come from client.toml in the data folder, which ./hive client setup fills; every option is also a
    variable: HIVE_MIND_CLIENT_SERVER, HIVE_MIND_CLIENT_ROOM, ... Ctrl-C ends it.

    Example: ./hive client --server ws://192.168.1.20:8000/ws --room cuisine
    """
    if context.invoked_subcommand is not None:
        return
    config = load_config(
        server=server,
        room=room,
        microphone=microphone,
        speaker=speaker,
        voice=voice,
        listening=listening,
        barge_in=barge_in or None,
        data=data,
    )
    set_up_logs(config.log_level, config.log_format)
    config = asyncio.run(with_server(config))
    engines = load_engines(config)
    devices = open_devices(this_machine().init_audio(), config, engines.voice.capabilities.rate)
    asyncio.run(talk(config, engines, devices))


async def with_server(config: ClientConfig) -> ClientConfig:
    """The settings with the address of a server: looked for when it is "auto".

    Raises:
        ConfigError: URL_INVALID.
        LinkError: SERVER_NOT_FOUND.
    """
    if config.server != "auto":
        return config.model_copy(update={"server": server_url(config.server)})
    from hive_mind.client.discovery import the_server  # 3 MiB that most clients can do without

    return config.model_copy(update={"server": await the_server()})


_INVITATIONS = {
    "wake_word": "Say “{names}”, then speak; or press Enter.",
    "button": "Press Enter and speak.",
    "always": "Speak when you like.",
}


async def talk(config: ClientConfig, engines: Engines, devices: Devices) -> None:
    """Run the client, with Enter as its button in a terminal."""
    taking = turn_taking(config, engines, has_button=sys.stdin.isatty())
    microphone, speaker = devices.names
    typer.echo(f"Microphone: {microphone}. Speaker: {speaker}.", err=True)
    names = "”, “".join(word.replace("_", " ") for word in config.wake_words)
    typer.echo(_INVITATIONS[taking.listening].format(names=names), err=True)
    button = Button()
    if sys.stdin.isatty():
        _enter_presses(button)
    machine = this_machine()
    async with open_face(machine.init_display(face_settings(config, stable_client_id(config)))) as face:
        await run_client(
            config,
            engines,
            devices,
            taking,
            button=button,
            face=face,
            power=machine.power_management(),
            on_turn=_show,
            on_change=_Announcer(),
        )


def _enter_presses(button: Button) -> None:
    """Each line of standard input is a press."""

    def _read() -> None:
        for _ in sys.stdin:
            button.press()

    threading.Thread(target=_read, name="enter", daemon=True).start()


def _show(record: TurnRecord) -> None:
    typer.echo(f"« {record.transcript} »\n{record.answer}")


class _Announcer:
    """Tells on stderr when the server comes and goes."""

    def __init__(self) -> None:
        self._link = Link.CONNECTING

    def __call__(self, state: ClientState) -> None:
        """A new state."""
        if state.link is not self._link:
            self._link = state.link
            typer.echo(f"Server: {state.link.value}.", err=True)


def devices() -> None:
    """List microphones and speakers by the names that settings take, the machine's own first."""
    platform = this_machine().init_audio()
    for kind, found in (("microphone", platform.microphones()), ("speaker", platform.speakers())):
        for device in found:
            typer.echo(f"{kind:11}{device.name}")
        if not found:
            typer.echo(f"{kind:11}none: plug one in", err=True)


SUBCOMMANDS = (
    Subcommand("setup", "hive_mind.cli.setup.command:setup", "Set this device up, question by question."),
    Subcommand(
        "pair", "hive_mind.cli.client_pair:pair_client", "Make this device a client of a server: once."
    ),
    Subcommand("devices", "hive_mind.cli.client:devices", "List microphones and speakers by their names."),
    Subcommand(
        "autostart",
        "hive_mind.cli.autostart:autostart",
        "Start the client with the machine (systemd, as this user).",
    ),
)


def register(app: typer.Typer) -> None:
    """Add the command and what stands under it."""
    group = typer.Typer(rich_markup_mode=None)
    group.callback(invoke_without_command=True, help=client.__doc__)(client)
    add(group, SUBCOMMANDS, sys.argv)
    app.add_typer(group, name="client")
