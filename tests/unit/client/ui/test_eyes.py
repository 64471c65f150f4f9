"""Shapes at any time: on the stage, smooth, alive, and always the same for a seed and a time."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.client.ui.expressions import design, read_design
from hive_mind.client.ui.eyes import Animation, begin, change, frame, still
from hive_mind.client.ui.life import chance
from hive_mind.client.ui.look import Expression, Look, Mood, Tone
from hive_mind.client.ui.shapes import Eye, outline
from hive_mind.design import eyes_json

MOODS = st.builds(Mood, expression=st.sampled_from(Expression), tone=st.sampled_from(Tone))
LOOKS = st.builds(
    Look,
    mood=MOODS,
    loudness=st.floats(0, 1),
    night=st.booleans(),
    brightness=st.floats(0, 1),
)
STEPS = st.lists(st.tuples(LOOKS, st.floats(0, 2)), min_size=1, max_size=6)
FRAME_S = 1 / 60


def look(expression: Expression, tone: Tone = Tone.WHITE, **rest: float) -> Look:
    return Look.model_validate({"mood": {"expression": expression, "tone": tone}, **rest})


def lived(steps: list[tuple[Look, float]], seed: int = 0) -> tuple[Animation, float]:
    now = 100.0
    eyes = begin(steps[0][0], now, seed)
    for next_look, seconds in steps[1:]:
        now += seconds
        eyes = change(eyes, next_look, now)
    return eyes, now


def heights(expression: Expression, seed: int, seconds: float) -> list[float]:
    """How far the left eye is open at each frame, from lid to lid."""
    eyes = begin(look(expression), 0.0, seed)
    kit = design()
    opened = []
    for i in range(round(seconds / FRAME_S)):
        points = outline(frame(eyes, 5 + i * FRAME_S)[0].eye, kit.lid_radius, kit.thinnest)
        opened.append(max(y for _, y in points) - min(y for _, y in points))
    return opened


@given(STEPS, st.floats(0, 3), st.integers(0, 2**31))
def test_whatever_happens_both_eyes_are_on_the_stage_in_colours_that_exist(
    steps: list[tuple[Look, float]], later: float, seed: int
) -> None:
    eyes, now = lived(steps, seed)
    kit = design()
    for shape in frame(eyes, now + later):
        assert all(0 <= value <= 255 for value in shape.colour)
        for x, y in outline(shape.eye, kit.lid_radius, kit.thinnest):
            assert math.isfinite(x) and math.isfinite(y)
            assert -1.1 < x < 1.1
            assert -0.62 < y < 0.62


@given(STEPS, st.floats(0, 3), st.integers(0, 2**31))
def test_the_same_seed_and_time_give_the_same_eyes(
    steps: list[tuple[Look, float]], later: float, seed: int
) -> None:
    first, now = lived(steps, seed)
    second, _ = lived(steps, seed)
    assert frame(first, now + later) == frame(second, now + later)


@given(STEPS, LOOKS, st.floats(0, 1.5))
def test_a_new_mood_starts_from_what_is_seen(
    steps: list[tuple[Look, float]], new: Look, later: float
) -> None:
    eyes, now = lived(steps)
    now += later
    before, after = frame(eyes, now), frame(change(eyes, new, now), now)
    for old, fresh in zip(before[:2], after[:2], strict=False):
        assert all(math.isclose(a, b, abs_tol=1e-6) for a, b in zip(old.eye, fresh.eye, strict=True))
        assert all(abs(a - b) <= 1 for a, b in zip(old.colour, fresh.colour, strict=True))


@pytest.mark.parametrize("expression", Expression)
def test_a_mood_is_fully_put_on_within_a_second(expression: Expression) -> None:
    eyes = begin(look(Expression.IDLE), 0.0)
    eyes = change(eyes, look(expression, Tone.BLUE), 10.0)
    names = len(design().poses[expression].parts)
    assert len(frame(eyes, 11.0)) == names
    assert {shape.colour[2] > shape.colour[0] for shape in frame(eyes, 11.0)} == {True}


def test_eyes_at_rest_blink_a_few_times_a_minute_and_two_devices_not_together() -> None:
    def blinks(seed: int) -> list[int]:
        opened = heights(Expression.IDLE, seed, 60)
        shut = [height < 0.2 for height in opened]
        return [i for i, (before, now) in enumerate(itertools.pairwise(shut)) if now and not before]

    first, second = blinks(1), blinks(2)
    assert 6 <= len(first) <= 30
    assert 6 <= len(second) <= 30
    assert first != second


def test_eyes_at_rest_look_around_and_listening_eyes_do_not_look_away() -> None:
    def reach(expression: Expression) -> float:
        eyes = begin(look(expression), 0.0, 3)
        return max(
            abs(frame(eyes, 5 + i / 10)[0].eye.x - design().poses[expression].parts["left"].x)
            for i in range(600)
        )

    assert reach(Expression.IDLE) > 0.1
    assert reach(Expression.LISTENING) < 0.01


def test_speaking_follows_the_loudness_up_at_once_and_down_softly() -> None:
    seed = next(s for s in range(99) if not any(design().blink.at(i / 50, s) for i in range(150, 210)))
    eyes = begin(look(Expression.SPEAKING), 0.0, seed)
    quiet = frame(eyes, 3.0)[0].eye
    eyes = change(eyes, look(Expression.SPEAKING, loudness=1.0), 3.0)
    loud = frame(eyes, 3.1)[0].eye
    assert quiet.lower - loud.lower > 0.15
    eyes = change(eyes, look(Expression.SPEAKING), 3.1)
    assert frame(eyes, 3.15)[0].eye.lower < quiet.lower - 0.05
    assert math.isclose(frame(eyes, 4.0)[0].eye.lower, quiet.lower, abs_tol=0.01)


def test_listening_pulses() -> None:
    eyes = begin(look(Expression.LISTENING, Tone.BLUE), 0.0)
    blues = [frame(eyes, 5 + i / 30)[0].colour[2] for i in range(60)]
    assert max(blues) - min(blues) > 50


def test_night_dims_and_lets_resting_eyes_droop() -> None:
    day, night = (
        still(Look(mood=Mood(expression=Expression.IDLE, tone=Tone.WHITE))),
        still(Look(mood=Mood(expression=Expression.IDLE, tone=Tone.WHITE), night=True)),
    )
    assert max(night[0].colour) < 0.5 * max(day[0].colour)
    assert night[0].eye.upper > day[0].eye.upper + 0.2


SQUEEZED = st.fixed_dictionaries(
    {
        "w": st.floats(0.01, 1),
        "h": st.floats(0.01, 1),
        "radius": st.floats(0, 0.5),
        **{name: st.floats(-0.3, 1) for name in ("upper", "lower")},
        **{name: st.floats(-0.6, 0.6) for name in ("upper_slant", "lower_slant", "upper_bend", "lower_bend")},
    }
).map(lambda fields: Eye(**fields))


@given(SQUEEZED)
def test_an_outline_never_crosses_itself_and_a_shut_eye_is_a_line(eye: Eye) -> None:
    points = outline(eye, 0.1, 0.05)
    half = len(points) // 2
    above, below = points[:half], points[half:][::-1]
    for (x0, top), (x1, bottom) in zip(above, below, strict=True):
        assert math.isclose(x0, x1, abs_tol=1e-9)
        assert top <= bottom + 1e-9
    assert max(b - t for (_, t), (_, b) in zip(above, below, strict=True)) > 0


def test_of_a_long_answer_the_end_is_kept() -> None:
    assert Look(answer="mot " * 500 + "fin").answer.endswith("mot fin")
    assert len(Look(answer="mot " * 500).answer) == 500


def test_chance_is_spread_evenly_and_is_the_same_in_a_browser() -> None:
    drawn = [chance(7, slot, 1) for slot in range(2000)]
    assert 0.47 < sum(drawn) / len(drawn) < 0.53
    assert all(0 <= value < 1 for value in drawn)
    # What node gives for the same arithmetic with Math.imul.
    assert round(chance(1, 2, 3) * 2**32) == 3591307500


def test_a_design_with_a_wave_of_nothing_is_refused() -> None:
    raw = '{"parts": ["left"], "field": "heigth", "period": 1, "amount": 1}'
    text = eyes_json()
    with pytest.raises(ValueError, match="heigth"):
        read_design(text.replace('"waves": [', f'"waves": [{raw},', 1))
