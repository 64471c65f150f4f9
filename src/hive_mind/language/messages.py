"""What Hive Mind says of itself, in French: data under `data/fr`, by key."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any


def message(key: str, *, language: str = "fr", **params: object) -> str:
    """A sentence by its key ("degraded", "up.ready"), its `{words}` filled from `params`.

    Raises:
        KeyError: there is no such sentence, or a word it needs is missing: a fault of ours, not of the user.
    """
    return _table("messages", language)[key].format(**params)


def error_message(code: str, *, language: str = "fr") -> str:
    """The sentence for an error code; a general one when the code has none."""
    errors = _table("errors", language)
    return errors.get(code, errors["generic"])


@lru_cache(maxsize=8)
def _table(name: str, language: str) -> dict[str, str]:
    text = (files("hive_mind.language") / "data" / language / f"{name}.toml").read_text("utf-8")
    return dict(_flat(tomllib.loads(text)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)
