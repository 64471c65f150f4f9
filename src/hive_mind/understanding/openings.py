"""How utterances often begin, from `data/fr/openings.toml`."""

import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=4)
def openings(language: str = "fr") -> tuple[str, ...]:
    """Beginnings of utterances, the likeliest first."""
    text = (files("hive_mind.understanding") / "data" / language / "openings.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["openings"])
