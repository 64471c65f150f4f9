"""Words worth expecting, as Whisper takes them: as if they were what was said just before."""

import re
from collections.abc import Iterable, Sequence

ECHO_ITEMS = 3
"""So many vocabulary items in their own order are not speech but the recogniser reading its prompt aloud."""

_WORD = re.compile(r"[^\W_]+")


def distinct(vocabulary: Iterable[str]) -> tuple[str, ...]:
    """The items without blanks and repetitions, which Whisper would take for a habit and go on with."""
    return tuple({key: item.strip() for item in vocabulary if (key := _key(item))}.values())


def prompt_text(items: Sequence[str]) -> str:
    """The items as one line of earlier speech; empty for none."""
    return f" {', '.join(items)}." if items else ""


def echoes(text: str, items: Sequence[str]) -> bool:
    """Whether the text is nothing but `ECHO_ITEMS` or more items in the order they were given."""
    said = _key(text)
    keys = [_key(item) for item in items]
    for first in range(len(keys) - ECHO_ITEMS + 1):
        if not said.startswith(keys[first]):
            continue
        for last in range(first + ECHO_ITEMS, len(keys) + 1):
            if said == " ".join(keys[first:last]):
                return True
    return False


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
