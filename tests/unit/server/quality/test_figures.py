"""Figures and bars out of turns."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hive_mind.protocol.messages import LocalTurn
from hive_mind.server.core.quality.figures import figures, percentile
from hive_mind.server.core.quality.rows import Day, ReturnRow, TurnRow, WakeRow, row_of
from hive_mind.server.core.quality.waterfall import waterfall
from hive_mind.server.core.trace import TurnTrace, local_trace

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def turn(room: str | None, ms: float | None, **more: Any) -> TurnRow:
    return TurnRow(at=NOON, room=room, turn_id="t", client_id="c", first_audio_ms=ms, **more)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.95, 1.0]))
def test_a_percentile_is_one_of_the_values_and_not_exceeded_by_its_share(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found is not None
    assert found in [round(value, 1) for value in values]
    assert sum(round(value, 1) <= found for value in values) >= share * len(values)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile([], 0.5) is None


def test_by_day_and_by_room() -> None:
    today = Day(
        day=date(2026, 11, 26),
        turns=[
            turn("cuisine", 400.0, route="command", stages_ms={"stt": 300.0}),
            turn("cuisine", 600.0, route="llm", outcome="failed"),
            turn("salon", None, intent="false_wake"),
        ],
        wakes=[WakeRow(at=NOON, room="salon", word="hey_jarvis")],
        returns=[ReturnRow(at=NOON, room="cuisine", away_s=12.5)],
    )
    told = figures([Day(day=date(2026, 11, 25)), today])
    before, now = told["days"]
    assert (before["turns"], before["audio_p50_ms"]) == (0, None)
    assert (now["turns"], now["failed"], now["wakes"], now["false_wakes"]) == (3, 1, 1, 1)
    assert (now["reconnections"], now["degraded_s"]) == (1, 12.5)
    assert (now["audio_p50_ms"], now["audio_p95_ms"]) == (400.0, 600.0)
    assert [room["name"] for room in told["rooms"]] == ["cuisine", "salon"]
    assert told["stages"] == [{"stage": "stt", "count": 1, "p50_ms": 300.0, "p95_ms": 300.0}]
    assert figures([today], "salon")["total"]["turns"] == 1


def test_a_turn_of_ours_as_bars() -> None:
    trace = TurnTrace("t", "c", NOON, "Bonjour", route="llm", outcome="completed")
    trace.stages_ms = {"stt": 300.0, "understanding": 5.0, "llm_first_token": 200.0, "llm": 900.0}
    trace.playout_ms = 1100.0
    assert [(bar.stage, bar.start_ms, bar.ms) for bar in waterfall(trace)] == [
        ("stt", -300.0, 300.0),
        ("understanding", 0.0, 5.0),
        ("llm_first_token", 5.0, 200.0),
        ("llm", 205.0, 700.0),
        ("first_audio", 0.0, 1100.0),
    ]


def test_what_was_heard_here_begins_at_the_end_of_the_question() -> None:
    trace = TurnTrace("t", "c", NOON, "Il est quelle heure ?", route="command", outcome="completed")
    trace.stages_ms = {"stt": 200.0, "endpoint": 250.0, "understanding": 2.0, "tts": 4.0}
    trace.timings_ms = {"first_piece": 3.0}
    trace.playout_ms = 320.0
    assert [(bar.stage, bar.start_ms, bar.ms) for bar in waterfall(trace)] == [
        ("endpoint", -264.0, 250.0),
        ("stt", -200.0, 200.0),
        ("understanding", 0.0, 2.0),
        ("tts", 3.0, 4.0),
        ("first_audio", -264.0, 320.0),
    ]


def test_a_client_tells_what_it_did_by_itself_and_no_more() -> None:
    trace = TurnTrace("t", "c", NOON, "Bonjour", route="llm", outcome="completed")
    trace.stages_ms = {"llm": 900.0, "tts": 7.0}
    new = trace.note({"wake": 210.0, "stt": 300.0, "llm": 1.0, "tts": 9.0, "nonsense": 5.0})
    assert new == {"wake": 210.0, "stt": 300.0}
    assert trace.stages_ms == {"wake": 210.0, "stt": 300.0, "llm": 900.0, "tts": 7.0}


def test_a_turn_of_a_client_as_bars_and_as_a_row() -> None:
    told = LocalTurn(
        turn_id="l-1", heard="Quelle heure est-il ?", answer="Il est midi.", intent="get_time",
        timings_ms={"wake": 230, "stt": 290, "understanding": 4, "endpoint": 320, "first_audio": 410},
    )  # fmt: skip
    trace = local_trace(told, "salon-1", NOON)
    bars = [bar.stage for bar in waterfall(trace)]
    assert bars == ["wake", "stt", "understanding", "endpoint", "first_audio"]
    row = row_of(trace, "salon")
    assert (row.first_audio_ms, row.room, "first_audio" in row.stages_ms) == (410.0, "salon", False)
    assert "midi" not in str(row)
