import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.wake_word.recent_audio import RecentAudio


@given(st.lists(st.integers(0, 10), max_size=40), st.data())
def test_what_is_kept_is_what_came(sizes: list[int], data: st.DataObject) -> None:
    audio = RecentAudio(20)
    stream = np.arange(1, sum(sizes) + 1, dtype=np.float32)
    place = 0
    for size in sizes:
        audio.push(stream[place : place + size])
        place += size
    start = data.draw(st.integers(place - 20, place))
    end = data.draw(st.integers(start, place))
    whole = np.concatenate((np.zeros(20, dtype=np.float32), stream))
    assert audio.end == place
    assert (audio.between(start, end) == whole[start + 20 : end + 20]).all()


def test_what_is_not_kept_cannot_be_had() -> None:
    audio = RecentAudio(10)
    audio.push(np.ones(10, dtype=np.float32))
    audio.push(np.ones(5, dtype=np.float32))
    for start, end in ((4, 8), (10, 16), (9, 8)):
        with pytest.raises(IndexError):
            audio.between(start, end)
    audio.clear()
    assert audio.end == 0
    assert not audio.between(-10, 0).any()
