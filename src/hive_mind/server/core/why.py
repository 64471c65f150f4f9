"""One or two French sentences from the trace of a turn ("pourquoi ?"). Pure."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from hive_mind.commands.replies import listed
from hive_mind.language.durations import duration_text
from hive_mind.language.messages import error_message
from hive_mind.server.core.trace import OrderTrace, TurnTrace

_MOST_WORDS = 25


def why(trace: TurnTrace | None, language: str = "fr") -> str:
    """What was heard, after which repair, who answered with which parameters, and what was slow.

    Args:
        trace: of the turn that is asked about; None when there is none.
        language: ISO 639-1 code.
    """
    data = answers(language)
    if trace is None:
        return str(data["nothing"])
    said = _short(trace.heard)
    heard = (
        data["heard_repaired"].format(before=_short(trace.repaired), heard=said)
        if trace.repaired and trace.repaired != trace.heard
        else data["heard"].format(heard=said)
    )
    who = _who(trace, data)
    slow = _slow(trace, data)
    if slow:
        return str(data["sentence_then"].format(heard=heard, who=who, then=slow))
    return str(data["sentence"].format(heard=heard, who=who))


def _who(trace: TurnTrace, data: dict[str, Any]) -> str:
    words = data["who"]
    if trace.withheld:
        return str(words["withheld"])
    if trace.outcome == "failed" and trace.error is not None:
        reason = error_message(trace.error).rstrip(".")
        return str(words["failed_turn"].format(error=reason[:1].lower() + reason[1:]))
    parts = [_order(order, trace, data) for order in trace.orders]
    if trace.route == "llm" or not parts:
        parts.append(str(words["llm"]))
    first, *rest = parts
    return (
        str(data["also"].format(first=first, rest=listed([_bare(part) for part in rest]))) if rest else first
    )


def _order(order: OrderTrace, trace: TurnTrace, data: dict[str, Any]) -> str:
    words = data["who"]
    if order.outcome in ("asked", "declined"):
        return str(words[order.outcome])
    if order.outcome == "failed" and order.plugin:
        return str(words["failed"].format(title=order.title))
    kind = "plugin" if order.plugin else ("command_local" if trace.local else "command")
    return str(
        words[kind].format(
            intent=data["intents"].get(order.intent, order.intent),
            title=order.title,
            rung=data["rung"].get(order.rung, ""),
            params=_params(order, data),
        )
    )


def _params(order: OrderTrace, data: dict[str, Any]) -> str:
    words = data["params"]
    told = [
        words["one"].format(name=data["names"].get(name, name), value=_value(name, value))
        for name, value in order.params.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
    return str(words["with"].format(params=listed(told))) if told else ""


def _value(name: str, value: float | str) -> str:
    if name.endswith("_s") and not isinstance(value, str):
        return duration_text(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _slow(trace: TurnTrace, data: dict[str, Any]) -> str:
    """The longest stage, if it was long enough to be noticed."""
    known = {stage: ms for stage, ms in trace.stages_ms.items() if stage in data["stages"]}
    if not known:
        return ""
    stage = max(known, key=lambda name: known[name])
    if known[stage] < data["slow"]["at_least_ms"]:
        return ""
    return str(data["slow"]["sentence"].format(stage=data["stages"][stage], duration=_seconds(known[stage])))


def _seconds(ms: float) -> str:
    """Tenths of a second below ten seconds: "1,2 seconde"."""
    seconds = round(ms / 1000, 1) if ms < 10_000 else float(round(ms / 1000))
    number = f"{seconds:g}".replace(".", ",")
    return f"{number} seconde{'s' if seconds >= 2 else ''}"


def _bare(part: str) -> str:
    return part.removeprefix("et ")


def _short(text: str) -> str:
    words = text.strip().rstrip(" .!?…").split()
    return " ".join(words[:_MOST_WORDS]) + ("…" if len(words) > _MOST_WORDS else "")


@lru_cache(maxsize=4)
def answers(language: str = "fr") -> dict[str, Any]:
    """The sentences of `why.toml`: for "pourquoi ?", "qu'est-ce qu'on a dit ?" and "oublie ça"."""
    text = (files("hive_mind.server") / "data" / language / "why.toml").read_text("utf-8")
    return tomllib.loads(text)
