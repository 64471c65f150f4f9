"""Words worth expecting, for the recogniser."""

import tomllib
from functools import lru_cache
from importlib.resources import files

from hive_mind.commands.state import CommandState


def vocabulary(state: CommandState, *, language: str = "fr") -> tuple[str, ...]:
    """The words of the commands, and the names of the timers that run; the likeliest first."""
    names = (timer.name for timer in (*state.ringing, *state.timers) if timer.name)
    return tuple(dict.fromkeys((*names, *_words(language))))


@lru_cache(maxsize=4)
def _words(language: str) -> tuple[str, ...]:
    text = (files("hive_mind.commands") / "data" / language / "vocabulary.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["words"])
