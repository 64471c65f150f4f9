"""One order, and all that answering it takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hive_mind.language.words import fold, keys_of
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases, capitalised

from .api import HomeAssistant
from .doing import Deed, Outcome, do
from .house import Entity
from .names import Names
from .targets import Place, choose, named

Result: TypeAlias = dict[str, Any]


class NeedsAnswer(Exception):
    """A question has to be answered first.

    Args:
        slot: that the answer fills.
        question: name of its sentence.
    """

    def __init__(self, slot: str, question: str) -> None:
        super().__init__(question)
        self.slot = slot
        self.question = question


def decimal(value: float) -> str:
    """A number as French writes it, to one place: "20,5"."""
    return f"{round(value, 1):g}".replace(".", ",")


@dataclass(frozen=True, slots=True)
class Asked:
    """See above.

    Attributes:
        params: of the order.
        place: where.
        entities: of the house, as they are now.
        home: where orders go.
        names: what things are called.
        phrases: what is said.
        config: of the plugin.
    """

    params: Mapping[str, Any]
    place: Place
    entities: Sequence[Entity]
    home: HomeAssistant
    names: Names
    phrases: Phrases
    config: Mapping[str, Any]

    def of(self, *domains: str) -> list[Entity]:
        """All entities of some kinds."""
        return [entity for entity in self.entities if entity.domain in domains]

    def chosen(
        self,
        candidates: Sequence[Entity],
        kind: str,
        *,
        otherwise: Callable[[Sequence[Entity]], bool] | None = None,
        ask: str = "area",
    ) -> list[Entity]:
        """The devices that are meant.

        Args:
            candidates: all that could be.
            kind: list of the sentences that `name` is a value of.
            otherwise: see `targets.choose`.
            ask: slot that is asked for when nobody said which.

        Raises:
            Failure: DEVICE_UNKNOWN, or NOTHING_THERE.
            NeedsAnswer: several may be meant.
        """
        said = str(self.params.get("name") or "").strip()
        if said:
            candidates = named(said, kind, candidates, self.names)
            if not candidates:
                raise Failure("DEVICE_UNKNOWN", "Home Assistant has no such device.", name=said)
        found = choose(candidates, self.place, otherwise=otherwise)
        if found is None:
            raise NeedsAnswer(ask, f"ask_{ask}")
        if not found:
            what = self.phrases.say(f"what_{kind}")
            raise Failure("NOTHING_THERE", "There is no such device.", what=what, where=self.where())
        return found

    async def do(self, deed: Deed, targets: Sequence[Entity]) -> Outcome:
        """See `doing.do`."""
        return await do(self.home, deed, targets, float(self.config.get("settle_s", 0.5)))

    def done(self, key: str, outcome: Outcome, **blanks: object) -> Result:
        """What is said and told of something done."""
        already = f"{key}_already"
        name = already if outcome.already and self.phrases.has(already) else key
        where = self.where(outcome.changed)
        speech = capitalised(self.phrases.say(name, **{"where": where, **blanks}))
        if outcome.missed:
            speech += self.phrases.say("missed", names=self.listed(outcome.missed))
        return self.said(speech, devices=[entity.name for entity in outcome.changed])

    def said(self, speech: str, **data: object) -> Result:
        """A success; the names in it are the household's own, but still not to be obeyed."""
        return {"success": True, "speech": speech, **data}

    def where(self, entities: Sequence[Entity] = ()) -> str:
        """Where or what it was, to end a sentence with: " dans le salon", " : Lampadaire", or nothing."""
        if self.params.get("name") and entities:
            return self.phrases.say("named", names=self.listed(entities))
        place = self.place
        if place.everywhere:
            return self.phrases.say("everywhere")
        areas = {entity.area for entity in entities}
        area = place.area or (areas.pop() if len(areas) == 1 and place.floor is None else None)
        if area is not None and (place.said or place.area is None):
            return " " + self.in_area(area)
        return " " + self.in_floor(place.floor) if place.floor is not None else ""

    def in_area(self, area: str) -> str:
        """A room with its preposition."""
        return self._located(self.names.usual("piece", area), area)

    def in_floor(self, floor: str) -> str:
        """A floor with its preposition."""
        return self._located(self.names.usual("etage", floor), floor)

    def listed(self, entities: Sequence[Entity]) -> str:
        """Names of devices, some of them when there are many."""
        names = list(dict.fromkeys(entity.name for entity in entities))
        few = names[:4]
        more = len(names) - len(few)
        return self.phrases.listed([*few, self.phrases.count("others", more)] if more else few)

    def _located(self, usual: str | None, name: str) -> str:
        key = "in_" + "_".join(keys_of(fold(usual))) if usual else ""
        return self.phrases.say(key) if self.phrases.has(key) else self.phrases.say("in_other", name=name)
