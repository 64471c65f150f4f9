"""What the language model reads. Pure: the date is an argument.

The text only ever grows at its end, so that the model's cache holds all but the newest words: the persona
never changes, what the plugins can do and then the day come after it, no clock is told, and of a conversation
past its budget the older half is dropped at once rather than a little at each turn.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import zip_longest
from typing import Literal, TypeAlias

from hive_mind.language.spoken import date_text
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.llm.engine import ChatMessage

_ROLES: tuple[Literal["user", "assistant"], ...] = ("user", "assistant")

CONVERSATION = "conversation"
"""Intent of what the model answers. Only this is shown to it again: yesterday's "Il est 14 h 30" would
otherwise be taken for the time."""


MOST_ABILITIES = 600
"""Characters about what the house can do."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the plugins of the moment can do.

    Attributes:
        descriptions: of each plugin, in French, as its manifest has it.
        intents: that can be asked.
    """

    descriptions: tuple[str, ...] = ()
    intents: frozenset[str] = frozenset()


def static_persona(name: str, facts: Sequence[str] = (), language: str = "fr") -> list[ChatMessage]:
    """The system message, and examples of how to answer: what begins every prompt, whatever the day.

    Args:
        name: what the assistant calls itself.
        facts: what the household wants it to know.
        language: ISO 639-1 code.
    """
    data = _persona(language)
    examples = (ChatMessage(role, text) for role, text in data.examples)
    system = data.system.replace("{name}", name)
    if facts:
        told = " ".join(f"{fact.strip().rstrip('.')}." for fact in facts)
        system = f"{system} {data.facts.replace('{facts}', told)}"
    return [ChatMessage("system", system), *examples]


def persona(
    name: str, today: date, house: Abilities, facts: Sequence[str] = (), language: str = "fr"
) -> list[ChatMessage]:
    """What begins every prompt of a day: the static persona, what the house can do, and the day.

    Args:
        name: what the assistant calls itself.
        today: in the household's time zone.
        house: what the plugins of the moment can do.
        facts: what the household wants it to know.
        language: ISO 639-1 code.
    """
    data = _persona(language)
    shown = list(data.day)
    for case in data.unanswered:
        known = str(case["with" if case["intent"] in house.intents else "without"])
        shown[:0] = [("user", str(case["user"])), ("assistant", known)]
    if house.descriptions:
        told = ". ".join(text.strip().rstrip(".") for text in house.descriptions)[:MOST_ABILITIES]
        shown[:0] = [(role, text.replace("{abilities}", told)) for role, text in data.house]
    said = date_text(today)
    return [
        *static_persona(name, facts, language),
        *(ChatMessage(role, text.replace("{date}", said)) for role, text in shown),
    ]


class History:
    """The part of the conversation that the model sees.

    Args:
        budget: characters at most; past it, the oldest go until half of it is left.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._first: Entry | None = None

    def window(self, entries: Sequence[Entry]) -> list[ChatMessage]:
        """Past messages, oldest first, roles in turn, an answer last.

        What was said and never answered (the server was killed, say) goes with what was said next.
        """
        shown = [e for e in entries if e.intent == CONVERSATION and e.text]
        # Asked again because no answer came: once is enough.
        shown = [
            e for e, n in zip_longest(shown, shown[1:]) if n is None or (e.role, e.text) != (n.role, n.text)
        ]
        start = next((i for i, e in enumerate(shown) if e == self._first), 0)
        kept = shown[start:]
        if sum(len(e.text) for e in kept) > self._budget:
            while kept and (sum(len(e.text) for e in kept) > self._budget // 2 or kept[0].role != "user"):
                kept.pop(0)
        self._first = kept[0] if kept else None
        return _in_turn(kept)


def chat(persona: Iterable[ChatMessage], past: Iterable[ChatMessage], question: str) -> list[ChatMessage]:
    """The whole prompt of a question; an empty one makes the prefix to be read ahead."""
    messages = [*persona, *past]
    if messages[-1].role == "user":
        before = messages.pop().content
        question = before if before.endswith(question) else f"{before}\n{question}"
    return [*messages, ChatMessage("user", question)]


def _in_turn(entries: Iterable[Entry]) -> list[ChatMessage]:
    """Neighbours of one role become one message; the first is the user's: some models insist on both."""
    turns: list[ChatMessage] = []
    for entry in entries:
        if turns and turns[-1].role == entry.role:
            turns[-1] = ChatMessage(entry.role, f"{turns[-1].content}\n{entry.text}")
        elif turns or entry.role == "user":
            turns.append(ChatMessage(entry.role, entry.text))
    return turns


_Shown: TypeAlias = tuple[tuple[Literal["user", "assistant"], str], ...]


@dataclass(frozen=True, slots=True)
class _Persona:
    """What `persona.toml` holds."""

    system: str
    facts: str
    examples: _Shown
    house: _Shown
    unanswered: tuple[Mapping[str, str], ...]
    day: _Shown


@lru_cache(maxsize=4)
def _persona(language: str) -> _Persona:
    text = (files("hive_mind.server") / "data" / language / "persona.toml").read_text("utf-8")
    data = tomllib.loads(text)
    examples, house, day = (
        tuple((role, str(example[role])) for example in shown for role in _ROLES)
        for shown in (data["examples"], [data["house"]], [data["day"]])
    )
    system, facts = (str(data[key]).strip() for key in ("system", "facts"))
    return _Persona(system, facts, examples, house, tuple(data["unanswered"]), day)
