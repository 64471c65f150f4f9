"""Silence at the ends, whole and in pieces."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.audio import Samples
from hive_mind.speech.tts.trim import LEAD_S, TAIL_S, Trimmer, trim

RATE = 1000


def tone(seconds: float) -> Samples:
    return np.full(int(seconds * RATE), 0.5, dtype=np.float32)


def hush(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def test_leaves_a_little_silence_at_each_end() -> None:
    kept = trim(np.concatenate([hush(0.4), tone(0.3), hush(0.1), tone(0.2), hush(0.6)]), RATE)
    assert len(kept) == int((LEAD_S + 0.6 + TAIL_S) * RATE)


def test_silence_alone_is_nothing() -> None:
    assert not len(trim(hush(1.0), RATE))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=12))
def test_pieces_lose_no_sound_and_no_pause(pieces: list[tuple[bool, int]]) -> None:
    audio = [tone(n * 0.005) if loud else hush(n * 0.005) for loud, n in pieces]
    whole = trim(np.concatenate([*audio, hush(0)]), RATE)
    trimmer = Trimmer(RATE)
    streamed = np.concatenate([hush(0), *(trimmer.add(piece) for piece in audio)])
    # The tail may be shorter where the last sound ended a piece.
    assert len(whole) - int(TAIL_S * RATE) <= len(streamed) <= len(whole)
    assert np.array_equal(streamed, whole[: len(streamed)])
