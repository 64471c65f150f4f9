"""Sources that a test writes the script of."""

from collections.abc import Sequence
from io import BytesIO
from threading import Event

from hive_mind.errors import ModelError
from hive_mind.models.locations import Location
from hive_mind.models.partial import PartialFile
from hive_mind.models.sources.source import Source
from hive_mind.models.workspace import Workspace


class ScriptedSource:
    """Serves the parts it was given; a part that is an exception is raised when its turn comes.

    Args:
        name: the label of the location it stands for.
        parts: the file, in parts; may be exchanged between two pulls.
        gate: when given, nothing is served before it is set.
    """

    def __init__(self, name: str, parts: Sequence[bytes | BaseException], gate: Event | None = None) -> None:
        self.name = name
        self.parts = list(parts)
        self.served: list[bytes] = []
        self.started = Event()
        self._gate = gate

    def fetch(self, target: PartialFile) -> None:
        self.started.set()
        if self._gate:
            assert self._gate.wait(10)
        for part in self.parts[target.resume(self.name) :]:
            if isinstance(part, BaseException):
                raise part
            self.served.append(part)
            target.append(BytesIO(part))


class ScriptedSources:
    """Finds the scripted source of a location by its label; what is not scripted is out of reach."""

    def __init__(self, *sources: Source) -> None:
        self._sources = {source.name: source for source in sources}

    def __call__(self, location: Location, workspace: Workspace) -> Source:
        out_of_reach = ModelError("out of reach", code="MODEL_FETCH_FAILED")
        return self._sources.get(location.label) or ScriptedSource(location.label, [out_of_reach])
