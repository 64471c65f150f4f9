"""What the host knows of one plugin's folder: the version at work, and what was wrong with the last edit."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hive_mind.server.core.plugin_health import Calls, Health
from hive_mind.server.core.plugin_manifest import Manifest
from hive_mind.server.core.plugin_version import Version

State: TypeAlias = Literal["ready", "needs_config", "quarantined", "refused", "disabled"]
"""ready: it is asked; needs_config: it says what it lacks; quarantined: left alone for a while after
failures; refused: it could not be loaded; disabled: the household does not want it."""


@dataclass
class Entry:
    """See above.

    Attributes:
        folder: where it is.
        manifest: of the version at work, else the last one that could be read.
        version: at work; None: none is.
        faults: of the last edit; the version at work is an older one then.
        enabled: whether the household wants it.
        health: whether to ask it.
        calls: counts.
        hung: mark of the files whose import did not end; it is not tried again until they change.
    """

    folder: Path
    manifest: Manifest | None = None
    version: Version | None = None
    faults: tuple[str, ...] = ()
    enabled: bool = True
    health: Health = field(default_factory=Health)
    calls: Calls = field(default_factory=Calls)
    hung: str | None = None

    def state(self, now: float) -> State:
        """How it is."""
        if not self.enabled:
            return "disabled"
        if self.version is None:
            return "refused"
        if self.version.candidate.missing:
            return "needs_config"
        return "quarantined" if self.health.resting(now) else "ready"

    def describe(self, now: float) -> dict[str, Any]:
        """For `/health` and the command line."""
        told: dict[str, Any] = {"state": self.state(now)}
        if self.manifest is not None:
            told |= {"version": self.manifest.version, "intents": list(self.manifest.intents)}
        if self.version is not None and self.version.candidate.missing:
            told["missing"] = list(self.version.candidate.missing)
        if self.faults:
            told["faults"] = list(self.faults)
        return told | self.calls.describe()
