"""The microphone in `wakeword train --record` and `wakeword test`: scripted devices, no waiting."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hive_mind.cli.wakeword_record import recorded
from hive_mind.cli.wakeword_test import Scorer, live
from hive_mind.client.platform.base import AudioStream, OnSamples
from hive_mind.errors import AudioError
from hive_mind.models.store import ModelStore
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, silence
from hive_mind.speech.files import resample
from hive_mind.speech.tts.espeak import EspeakVoice
from hive_mind.speech.wake_word.factory import MODEL, known_word
from hive_mind.wake_training.own_voice import TAKE_S, TAKES
from tests.fakes.scripted_devices import ScriptedDevices


class Takes(ScriptedDevices):
    """Hears another take each time the microphone is opened."""

    def __init__(self, takes: Sequence[Samples]) -> None:
        super().__init__({"microphone": silence(0.1)}, [])
        self._takes = list(takes)

    def open_microphone(
        self, rate: int, on_samples: OnSamples, device: str | None = None
    ) -> AudioStream | None:
        stream = super().open_microphone(rate, on_samples, device)
        for piece in np.array_split(self._takes.pop(0), 7):
            on_samples(piece)
        return stream


def take(seconds: float) -> Samples:
    """Somebody says something that lasts so long."""
    tone = np.sin(np.arange(int(seconds * SAMPLE_RATE)) * 0.1).astype(np.float32)
    return np.concatenate([silence(0.4), 0.3 * tone, silence(TAKE_S)])


def record(*seconds: float) -> tuple[list[str], tuple[Samples, ...]]:
    asked: list[str] = []
    kept = recorded("hey alison", (), None, Takes([take(each) for each in seconds]), ask=asked.append)
    return asked, kept


def test_five_takes_are_asked_for_and_those_that_agree_are_kept() -> None:
    asked, kept = record(0.8, 0.9, 0.8, 0.1, 0.85)
    assert len(asked) == TAKES
    assert all("hey alison" in sentence for sentence in asked)
    assert len(kept) == 4
    assert all(0.7 < len(each) / SAMPLE_RATE < 1.3 for each in kept)


def test_takes_that_do_not_agree_are_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert record(0.4, 0.8, 1.6, 0.1, 0.1)[1] == ()
    assert "not used" in capsys.readouterr().out


def test_no_microphone_is_one_clear_error() -> None:
    with pytest.raises(AudioError) as caught:
        recorded("hey alison", (), None, ScriptedDevices({}, []), ask=lambda _: None)
    assert caught.value.code == "NO_MICROPHONE"


@pytest.mark.models
def test_the_live_score_rises_with_the_word(models_dir: Path) -> None:
    find = ModelStore(models_dir).find
    word = known_word(find, "hey_jarvis")
    scorer = Scorer(word, models_dir / MODEL)
    voice = EspeakVoice("en-us", words_per_minute=160)
    clip = Clip(np.concatenate(list(voice.synthesize("hey jarvis"))), voice.capabilities.rate)
    said = np.concatenate([silence(2.0), resample(clip, SAMPLE_RATE).samples, silence(1.5)])
    lines: list[str] = []
    marked: list[bool] = []

    def show(line: str, stays: bool) -> None:
        lines.append(line)
        marked.append(stays)

    live(scorer, word, Takes([said]), None, len(said) / SAMPLE_RATE, show)
    assert len(lines) > 10
    assert sum(marked) == 1
    assert "« hey jarvis »" in lines[marked.index(True)]
    assert scorer.best >= word.card.threshold
