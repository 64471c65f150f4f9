"""Phrases kept in memory."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import Cancelled, SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.cached import CachedVoice
from tests.fakes.voice import ScriptedVoice


def said(voice: TextToSpeech, text: str) -> Samples:
    return np.concatenate([np.zeros(0, dtype=np.float32), *voice.synthesize(text)])


def test_a_phrase_is_rendered_once_and_sounds_the_same() -> None:
    engine = ScriptedVoice()
    voice = CachedVoice(engine)
    first = said(voice, "il est midi")
    second = said(voice, "  il est\nmidi ")
    assert engine.asked == ["il est midi"]
    assert np.allclose(first, second, atol=1e-4)
    assert voice.capabilities == engine.capabilities


def test_a_phrase_at_another_speed_is_another_phrase() -> None:
    voice = CachedVoice(ScriptedVoice())
    slow = np.concatenate(list(voice.synthesize("quatre heures", speed=0.5)))
    assert not voice.has("quatre heures")
    usual = said(voice, "quatre heures")
    assert len(slow) == 2 * len(usual)
    assert voice.has("quatre heures", 0.5)
    assert voice.prepare(["quatre heures"], speed=2.0) == 1
    assert len(np.concatenate(list(voice.synthesize("quatre heures", speed=0.5)))) == len(slow)


def test_prepare_renders_what_is_missing() -> None:
    engine = ScriptedVoice()
    voice = CachedVoice(engine)
    assert voice.prepare(["un", "deux", "un"]) == 2
    assert voice.has("deux")
    assert voice.prepare(["deux", "trois"]) == 1
    assert engine.asked == ["un", "deux", "trois"]


@given(st.lists(st.sampled_from(["a", "bb", "ccc dd", "eeee", "ff gg hh"]), max_size=40), st.integers(0, 20))
def test_never_holds_more_than_its_capacity_and_always_says_the_right_thing(
    texts: list[str], room: int
) -> None:
    voice = CachedVoice(ScriptedVoice(), capacity=room)
    for text in texts:
        assert np.allclose(said(voice, text), said(ScriptedVoice(), text), atol=1e-4)
        assert voice.size <= room


def test_the_least_recently_used_phrase_goes_first() -> None:
    voice = CachedVoice(ScriptedVoice(), capacity=2 * 6)
    voice.prepare(["aa", "bb", "cc"])
    said(voice, "aa")
    voice.prepare(["dd"])
    assert [voice.has(text) for text in ("aa", "bb", "cc", "dd")] == [True, False, True, True]


def test_a_failed_or_cancelled_phrase_is_not_kept() -> None:
    voice = CachedVoice(ScriptedVoice(failing={"un deux": 1}))
    with pytest.raises(SpeechError):
        said(voice, "un deux")
    cancelled = CancelToken()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        voice.prepare(["trois"], cancelled)
    stopped = voice.synthesize("quatre cinq")
    next(stopped)
    del stopped  # as who stops listening does
    assert not any(voice.has(text) for text in ("un deux", "trois", "quatre cinq"))


def test_a_phrase_under_way_is_followed_not_rendered_twice() -> None:
    gate = threading.Event()
    engine = ScriptedVoice(gate=gate)
    voice = CachedVoice(engine)
    preparing = threading.Thread(target=voice.prepare, args=(["un deux trois"],))
    preparing.start()
    while not engine.asked:
        pass
    heard: list[Samples] = []
    following = threading.Thread(target=lambda: heard.append(said(voice, "un deux trois")))
    following.start()
    gate.set()
    preparing.join(10)
    following.join(10)
    assert engine.asked == ["un deux trois"]
    assert len(heard[0]) == len("undeuxtrois")


def test_a_follower_can_be_cancelled() -> None:
    gate = threading.Event()
    engine = ScriptedVoice(gate=gate)
    voice = CachedVoice(engine)
    preparing = threading.Thread(target=voice.prepare, args=(["un"],))
    preparing.start()
    while not engine.asked:
        pass
    token = CancelToken()
    threading.Timer(0.02, token.cancel).start()
    with pytest.raises(Cancelled):
        list(voice.synthesize("un", cancel=token))
    gate.set()
    preparing.join(10)


def test_a_follower_of_a_cancelled_rendering_renders_it_itself() -> None:
    gate = threading.Event()
    engine = ScriptedVoice(gate=gate)
    voice = CachedVoice(engine)
    token = CancelToken()

    def prepare() -> None:
        with pytest.raises(Cancelled):
            voice.prepare(["un"], token)

    preparing = threading.Thread(target=prepare)
    preparing.start()
    while not engine.asked:
        pass
    heard: list[Samples] = []
    following = threading.Thread(target=lambda: heard.append(said(voice, "un")))
    following.start()
    token.cancel()
    gate.set()
    preparing.join(10)
    following.join(10)
    assert len(heard[0]) == 2
