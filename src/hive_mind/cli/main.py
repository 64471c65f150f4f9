"""The command line: a table of commands, each in its own file, imported only when it is called.

A command's module has `register(app)`, which adds the command to the Typer application.
"""

import importlib
import os
import sys

import typer

from hive_mind.errors import HiveMindError
from hive_mind.memory import import_without

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("hive_mind.cli.up", "Fetch the models, start the server and listen: everything, in one go."),
    "serve": ("hive_mind.cli.serve", "Start the server alone."),
    "client": ("hive_mind.cli.client", "Start a voice client in this room."),
    "health": ("hive_mind.cli.health", "Say whether the server answers; for containers and monitors."),
    "pair": ("hive_mind.cli.pair", "Show the code with which a device becomes a client of this server."),
    "clients": ("hive_mind.cli.clients", "List, let in, rename, revoke clients; say what they may do."),
    "keys": ("hive_mind.cli.keys", "Give the house a new key, and seal everything with it."),
    "ask": ("hive_mind.cli.ask", "Ask in writing; the answer is printed."),
    "say": ("hive_mind.cli.say", "Ask with a recording, as a microphone would; the answer is spoken."),
    "trace": ("hive_mind.cli.trace", "Show what happened in a turn, and what was slow."),
    "wer": ("hive_mind.cli.wer", "Judge what was heard lately: the household's word error rate."),
    "transcribe": ("hive_mind.cli.transcribe", "Write down what is said in audio files."),
    "synth": ("hive_mind.cli.synth", "Speak a text into a WAV file."),
    "understand": ("hive_mind.cli.understand", "Say what French sentences are understood as; act on none."),
    "parse": ("hive_mind.cli.parse", "Read French times, durations and numbers, line by line."),
    "models": ("hive_mind.cli.models", "List, fetch, choose, check and remove models."),
    "wakeword": ("hive_mind.cli.wakeword", "Train a wake word of your own; list, choose, test, remove."),
    "corrections": ("hive_mind.cli.corrections", 'List and remove what was corrected ("non, j\'ai dit …").'),
    "plugin": ("hive_mind.cli.plugin", "Make, check, list, enable and disable plugins."),
    "backup": (
        "hive_mind.cli.backup",
        "Copy the house into one file: conversation, plugins, settings, keys.",
    ),
    "restore": ("hive_mind.cli.restore", "Put a backup back."),
    "doctor": ("hive_mind.cli.doctor", "Find what is wrong on this machine, and say what to do."),
    "version": ("hive_mind.cli.version", "Print the version."),
}


LASTING = ("up", "serve", "client")
"""Commands whose process stays, so that each MiB counts."""


def _not_imported() -> None:
    """Stands for a command that was not asked for; only its help line is shown."""


def build(asked: str | None) -> typer.Typer:
    """Make the command line.

    Args:
        asked: the command to import; the others are known by name and help line alone, so that `version`
            does not load a model engine.
    """
    app = typer.Typer(
        name="hive-mind",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help="Hive Mind: a self-hosted voice assistant that speaks French. Begin with: ./hive up",
    )
    for name, (module, line) in COMMANDS.items():
        if name == asked:
            if name in LASTING:
                import_without("structlog", "rich")
            importlib.import_module(module).register(app)
        else:
            app.command(name, help=line)(_not_imported)
    return app


def main() -> None:
    """Run the command line; a foreseen fault is one line on stderr and exit code 1."""
    # Before numpy is imported: on a busy machine its threads wait for each other by spinning, for seconds.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    asked = next((a for a in sys.argv[1:] if not a.startswith("-")), None)
    try:
        build(asked)()
    except HiveMindError as error:
        typer.echo(f"hive-mind: {error.message} [{error.code}]", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
