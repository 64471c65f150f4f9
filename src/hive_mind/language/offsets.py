"""Times by their distance: "dans dix minutes", "il y a deux ans", "d'ici une semaine", "deux jours après"."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hive_mind.language.durations import DurationRead, read_durations
from hive_mind.language.wall import Grain, Now, Span, add_months, floor, shift
from hive_mind.language.when import Found, When
from hive_mind.language.words import key_at

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_ABOUT = (
    ("a", "peu", "pres"), ("environ",), ("exactement",), ("moins", "de"), ("plus", "de"), ("presque",),
    ("encore",), ("pile",),
)  # fmt: skip
_AGO = (("il", "y", "a"), ("il", "ya"), ("y", "a"), ("ca", "fait"), ("voila",))
_UNTIL = (("d", "ici"), ("d", "ici", "a"), ("dans", "les"), ("sous",), ("dans", "moins", "de"))


@dataclass(frozen=True, slots=True)
class Offset:
    """A distance from now, or from another time.

    Attributes:
        parts: amounts of units.
        sign: 1 later, -1 earlier.
        base: from when; None for now.
        until: whether all the time up to there is meant ("d'ici deux semaines").
    """

    parts: tuple[tuple[float, Grain], ...]
    sign: int
    base: When | None = None
    until: bool = False

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        finest = self.parts[-1][1]
        exact = any(unit in _SECONDS for _, unit in self.parts)
        grain: Grain = "minute" if finest == "hour" else "second" if exact else "day"
        if self.base is None:
            start = _moved(now.wall, self.parts, self.sign)
            seconds = sum(amount * _SECONDS[unit] for amount, unit in self.parts if unit in _SECONDS)
            if seconds:
                start = Now(now.zoned(start)).after(self.sign * seconds)
        else:
            span = self.base.span(now)
            if span is None:
                return None
            seconds = sum(amount * _SECONDS[unit] for amount, unit in self.parts if unit in _SECONDS)
            start = _moved(span.start, self.parts, self.sign) + timedelta(seconds=self.sign * seconds)
        if self.until:
            return Span(now.wall, start, grain, point=False)
        return Span(start, shift(floor(start, grain), grain, 1), grain)


def _moved(at: datetime, parts: Iterable[tuple[float, Grain]], sign: int) -> datetime:
    """Moved by the years, months, weeks and days among the parts; a share of a month counts in days."""
    for amount, unit in parts:
        if unit in _MONTHS:
            months = amount * _MONTHS[unit]
            whole = int(months)
            at = add_months(at, sign * whole) + timedelta(days=sign * round((months - whole) * 30))
        elif unit in _DAYS:
            at += timedelta(days=sign * amount * _DAYS[unit])
    return at


def read_offsets(
    keys: Sequence[str], at: int, read_base: Callable[[Sequence[str], int], Iterable[Found]]
) -> Iterator[Found]:
    """Every distance that starts at `at`.

    Args:
        keys: folded words.
        at: where to read.
        read_base: reads the time after "avant" or "après".
    """
    for phrase in _UNTIL:
        for read in _after(keys, at, phrase):
            end = read.end
            if tuple(keys[end : end + 2]) in (("qui", "viennent"), ("qui", "vient"), ("a", "venir")):
                end += 2
            elif key_at(keys, end) in ("prochains", "prochaines"):
                end += 1
            yield Found(Offset(read.parts, 1, until=True), end)
    for phrase in (("dans",), ("d", "ici")):
        for read in _after(keys, at, phrase):
            yield Found(Offset(read.parts, 1), read.end)
    for phrase in _AGO:
        for read in _after(keys, at, phrase):
            yield Found(Offset(read.parts, -1), read.end)
    for read in _after(keys, at, ("en",)):
        yield Found(Offset(read.parts, 1), read.end, weak=True)
    for read in read_durations(keys, at):
        following = key_at(keys, read.end)
        if following == "plus" and key_at(keys, read.end + 1) in ("tard", "tot"):
            yield Found(Offset(read.parts, 1 if keys[read.end + 1] == "tard" else -1), read.end + 2)
        if following in ("apres", "avant"):
            sign = 1 if following == "apres" else -1
            for base in read_base(keys, read.end + 1):
                yield Found(Offset(read.parts, sign, base.when), base.end)
            yield Found(Offset(read.parts, sign), read.end + 1)


def _after(keys: Sequence[str], at: int, phrase: tuple[str, ...]) -> Iterator[DurationRead]:
    """Durations after a phrase, "environ" between them or not."""
    start = at + len(phrase)
    if tuple(keys[at:start]) != phrase:
        return
    for about in _ABOUT:
        if tuple(keys[start : start + len(about)]) == about:
            start += len(about)
            break
    yield from read_durations(keys, start)
