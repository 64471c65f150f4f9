"""The sources that the catalogue's locations stand for."""

from hive_mind.models.locations import HubLocation, Location, WheelLocation
from hive_mind.models.sources.hub import Hub, HubSource
from hive_mind.models.sources.npm import NpmSource
from hive_mind.models.sources.source import Source
from hive_mind.models.sources.wheel import WheelSource
from hive_mind.models.workspace import Workspace


class Sources:
    """Makes real sources; remembers whether the hub answers.

    Args:
        hub: the hub to ask; the public one, or that of `HF_ENDPOINT`, when not given.
    """

    def __init__(self, hub: Hub | None = None) -> None:
        self._hub = hub or Hub()

    def __call__(self, location: Location, workspace: Workspace) -> Source:
        """The source of one location."""
        if isinstance(location, HubLocation):
            return HubSource(location, workspace, self._hub)
        if isinstance(location, WheelLocation):
            return WheelSource(location, workspace)
        return NpmSource(location, workspace)
