"""What the house was told, as one sentence ("qu'est-ce qu'on a dit hier ?"). Pure."""

from collections.abc import Iterable

from hive_mind.commands.replies import listed
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.why import answers

_QUOTED = 4
_MOST_WORDS = 15
_OURS = frozenset({"recall", "forget", "why", "repeat"})


def recalled(entries: Iterable[Entry], when: str | None, language: str = "fr") -> str:
    """What was said, newest last.

    Args:
        entries: of the time that is asked about, oldest first.
        when: that time as the user called it ("hier"); None: no time was named.
        language: ISO 639-1 code.
    """
    words = answers(language)["recall"]
    said = [_short(e.text) for e in entries if e.role == "user" and e.intent not in _OURS]
    said = list(dict.fromkeys(text for text in said if text))
    time = (when or words["ever"]).strip()
    time = time[:1].upper() + time[1:]
    if not said:
        return str(words["nothing"].format(when=time) if when else words["nothing_yet"])
    quoted = [words["quoted"].format(text=text) for text in said[-_QUOTED:]]
    told = listed(quoted)
    if len(said) > _QUOTED + 1:
        told = words["more"].format(said=", ".join(quoted), count=len(said) - _QUOTED)
    return str(words["many"].format(when=time, said=told))


def _short(text: str) -> str:
    words = text.strip().rstrip(" .!?…").split()
    return " ".join(words[:_MOST_WORDS]) + ("…" if len(words) > _MOST_WORDS else "")
