"""What a change of the settings brings about in a house that runs."""

from functools import partial
from typing import TYPE_CHECKING

from hive_mind.protocol.messages import Settings
from hive_mind.server.core.llm.factory import make_model
from hive_mind.server.core.settings.values import HouseSettings
from hive_mind.server.core.speech.engines import loader

if TYPE_CHECKING:
    from hive_mind.server.core.house import House
    from hive_mind.server.core.remote_client import RemoteClient

_PROMPT = frozenset({"persona", "facts"})
_MODEL = _PROMPT | {"llm_model"}
_SPEECH = frozenset({"stt_model", "voice"})
_SHOWN = frozenset({"persona", "night"})


class Effects:
    """See above.

    Args:
        house: that obeys.
        own_model: the language model is chosen by the settings; else it was given, and stays.
        own_speech: the same for the engines of speech.
    """

    def __init__(self, house: "House", *, own_model: bool, own_speech: bool) -> None:
        self._house = house
        self._own_model = own_model
        self._own_speech = own_speech
        house.settings.listen(self._changed)

    def tell(self, remote: "RemoteClient") -> None:
        """A client has said hello, or something else is wished of it."""
        settings = self._house.settings.settings
        remote.room = settings.values.client(remote.client_id).room or remote.told_room
        if remote.capabilities.settings:
            name = self._house.name
            remote.send(wishes_of(settings.values, settings.version, remote.client_id, name))

    def _changed(self, before: HouseSettings, after: HouseSettings) -> None:
        house = self._house
        fields = HouseSettings.model_fields
        differing = {name for name in fields if getattr(before, name) != getattr(after, name)}
        if differing & _MODEL and self._own_model:
            house.spawn(house.renew_model(partial(make_model, house.config, after)))
        elif differing & _PROMPT:
            house.spawn(house.warm())
        if "persona" in differing:
            house.plugins.renew_grammar()
        if differing & _SPEECH and self._own_speech:
            house.speech.load_anew(loader(house.config, after))
        for remote in house.remotes.values():
            was, now = before.client(remote.client_id), after.client(remote.client_id)
            if differing & _SHOWN or was != now:
                self.tell(remote)
            ours = not remote.capabilities.local_commands  # it is we who know how loud it is
            if was.volume != now.volume and now.volume is not None and ours:
                house.spawn(remote.keeper.set_volume(now.volume))


def wishes_of(values: HouseSettings, version: int, client_id: str, persona: str) -> Settings:
    """What one client is told of the settings."""
    wished = values.client(client_id)
    return Settings(
        version=version,
        room=wished.room,
        volume=wished.volume,
        wake_words=wished.wake_words,
        night=values.night,
        persona=persona,
    )
