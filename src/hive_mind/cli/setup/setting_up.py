"""What the steps of the wizard share: who is asked, the machine, and what was chosen so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hive_mind.cli.setup.console import Console
from hive_mind.client.config import ClientConfig
from hive_mind.client.platform.base import AudioPlatform
from hive_mind.language.messages import message


@dataclass(slots=True)
class SettingUp:
    """One run of the wizard.

    Attributes:
        console: who is asked.
        platform: the audio of this machine.
        config: the settings so far, which are the proposals.
        file: where the settings go.
        chosen: what was answered, by setting; None removes a setting.
        volume: of the voice, in hundredths, if it was chosen.
        problems: what is not right yet.
    """

    console: Console
    platform: AudioPlatform
    config: ClientConfig
    file: Path
    chosen: dict[str, Any] = field(default_factory=dict)
    volume: int | None = None
    problems: list[str] = field(default_factory=list)

    def setting(self, name: str) -> Any:
        """What was chosen, else what was set before."""
        return self.chosen[name] if name in self.chosen else getattr(self.config, name)

    def problem(self, key: str, **params: str) -> None:
        """Note what is not right yet."""
        self.problems.append(message(f"setup.problem.{key}", **params))


Step = Callable[[SettingUp], None]
"""Asks about one thing, tries it, and notes what was chosen."""
