"""Libraries that read French times and numbers, each behind the same four questions; only those installed."""

import contextlib
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from hive_mind.language.search import find_duration, find_moment, find_number, find_ordinal

Answer: TypeAlias = dict[str, Any]
"""{"start": ISO 8601}, {"seconds": float} or {"value": float}; null when nothing was found."""
Reader: TypeAlias = Callable[[str, datetime], Answer]


@dataclass(frozen=True)
class Peer:
    """A library and how it reads each kind of row it knows."""

    name: str
    readers: dict[str, Reader]


def ours() -> Peer:
    """Our own grammar."""

    def moment(text: str, now: datetime) -> Answer:
        found = find_moment(text, now)
        return {"start": found.start.isoformat() if found else None}

    return Peer(
        "hive_mind",
        {
            "datetime": moment,
            "duration": lambda text, _: {"seconds": find_duration(text)},
            "number": lambda text, _: {"value": find_number(text)},
            "ordinal": lambda text, _: {"value": find_ordinal(text)},
        },
    )


def peers() -> Iterator[Peer]:
    """Ours, and every other that can be imported."""
    yield ours()
    for make in (_dateparser, _text2num, _ovos, _recognizers):
        with contextlib.suppress(ImportError):
            yield make()


def _dateparser() -> Peer:
    parse = importlib.import_module("dateparser").parse
    search = importlib.import_module("dateparser.search").search_dates

    def moment(text: str, now: datetime) -> Answer:
        settings = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future"}
        found = parse(text, languages=["fr"], settings=settings)
        if found is None:
            inside = search(text, languages=["fr"], settings=settings)
            found = inside[0][1] if inside else None
        return {"start": found.isoformat() if found else None}

    def duration(text: str, now: datetime) -> Answer:
        found = parse("dans " + text, languages=["fr"], settings={"RELATIVE_BASE": now})
        return {"seconds": (found - now).total_seconds() if found else None}

    return Peer("dateparser", {"datetime": moment, "duration": duration})


def _text2num() -> Peer:
    package = importlib.import_module("text_to_num")

    def number(text: str, _: datetime) -> Answer:
        with contextlib.suppress(ValueError):
            return {"value": float(package.text2num(text, "fr"))}
        digits = re.search(r"-?\d+(?:[.,]\d+)?", package.alpha2digit(text, "fr"))
        return {"value": float(digits[0].replace(",", ".")) if digits else None}

    def ordinal(text: str, _: datetime) -> Answer:
        digits = re.search(r"(\d+)(?:er|ère|e|ème|nd)", package.alpha2digit(text, "fr", 0))
        return {"value": float(digits[1]) if digits else None}

    return Peer("text2num", {"number": number, "ordinal": ordinal})


def _ovos() -> Peer:
    dates = importlib.import_module("ovos_date_parser")
    numbers = importlib.import_module("ovos_number_parser")

    def moment(text: str, now: datetime) -> Answer:
        found = dates.extract_datetime(text, "fr-fr", anchorDate=now)
        return {"start": found[0].isoformat() if found else None}

    def duration(text: str, _: datetime) -> Answer:
        found = dates.extract_duration(text, "fr-fr")
        return {"seconds": found[0].total_seconds() if found and found[0] else None}

    def number(text: str, _: datetime, ordinals: bool = False) -> Answer:
        found = numbers.extract_number(text, "fr-fr", ordinals=ordinals)
        return {"value": None if found is False or found is None else float(found)}

    return Peer(
        "ovos",
        {
            "datetime": moment,
            "duration": duration,
            "number": number,
            "ordinal": lambda text, now: number(text, now, True),
        },
    )


def _recognizers() -> Peer:
    dates = importlib.import_module("recognizers_date_time")
    numbers = importlib.import_module("recognizers_number")
    french = dates.Culture.French

    def values(text: str, now: datetime) -> list[dict[str, str]]:
        found = dates.recognize_datetime(text, french, reference=now)
        return [value for item in found if item.resolution for value in item.resolution["values"]]

    def moment(text: str, now: datetime) -> Answer:
        for value in reversed(values(text, now)):
            start = value.get("value") or value.get("start") or value.get("end")
            if value["type"] == "duration" or not start or start == "not resolved":
                continue
            if value["type"].startswith("time"):
                start = f"{now.date()} {start}"
            return {"start": start.replace(" ", "T")}
        return {"start": None}

    def duration(text: str, now: datetime) -> Answer:
        found = [value for value in values(text, now) if value["type"] == "duration"]
        return {"seconds": float(found[0]["value"]) if found else None}

    def value_of(found: list[Any]) -> Answer:
        value = found[0].resolution["value"] if found else None
        return {"value": float(value.replace(",", ".")) if value else None}

    return Peer(
        "Recognizers-Text",
        {
            "datetime": moment,
            "duration": duration,
            "number": lambda text, _: value_of(numbers.recognize_number(text, french)),
            "ordinal": lambda text, _: value_of(numbers.recognize_ordinal(text, french)),
        },
    )
