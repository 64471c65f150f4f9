"""What is counted, and that a client cannot make it grow without end."""

from datetime import UTC, datetime

from hive_mind.server.core.metrics.meters import MOST_LABELS, Meters
from hive_mind.server.core.trace import TurnTrace

THEN = datetime(2026, 1, 6, tzinfo=UTC)


def value(meters: Meters, name: str, **labels: str) -> float | None:
    return meters.registry.get_sample_value(name, labels)


def turn(**fields: object) -> TurnTrace:
    told = {"outcome": "completed", "route": "command", "intent": "get_time", **fields}
    return TurnTrace("t-1", "salon", THEN, "Quelle heure est-il ?", **told)  # type: ignore[arg-type]


def test_a_turn_is_counted_by_outcome_room_route_and_stage() -> None:
    meters = Meters("1", 0.0)
    meters.on_turn(turn(timings_ms={"total": 40.0}, stages_ms={"understanding": 2.0}), "cuisine")
    meters.on_turn(turn(outcome="failed", error="LLM_TIMEOUT", route="llm", withheld=True), None)
    assert value(meters, "hive_mind_turns_total", outcome="completed", route="command") == 1
    assert value(meters, "hive_mind_turn_errors_total", code="LLM_TIMEOUT") == 1
    assert value(meters, "hive_mind_claims_withheld_total") == 1
    labels = {"room": "cuisine", "route": "command", "stage": "total"}
    assert value(meters, "hive_mind_stage_seconds_sum", **labels) == 0.04


def test_drafts_that_were_dropped_count_for_nothing() -> None:
    meters = Meters("1", 0.0)
    meters.on_turn(turn(outcome="dropped"), "cuisine")
    meters.on_turn(turn(outcome="running"), "cuisine")
    assert value(meters, "hive_mind_turns_total", outcome="dropped", route="command") is None


def test_a_client_that_answered_by_itself_tells_when_it_sounded() -> None:
    meters = Meters("1", 0.0)
    meters.on_turn(turn(local=True, timings_ms={"first_audio": 420.0, "stt": 290.0}), "salon")
    assert value(meters, "hive_mind_first_audio_seconds_sum", room="salon", route="command") == 0.42
    assert value(meters, "hive_mind_stage_seconds_count", room="salon", route="command", stage="stt") == 1
    labels = {"room": "salon", "route": "command", "stage": "first_audio"}
    assert value(meters, "hive_mind_stage_seconds_count", **labels) is None


def test_stages_that_a_client_tells_after_the_end_of_a_turn_are_counted_once() -> None:
    meters = Meters("1", 0.0)
    early, late = turn(outcome="running"), turn()
    meters.on_told(early, early.note({"wake": 210.0}), "salon")
    early.outcome = "completed"
    for trace in (early, late):
        meters.on_turn(trace, "salon")
    meters.on_told(late, late.note({"wake": 190.0}), "salon")
    labels = {"room": "salon", "route": "command", "stage": "wake"}
    assert value(meters, "hive_mind_stage_seconds_count", **labels) == 2


def test_wakes_and_those_that_somebody_called_false() -> None:
    meters = Meters("1", 0.0)
    meters.on_wake("hey alison", "salon")
    meters.on_wake("", "salon")
    meters.on_turn(turn(intent="false_wake"), "salon")
    assert value(meters, "hive_mind_wake_words_total", room="salon", word="hey alison") == 1
    assert value(meters, "hive_mind_false_wakes_total", room="salon") == 1


def test_time_without_the_house_adds_up() -> None:
    meters = Meters("1", 0.0)
    meters.on_return("salon", 12.5)
    meters.on_return("salon", None)
    assert value(meters, "hive_mind_reconnections_total", room="salon") == 2
    assert value(meters, "hive_mind_degraded_seconds_total", room="salon") == 12.5


def test_rooms_that_clients_make_up_end_in_one() -> None:
    meters = Meters("1", 0.0)
    for number in range(10 * MOST_LABELS):
        meters.on_wake("x", f"room {number}")
    rooms = {
        sample.labels["room"]
        for metric in meters.registry.collect()
        if metric.name == "hive_mind_wake_words"
        for sample in metric.samples
    }
    assert len(rooms) == MOST_LABELS + 1 and "other" in rooms
    assert b"hive_mind_wake_words_total" in meters.exposition()


def test_two_applications_count_each_for_itself() -> None:
    one, two = Meters("1", 0.0), Meters("1", 0.0)
    one.on_refusal("NOT_JSON")
    assert value(one, "hive_mind_refusals_total", code="NOT_JSON") == 1
    assert value(two, "hive_mind_refusals_total", code="NOT_JSON") is None
