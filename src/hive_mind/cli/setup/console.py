"""How the wizard talks with the person at the terminal."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import typer
from rich.console import Console as Rich
from rich.progress import BarColumn, Progress, TextColumn

from hive_mind.language.messages import message


class Console(Protocol):
    """Questions and answers; a script can play the person."""

    def say(self, text: str) -> None:
        """Tell something."""
        ...

    def ask(self, question: str, default: str = "") -> str:
        """A line of text."""
        ...

    def choose(self, question: str, options: Sequence[str], default: int = 0) -> int:
        """Index of one of the options."""
        ...

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Yes or no."""
        ...

    def meter(self, seconds: float, level: Callable[[], float]) -> None:
        """Show a level from 0 to 1, looked up again and again, for a while."""
        ...


class Terminal:
    """The terminal that the wizard runs in."""

    def __init__(self) -> None:
        self._rich = Rich(stderr=False, highlight=False)

    def say(self, text: str) -> None:
        """Print a line."""
        self._rich.print(text, markup=False)

    def ask(self, question: str, default: str = "") -> str:
        """Ask for a line."""
        return str(typer.prompt(question, default=default, show_default=bool(default))).strip()

    def choose(self, question: str, options: Sequence[str], default: int = 0) -> int:
        """Ask for the number of an option until there is one."""
        self.say(question)
        for number, option in enumerate(options, 1):
            self.say(f"  {number}. {option}")
        while True:
            answer = self.ask(message("setup.choose"), str(default + 1))
            if answer.isdecimal() and 1 <= int(answer) <= len(options):
                return int(answer) - 1
            self.say(message("setup.again"))

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Ask for o(ui) or n(on)."""
        usual = "o" if default else "n"
        while True:
            answer = self.ask(f"{question} ({message('setup.yes_no')})", usual).casefold()
            if answer[:1] in ("o", "y", "n"):
                return answer[:1] != "n"
            self.say(message("setup.again"))

    def meter(self, seconds: float, level: Callable[[], float]) -> None:
        """A bar that follows the level."""
        end = time.monotonic() + seconds
        with Progress(TextColumn("🎤"), BarColumn(40), console=self._rich, transient=True) as bar:
            task = bar.add_task("", total=1.0)
            while time.monotonic() < end:
                bar.update(task, completed=level())
                time.sleep(0.05)
