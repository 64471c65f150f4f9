"""The real voices: what they give is speech, at once, and stops when told."""

import itertools
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hive_mind.errors import Cancelled
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.espeak import EspeakVoice
from hive_mind.speech.tts.kokoro import KokoroVoice, split_phonemes
from hive_mind.speech.tts.piper import PiperVoice
from hive_mind.speech.tts.trim import trim

CLAUSE = "La capitale de l'Italie est Rome."
LONG = "Un trou noir est une région de l'espace où la gravité est si forte que rien ne peut s'en échapper."


@pytest.fixture(scope="session")
def make_voice(request: pytest.FixtureRequest) -> Callable[[str], TextToSpeech]:
    made: dict[str, TextToSpeech] = {}

    def build(name: str) -> TextToSpeech:
        if name == "espeak":
            return EspeakVoice()
        models: Path = request.getfixturevalue("models_dir")
        if name == "piper":
            return PiperVoice(models / "piper-en-joe-medium", threads=1)
        kokoro = models / "kokoro-82m-int8"
        return KokoroVoice(kokoro, models / "kokoro-voices" / "ff_siwis.bin", streaming=name == "kokoro")

    def make(name: str) -> TextToSpeech:
        if name not in made:
            made[name] = build(name)
        return made[name]

    return make


@pytest.fixture(
    params=[
        "espeak",
        pytest.param("piper", marks=pytest.mark.models),
        pytest.param("kokoro", marks=pytest.mark.models),
        pytest.param("kokoro whole", marks=pytest.mark.models),
    ]
)
def voice(request: pytest.FixtureRequest, make_voice: Callable[[str], TextToSpeech]) -> TextToSpeech:
    name: str = request.param
    return make_voice(name)


def whole(voice: TextToSpeech, text: str) -> Samples:
    return np.concatenate(list(voice.synthesize(text)))


def test_gives_speech_without_silence_before_it(voice: TextToSpeech) -> None:
    rate = voice.capabilities.rate
    audio = whole(voice, CLAUSE)
    assert audio.dtype == np.float32
    assert np.abs(audio).max() <= 1.0
    assert 1.0 < len(audio) / rate < 4.0
    assert np.sqrt(np.mean(np.square(audio))) > 0.01
    first = int(np.flatnonzero(np.abs(audio) > 0.02)[0])
    assert first / rate < 0.1
    assert len(trim(audio, rate)) >= len(audio) - 0.02 * rate


def test_longer_text_takes_longer(voice: TextToSpeech) -> None:
    assert len(whole(voice, LONG)) > 1.5 * len(whole(voice, CLAUSE))


def test_speed_shortens_and_lengthens(voice: TextToSpeech) -> None:
    usual, fast, slow = (sum(map(len, voice.synthesize(CLAUSE, speed=speed))) for speed in (1.0, 1.45, 0.7))
    assert 0.55 * usual < fast < 0.85 * usual
    assert 1.2 * usual < slow < 1.7 * usual


@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "« »", "—"])
def test_text_without_letters_is_nothing(voice: TextToSpeech, text: str) -> None:
    assert list(voice.synthesize(text)) == []


def test_strange_symbols_are_no_fault(voice: TextToSpeech) -> None:
    assert len(whole(voice, "Bonjour \u200b 日本 🙂 <b>toi</b> \x01 fin."))


def test_a_cancelled_synthesis_gives_nothing(voice: TextToSpeech) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        list(voice.synthesize(CLAUSE, cancel=token))


def test_a_cancel_is_heeded_within_the_work(voice: TextToSpeech) -> None:
    list(voice.synthesize("Oui."))
    token = CancelToken()
    told: list[float] = []

    def cancel() -> None:
        told.append(time.perf_counter())
        token.cancel()

    timer = threading.Timer(0.1, cancel)
    timer.start()
    # Endless text, so that even the fastest voice is at work when it is told.
    with pytest.raises(Cancelled):
        for _ in itertools.count():
            list(voice.synthesize(LONG, cancel=token))
    late = time.perf_counter() - told[0]
    timer.join()
    # 50 ms on an idle machine; tests run on busy ones.
    assert late < 0.15


@pytest.mark.models
def test_windows_say_what_the_whole_says(make_voice: Callable[[str], TextToSpeech]) -> None:
    pieces = list(make_voice("kokoro").synthesize(LONG))
    whole_s = len(whole(make_voice("kokoro whole"), LONG)) / 24_000
    assert len(pieces) > 1
    assert len(pieces[0]) / 24_000 < 1.0
    assert sum(map(len, pieces)) / 24_000 == pytest.approx(whole_s, rel=0.05)


@pytest.mark.models
def test_no_click_where_windows_join(make_voice: Callable[[str], TextToSpeech]) -> None:
    pieces = list(make_voice("kokoro").synthesize(LONG))
    audio = np.concatenate(pieces)
    jumps = np.abs(np.diff(audio))
    joins = np.cumsum([len(piece) for piece in pieces])[:-1]
    for join in joins:
        assert jumps[join - 3 : join + 3].max() <= max(
            0.05, np.quantile(jumps[join - 1200 : join + 1200], 0.999)
        )


@pytest.mark.models
def test_a_very_long_clause_is_said_in_parts(make_voice: Callable[[str], TextToSpeech]) -> None:
    text = "et encore un mot, " * 60
    audio = next(iter(make_voice("kokoro").synthesize(text)))
    assert len(audio)


@pytest.mark.models
def test_the_parts_are_made_again_when_they_are_missing(models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kokoro"
    folder.mkdir()
    for name in ("model.onnx", "vocab.json"):
        shutil.copy(models_dir / "kokoro-82m-int8" / name, folder / name)
    style = models_dir / "kokoro-voices" / "ff_siwis.bin"
    assert KokoroVoice(folder, style, threads=1).capabilities.streaming
    made = sorted(folder.glob("*-*.onnx"))
    assert len(made) == 2
    made[0].unlink()
    assert KokoroVoice(folder, style, threads=1).capabilities.streaming
    assert sorted(folder.glob("*-*.onnx")) == made


def test_long_phonemes_are_cut_after_punctuation_or_between_words() -> None:
    assert split_phonemes("") == []
    assert split_phonemes("ab, cd", 10) == ["ab, cd"]
    assert split_phonemes("abcd ef, gh ij kl", 10) == ["abcd ef,", "gh ij kl"]
    assert split_phonemes("ab cd ef gh", 6) == ["ab cd", "ef gh"]
    assert split_phonemes("abcdefgh", 3) == ["abc", "def", "gh"]
