"""What commands answer: sentences with blanks, as data in `data/fr/replies.toml`."""

import tomllib
from functools import lru_cache
from importlib.resources import files

from hive_mind.language.durations import duration_text
from hive_mind.protocol.messages.time_items import TimerState


def reply(key: str, *, language: str = "fr", **blanks: object) -> str:
    """The sentence `key` with its blanks filled.

    Raises:
        KeyError: there is no such sentence or a blank is missing: a fault of ours.
    """
    return _replies(language)[key].format(**blanks)


def capital(text: str) -> str:
    """With a capital letter at its head."""
    return text[:1].upper() + text[1:]


def timer_name(timer: TimerState) -> str:
    """How a timer is called: "minuteur pâtes", else "minuteur de 5 minutes"."""
    if timer.name:
        return reply("timer_called", name=timer.name)
    return reply("timer_lasting", of_duration=of_duration(timer.duration_s))


def of_duration(seconds: float) -> str:
    """A duration after "de", elided where French does: "de 5 minutes", "d'une heure"."""
    text = duration_text(seconds)
    return reply("of_one", rest=text[2:]) if text[:3] in _FEMININE_ONE else reply("of_many", duration=text)


_FEMININE_ONE = ("1 h", "1 m", "1 s")


def listed(items: list[str]) -> str:
    """A list as it is said: "a, b et c"."""
    if len(items) < 2:
        return "".join(items)
    return reply("list", first=", ".join(items[:-1]), last=items[-1])


@lru_cache(maxsize=4)
def _replies(language: str) -> dict[str, str]:
    text = (files("hive_mind.commands") / "data" / language / "replies.toml").read_text("utf-8")
    return {key: str(sentence) for key, sentence in tomllib.loads(text).items()}
