"""Figures out of rows: percentiles by day and by room, false wakes, time without the server. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from hive_mind.server.core.quality.rows import Day, TurnRow

FALSE_WAKE = "false_wake"
"""The intent of somebody who says that nobody was called."""

Figures: TypeAlias = dict[str, Any]


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that `share` of all do not exceed (nearest rank); None of no values."""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(1, -(-int(share * 1000) * len(ordered) // 1000))
    return round(ordered[min(rank, len(ordered)) - 1], 1)


def figures(days: Iterable[Day], room: str | None = None) -> Figures:
    """What the page shows.

    Args:
        days: oldest first.
        room: of this room alone; None: of all.
    """
    chosen = [_only(day, room) for day in days]
    turns = [turn for day in chosen for turn in day.turns]
    return {
        "days": [{"day": day.day.isoformat(), **_of_day(day)} for day in chosen],
        "rooms": _by(turns, lambda turn: turn.room or ""),
        "routes": _by(turns, lambda turn: turn.route),
        "stages": _stages(turns),
        "total": _speed(turns) | {"turns": len(turns)},
    }


def _only(day: Day, room: str | None) -> Day:
    if room is None:
        return day
    return Day(
        day=day.day,
        turns=[row for row in day.turns if row.room == room],
        wakes=[row for row in day.wakes if row.room == room],
        returns=[row for row in day.returns if row.room == room],
    )


def _of_day(day: Day) -> Figures:
    return {
        **_speed(day.turns),
        "turns": len(day.turns),
        "failed": sum(turn.outcome == "failed" for turn in day.turns),
        "wakes": len(day.wakes),
        "false_wakes": sum(turn.intent == FALSE_WAKE for turn in day.turns),
        "reconnections": len(day.returns),
        "degraded_s": round(sum(row.away_s for row in day.returns), 1),
    }


def _speed(turns: Sequence[TurnRow]) -> Figures:
    """Latency as heard; of turns that nobody heard (a page without sound), until the first words."""
    heard = [turn.first_audio_ms for turn in turns if turn.first_audio_ms is not None]
    read = [turn.first_text_ms for turn in turns if turn.first_text_ms is not None]
    return {
        "heard": len(heard),
        "audio_p50_ms": percentile(heard, 0.5),
        "audio_p95_ms": percentile(heard, 0.95),
        "text_p50_ms": percentile(read, 0.5),
        "text_p95_ms": percentile(read, 0.95),
    }


def _by(turns: Sequence[TurnRow], key: Callable[[TurnRow], str]) -> list[Figures]:
    found: dict[str, list[TurnRow]] = {}
    for turn in turns:
        found.setdefault(key(turn), []).append(turn)
    return [{"name": name, "turns": len(of), **_speed(of)} for name, of in sorted(found.items())]


def _stages(turns: Sequence[TurnRow]) -> list[Figures]:
    found: dict[str, list[float]] = {}
    for turn in turns:
        for stage, ms in turn.stages_ms.items():
            found.setdefault(stage, []).append(ms)
    return [
        {"stage": stage, "count": len(ms), "p50_ms": percentile(ms, 0.5), "p95_ms": percentile(ms, 0.95)}
        for stage, ms in sorted(found.items())
    ]
