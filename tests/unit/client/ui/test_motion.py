"""How often is drawn."""

from hive_mind.client.ui.eyes import Animation, begin, change, frame
from hive_mind.client.ui.look import Expression, Look, Mood, Tone
from hive_mind.client.ui.motion import FAST_S, SLOW_S, Motion


def look(expression: Expression, tone: Tone = Tone.WHITE) -> Look:
    return Look(mood=Mood(expression=expression, tone=tone))


def drawn(eyes: Animation, seconds: float, start: float = 0.0, cost: float = 0.0) -> int:
    """Frames that are drawn in a while."""
    motion, now, count = Motion(400), start, 0
    while now < start + seconds:
        if motion.step(frame(eyes, now), 0.0, now):
            count += 1
            motion.cost(cost)
        now += motion.pause
    return count


def test_resting_eyes_are_drawn_seldom_and_ringing_ones_at_full_speed() -> None:
    assert drawn(begin(look(Expression.MUTED), 0), 10, 5) < 10 / SLOW_S + 5
    assert drawn(begin(look(Expression.RINGING), 0), 10, 5) > 0.9 * 10 / FAST_S


def test_a_change_of_mood_is_drawn_at_full_speed_and_then_rests_again() -> None:
    eyes = change(begin(look(Expression.MUTED), 0), look(Expression.MUTED, Tone.YELLOW), 10)
    assert drawn(eyes, 0.3, 10) > 0.6 * 0.3 / FAST_S
    assert drawn(eyes, 1.0, 11) < 1 / SLOW_S + 2


def test_what_does_not_move_is_not_drawn_again() -> None:
    motion, shapes = Motion(400), frame(begin(look(Expression.IDLE), 0), 5)
    assert motion.step(shapes, 0.0, 5)
    assert not any(motion.step(shapes, 0.0, 5 + i) for i in range(1, 5))
    assert motion.step(shapes, 0.05, 11)


def test_a_slow_machine_draws_less_often_and_keeps_its_core() -> None:
    frames = drawn(begin(look(Expression.RINGING), 0), 10, 5, cost=0.02)
    assert frames * 0.02 < 10 * 0.15
    assert frames > 30
