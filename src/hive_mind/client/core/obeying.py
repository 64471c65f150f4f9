"""Which of the household's wishes a client carries out, so that nobody's own change is lost. Pure.

Three sides meet for each setting: what was wished before, what is wished now, and how it is here. A wish
that has not changed is not carried out again: whatever differs from it was set here, by hand or by voice, and
stays.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

SETTINGS = ("room", "volume", "wake_words", "night")
"""What can be wished of a client."""


class Obeyed(BaseModel):
    """What was obeyed so far, as kept on the client's disk.

    Attributes:
        version: of the settings that were obeyed last.
        wished: by name, what is wished and was carried out.
        before: how these were before the first wish.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Annotated[int, Field(ge=0)] = 0
    wished: dict[str, JsonValue] = {}
    before: dict[str, JsonValue] = {}


def to_do(
    wishes: Mapping[str, JsonValue], obeyed: Obeyed, present: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """What to set, by name.

    Args:
        wishes: of now; what is absent or None is not wished.
        obeyed: so far.
        present: how it is here.
    """
    changes: dict[str, JsonValue] = {}
    for name in SETTINGS:
        wish, last, here = wishes.get(name), obeyed.wished.get(name), present.get(name)
        if wish == last:
            continue
        if wish is not None:
            changes[name] = wish
        elif here == last:  # nobody has set it otherwise since
            changes[name] = obeyed.before.get(name)
    return changes


def obeyed_now(
    version: int,
    wishes: Mapping[str, JsonValue],
    obeyed: Obeyed,
    present: Mapping[str, JsonValue],
    refused: frozenset[str] = frozenset(),
) -> Obeyed:
    """What to remember once that was done.

    Args:
        version: of the wishes.
        wishes: of now.
        obeyed: before.
        present: how it was here before.
        refused: what could not be done; it is tried again when the wishes come again.
    """
    wished, before = dict(obeyed.wished), dict(obeyed.before)
    for name in SETTINGS:
        wish = wishes.get(name)
        if name in refused or wish == wished.get(name):
            continue
        if wish is None:
            wished.pop(name, None)
            before.pop(name, None)
            continue
        if name not in wished:
            before[name] = present.get(name)
        wished[name] = wish
    return Obeyed(version=version, wished=wished, before=before)
