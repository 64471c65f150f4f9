"""What is told of a turn, and of what was said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hive_mind.protocol.messages import LocalTurn
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.recall import recalled
from hive_mind.server.core.trace import OrderTrace, Traces, TurnTrace, local_trace
from hive_mind.server.core.trace_access import may_read, told
from hive_mind.server.core.why import why

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
WEATHER = OrderTrace(
    "get_weather", {"location": "Lyon", "when": "demain"}, "exact", "weather", "météo", ms=820.0
)


def turn(turn_id: str = "t-1", **fields: Any) -> TurnTrace:
    heard = "Quel temps fera-t-il à Lyon demain ?"
    given: dict[str, Any] = {"heard": heard, "outcome": "completed", "intent": "none"}
    return TurnTrace(turn_id, "salon", NOON, **{**given, **fields})


def test_nothing_was_done_yet() -> None:
    assert why(None) == "Je n'ai encore rien fait ici."


def test_a_plugin_its_parameters_and_what_was_slow() -> None:
    trace = turn(route="plugin", orders=[WEATHER], stages_ms={"understanding": 4.0, "plugin": 820.0})
    assert why(trace) == (
        "J'ai entendu « Quel temps fera-t-il à Lyon demain », et c'est le plugin météo qui a répondu, "
        "pour « la météo », avec lieu : Lyon et moment : demain. "
        "Le plus long a été l'appel du plugin, 0,8 seconde."
    )


def test_a_repair_is_told() -> None:
    trace = turn(heard="Mets un minuteur", repaired="Mais un minuteur", orders=[OrderTrace("start_timer")])
    assert why(trace).startswith(
        "J'ai d'abord entendu « Mais un minuteur », que j'ai corrigé en « Mets un min"
    )


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"route": "llm", "orders": []}, "le modèle de langage a répondu"),
        ({"route": "llm", "orders": [], "withheld": True}, "je l'ai arrêté"),
        ({"outcome": "failed", "error": "LLM_TIMEOUT"}, "j'ai mis trop de temps à réfléchir"),
        ({"orders": [OrderTrace("lamp_on", {}, "llm", "lamp", "lampe")]}, "choisie par le modèle"),
        ({"orders": [OrderTrace("lamp_on", plugin="lamp", title="lampe", outcome="failed")]}, "n'y est pas"),
        ({"orders": [OrderTrace("start_timer", outcome="asked")]}, "il me manquait une information"),
        ({"orders": [OrderTrace("start_timer", {"duration_s": 600.0})]}, "durée : 10 minutes"),
        ({"orders": [WEATHER, OrderTrace("start_timer")]}, ", puis j'ai répondu moi-même"),
        ({"heard": "mot " * 40, "orders": [WEATHER]}, "mot…"),
    ],
)
def test_whoever_answered_is_named(fields: dict[str, Any], part: str) -> None:
    said = why(turn(**fields))
    assert part in said
    assert said.endswith(".") and said.count(". ") <= 1


def test_a_turn_that_the_client_answered_alone() -> None:
    message = LocalTurn(
        turn_id="l-1",
        heard="Mets un minuteur de dix minutes",
        answer="Minuteur de 10 minutes lancé.",
        intent="start_timer",
        slots={"duration_s": 600.0},
        timings_ms={"stt": 410.0},
    )
    said = why(local_trace(message, "salon", NOON))
    assert "l'appareil a répondu lui-même" in said and "la reconnaissance de la voix, 0,4 seconde" in said


def test_the_last_turn_of_a_client() -> None:
    traces = Traces()
    for trace in (
        turn("t-1"),
        turn("t-2", outcome="running"),
        turn("t-3", intent="why"),
        turn("t-4", outcome="dropped"),
    ):
        traces.add(trace)
    traces.add(TurnTrace("t-5", "cuisine", NOON, "x", outcome="completed"))
    found = traces.last("salon", but={"why"})
    assert found is not None and found.turn_id == "t-1"
    newest = traces.last()
    assert newest is not None and newest.turn_id == "t-5"
    assert told(traces, "last")["turn_id"] == "t-5"


@pytest.mark.parametrize(
    ("peer", "headers", "allowed"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8000"}, True),
        ("::1", {"host": "localhost:8000"}, True),
        ("192.168.1.7", {"host": "192.168.1.2:8000"}, False),
        ("127.0.0.1", {"host": "127.0.0.1", "x-forwarded-for": "203.0.113.9"}, False),
        ("127.0.0.1", {"host": "evil.example"}, False),
        ("127.0.0.1", {"host": "127.0.0.1:8000", "origin": "https://evil.example"}, False),
        (None, {}, False),
    ],
)
def test_who_may_read_traces(peer: str | None, headers: dict[str, str], allowed: bool) -> None:
    assert may_read(peer, headers) is allowed


def said(*texts: str) -> list[Entry]:
    return [
        Entry(
            role="user",
            text=text,
            timestamp=NOON + timedelta(minutes=i),
            client_id="salon",
            turn_id=f"t-{i}",
        )
        for i, text in enumerate(texts)
    ]


def test_what_was_said_is_told_newest_last_and_not_without_end() -> None:
    assert recalled([], "hier") == "Hier, je n'ai rien gardé de ce qu'on a dit."
    assert recalled([], None) == "On ne s'est encore rien dit."
    assert recalled(said("Bonjour.", "Un ?"), "hier") == "Hier, tu m'as dit : « Bonjour » et « Un »."
    many = recalled(said(*"abcdefg"), None)
    assert many == "Ces derniers jours, tu m'as dit : « d », « e », « f », « g », et 3 autres choses."
    asked = said("Qu'est-ce qu'on a dit ?")[0].model_copy(update={"intent": "recall"})
    assert "Qu'est-ce" not in recalled([*said("Un ?"), asked], None)
