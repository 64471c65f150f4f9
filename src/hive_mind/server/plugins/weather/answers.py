"""What is said about the weather. Pure: a report, a question, an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeAlias

from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases, capitalised

from .model import Report
from .outlook import POSSIBLE, Fall, Outlook, outlook
from .times import first_time_text, times_text

About: TypeAlias = Literal[
    "all", "rain", "snow", "wind", "temperature", "sun", "fog", "storm", "humidity", "umbrella", "coat"
]

_BREEZE, _WIND = 15.0, 40.0
_COAT, _JACKET = 10.0, 16.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a report.

    Attributes:
        about: which part of the weather.
        span: of the answer, on the clocks of the place; None: now.
        when: the span in French ("demain matin"); empty for now.
        ask_when: "when will it", rather than "will it".
    """

    about: About = "all"
    span: tuple[datetime, datetime] | None = None
    when: str = ""
    ask_when: bool = False


def answer(question: Question, report: Report, now: datetime, phrases: Phrases) -> str:
    """The sentences that answer.

    Raises:
        Failure: TOO_FAR when the report does not reach the time asked for.
    """
    there = now.astimezone(timezone(timedelta(seconds=report.utc_offset)))
    place = place_text(report.spot.name, phrases)
    if question.ask_when and question.about in ("rain", "snow", "umbrella"):
        return _next_fall("snow" if question.about == "snow" else "rain", question, report, there, phrases)
    if question.span is None:
        return capitalised(_now(question.about, report, place, phrases))
    seen = outlook(report, *question.span)
    if seen is None:
        raise Failure("TOO_FAR", "The forecast does not reach that far.")
    blanks = {"when": question.when, "place": place}
    return capitalised(_later(question.about, seen, phrases, blanks))


def place_text(name: str, phrases: Phrases) -> str:
    """A place after "at", contracted as French does: "à Lyon", "au Havre", "aux Sables-d'Olonne"."""
    for article in ("le", "les"):
        if name.lower().startswith(f"{article} "):
            return phrases.say(f"at_{article}", name=name[len(article) + 1 :])
    return phrases.say("at", name=name)


def degrees(value: float) -> str:
    """A temperature without unit, rounded, never "-0"."""
    return str(round(value) or 0)


def _now(about: About, report: Report, place: str, phrases: Phrases) -> str:
    now = report.current
    blanks = {
        "place": place,
        "description": now.description,
        "temperature": _temperature(now.temperature, phrases),
        "wind": str(round(now.wind)),
        "gust": str(round(now.gust)),
        "humidity": str(round(now.humidity)),
    }
    if about == "all":
        felt = abs(now.feels_like - now.temperature) >= 3
        return phrases.say("now_felt" if felt else "now", felt=degrees(now.feels_like), **blanks)
    if about in ("rain", "snow"):
        falls = now.sky == "snow" if about == "snow" else now.sky in ("rain", "drizzle", "thunder")
        return phrases.say(f"{about}_now_{'yes' if falls else 'no'}", **blanks)
    if about == "wind":
        return phrases.say(f"wind_now_{_force(now.wind, now.gust)}", **blanks)
    yes = {"sun": now.sky in ("clear", "fair"), "fog": now.sky == "fog", "storm": now.sky == "thunder"}
    if about in yes:
        return phrases.say(f"{about}_now_{'yes' if yes[about] else 'no'}", **blanks)
    return phrases.say(f"{about}_now", **blanks)


def _later(about: About, seen: Outlook, phrases: Phrases, blanks: dict[str, str]) -> str:
    blanks = {
        **blanks,
        "temperatures": _range(seen, phrases),
        "sky": phrases.say(f"sky_with_{seen.sky}"),
        "wind": str(round(seen.wind)),
        "gust": str(round(seen.gust)),
    }
    if about == "rain" or about == "snow":
        return _fall(about, about, seen, phrases, blanks)
    if about == "umbrella":
        return _fall("rain", "umbrella", seen, phrases, blanks)
    if about == "wind":
        return phrases.say(f"wind_later_{_force(seen.wind, seen.gust)}", **blanks)
    if about == "coat":
        cold = seen.feels_coldest
        need = "yes" if cold < _COAT else "light" if cold < _JACKET else "no"
        wet = phrases.say("coat_wet") if seen.rain else ""
        return phrases.say(f"coat_{need}", wet=wet, **blanks)
    yes = {"sun": seen.sky in ("clear", "fair"), "fog": seen.sky == "fog", "storm": seen.sky == "thunder"}
    if about in yes:
        return phrases.say(f"{about}_later_{'yes' if yes[about] else 'no'}", **blanks)
    if about == "temperature":
        return phrases.say("temperature_later", **blanks)
    falls = [phrases.say(f"with_{what}", times=times_text(seen.falls(what), seen, phrases))
             for what in _FALLS if seen.falls(what)]  # fmt: skip
    if not falls and seen.chance["rain"] >= POSSIBLE:
        falls.append(phrases.say("with_chance", chance=_percent(seen.chance["rain"])))
    if _force(seen.wind, seen.gust) == "strong":
        falls.append(phrases.say("with_wind", gust=blanks["gust"]))
    return phrases.say("later", extras="".join(falls), **blanks)


_FALLS: tuple[Fall, ...] = ("rain", "snow")


def _fall(what: Fall, key: str, seen: Outlook, phrases: Phrases, blanks: dict[str, str]) -> str:
    if seen.falls(what):
        return phrases.say(f"{key}_yes", times=times_text(seen.falls(what), seen, phrases), **blanks)
    if seen.chance[what] >= POSSIBLE:
        return phrases.say(f"{key}_maybe", chance=_percent(seen.chance[what]), **blanks)
    return phrases.say(f"{key}_no", **blanks)


def _next_fall(what: Fall, question: Question, report: Report, now: datetime, phrases: Phrases) -> str:
    place = place_text(report.spot.name, phrases)
    end = report.steps[-1].end if report.steps else now
    start, end = question.span or (now, end.astimezone(now.tzinfo))
    seen = outlook(report, start, end)
    if seen is None:
        raise Failure("TOO_FAR", "The forecast does not reach that far.")
    if seen.falls(what):
        at = first_time_text(seen.falls(what)[0], now, phrases)
        return phrases.say(f"next_{what}", at=at, place=place)
    when = question.when or phrases.say("in_days", days=max(1, round((end - start) / timedelta(days=1))))
    return phrases.say(f"no_next_{what}", when=when, place=place)


def _force(wind: float, gust: float) -> str:
    strongest = max(wind, gust * 0.6)
    return "calm" if strongest < _BREEZE else "some" if strongest < _WIND else "strong"


def _range(seen: Outlook, phrases: Phrases) -> str:
    low, high = round(seen.coldest), round(seen.warmest)
    if high - low < 2:
        return _temperature((low + high) / 2, phrases)
    return phrases.say("between", low=degrees(low), high=degrees(high))


def _temperature(value: float, phrases: Phrases) -> str:
    rounded = round(value) or 0
    return phrases.say("degree" if abs(rounded) < 2 else "degrees", number=rounded)


def _percent(chance: float) -> str:
    return str(round(chance * 10) * 10)
