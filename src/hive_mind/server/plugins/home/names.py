"""Names of rooms, floors and devices: those that everybody uses, and those of this house."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import yaml

from hive_mind.language.words import keys_of

from .house import Entity, Layout

Ways: TypeAlias = Mapping[str, Sequence[str]]
"""By value: other ways of saying it."""

_LISTS = {
    "lampe": ("light",),
    "appareil": ("switch", "fan", "input_boolean", "humidifier", "media_player", "vacuum", "siren"),
    "lecteur": ("media_player",),
    "scene": ("scene",),
    "porte": ("lock",),
    "ouvrant": ("cover",),
}
_MOST = 400
_LONGEST = 60


def key_of(text: str) -> tuple[str, ...]:
    """A name without case, accents and plural."""
    return tuple(key[:-1] if len(key) > 3 and key[-1] in "sx" else key for key in keys_of(text))


def occurs(key: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether the words of a key follow one another in a name."""
    return bool(key) and any(name[at : at + len(key)] == key for at in range(len(name)))


class Names:
    """What everybody calls things, by list of the sentences (`piece`, `lampe` …).

    Args:
        lists: the values of each list.
    """

    def __init__(self, lists: Mapping[str, Ways]) -> None:
        self._lists = lists

    @classmethod
    def read(cls, folder: Path, language: str = "fr") -> "Names":
        """Those of a plugin's folder."""
        path = folder / "sentences" / language / "_names.yaml"
        return cls(yaml.safe_load(path.read_text("utf-8"))["lists"])

    def usual(self, kind: str, said: str) -> str | None:
        """The value of a list that goes by this name; None when it has none."""
        key = key_of(said)
        for value, ways in self._lists.get(kind, {}).items():
            if key in (key_of(value), *map(key_of, ways)):
                return value
        return None

    def ways(self, kind: str, said: str) -> list[tuple[str, ...]]:
        """All keys of what is called so: its own first."""
        usual = self.usual(kind, said)
        more = () if usual is None else (usual, *self._lists[kind][usual])
        return list(dict.fromkeys(map(key_of, (said, *more))))

    def among(self, kind: str, said: str, names: Iterable[str]) -> str | None:
        """The one of some names that is meant.

        The very name goes before another way of saying it, and that before the only one in which it occurs
        ("chambre", in a house that has but a "Chambre parentale").
        """
        known = list(names)
        for key in self.ways(kind, said):
            for name in known:
                if key_of(name) == key:
                    return name
        longer = [name for name in known if occurs(key_of(said), key_of(name))]
        return longer[0] if len(longer) == 1 else None

    def of_house(self, layout: Layout, house: Iterable[Entity]) -> dict[str, dict[str, list[str]]]:
        """The names of a house, for the lists of the sentences."""
        rooms = {key_of(area) for area in layout.areas}
        found = {
            "piece": {area: self._others("piece", area, layout.areas) for area in layout.areas},
            "etage": {floor: self._others("etage", floor, layout.floors) for floor in layout.floors},
        }
        shown = [e for e in house if e.attributes.get("friendly_name")]
        for kind, domains in _LISTS.items():
            own = [e.name for e in shown if e.domain in domains and key_of(e.name) not in rooms]
            found[kind] = {name: [] for name in dict.fromkeys(own)}
        return {
            kind: dict([(n, w) for n, w in values.items() if key_of(n) and len(n) <= _LONGEST][:_MOST])
            for kind, values in found.items()
        }

    def _others(self, kind: str, name: str, names: Iterable[str]) -> list[str]:
        """Usual ways of saying a name of the house, but for those that are another name of it."""
        taken = {key_of(other) for other in names}
        usual = self.usual(kind, name)
        more = () if usual is None else (usual, *self._lists[kind][usual])
        return [way for way in more if key_of(way) not in taken]
