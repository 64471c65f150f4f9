"""A voice that falls to the next one."""

import logging

import numpy as np
import pytest

from hive_mind.errors import SpeechError
from hive_mind.speech.tts.fallback import FallbackVoice
from tests.fakes.voice import ScriptedVoice


def test_falls_once_says_so_once_and_keeps_its_rate(caplog: pytest.LogCaptureFixture) -> None:
    fine = ScriptedVoice("fine", rate=24000, failing={"bonjour à tous": 0})
    floor = ScriptedVoice("floor", rate=12000)
    voice = FallbackVoice([fine, floor])
    with caplog.at_level(logging.WARNING):
        heard = np.concatenate(list(voice.synthesize("bonjour à tous")))
        list(voice.synthesize("encore"))
    assert floor.asked == ["bonjour à tous", "encore"]
    assert len(heard) == 2 * len("bonjouràtous")
    assert voice.capabilities.name == "floor"
    assert voice.capabilities.rate == 24000
    assert len(caplog.records) == 1


def test_a_clause_that_was_begun_is_not_said_twice() -> None:
    fine = ScriptedVoice("fine", failing={"un deux": 1})
    floor = ScriptedVoice("floor")
    voice = FallbackVoice([fine, floor])
    assert sum(len(piece) for piece in voice.synthesize("un deux")) == 2
    list(voice.synthesize("trois"))
    assert floor.asked == ["trois"]


def test_the_last_voice_s_error_is_the_callers() -> None:
    voice = FallbackVoice([ScriptedVoice(failing={"un": 0}), ScriptedVoice(failing={"un": 0})])
    with pytest.raises(SpeechError):
        list(voice.synthesize("un"))
