from hive_mind.speech.wake_word.gate import SpeechGate


def test_it_opens_with_speech_and_closes_a_while_after() -> None:
    gate = SpeechGate(open_at=0.5, hold_frames=2)
    assert [gate.feed(p) for p in (0.1, 0.6, 0.1, 0.1, 0.1, 0.1, 0.9)] == [
        False,
        True,
        True,
        True,
        False,
        False,
        True,
    ]


def test_a_reset_closes_it() -> None:
    gate = SpeechGate()
    assert gate.feed(1.0)
    gate.reset()
    assert not gate.feed(0.0)


def test_a_gate_at_zero_never_closes() -> None:
    gate = SpeechGate(open_at=0.0, hold_frames=0)
    assert all(gate.feed(0.0) for _ in range(5))
