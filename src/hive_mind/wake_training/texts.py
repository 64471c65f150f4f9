"""French texts that training needs, from `data/fr`."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def texts(file: str, language: str = "fr") -> dict[str, tuple[str, ...]]:
    """The lists of a data file: `speech` or `words`."""
    text = (files(__package__) / "data" / language / f"{file}.toml").read_text("utf-8")
    return {name: tuple(entries) for name, entries in tomllib.loads(text).items()}


@cache
def words_of_report(language: str = "fr") -> dict[str, str]:
    """The words of the report."""
    text = (files(__package__) / "data" / language / "report.toml").read_text("utf-8")
    return {name: str(entry) for name, entry in tomllib.loads(text).items()}
