"""What a check of the doctor found."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        check: what was looked at, in a word or two.
        level: "error" when Hive Mind cannot work so; "warning" when a part of it cannot, or slowly.
        found: what is the case.
        advice: what to do; empty when all is well.
    """

    check: str
    level: Level
    found: str
    advice: str = ""


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", found)


def warning(check: str, found: str, advice: str) -> Finding:
    """Something will be missing or slow."""
    return Finding(check, "warning", found, advice)


def error(check: str, found: str, advice: str) -> Finding:
    """Hive Mind cannot work like this."""
    return Finding(check, "error", found, advice)
