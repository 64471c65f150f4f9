"""What Hive Mind says of itself, in French: data under `data/fr`, by key."""

import tomllib
from functools import lru_cache
from importlib.resources import files


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
    flat: dict[str, str] = {}
    for key, value in tomllib.loads(text).items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": str(sentence) for inner, sentence in value.items()})
        else:
            flat[key] = str(value)
    return flat
