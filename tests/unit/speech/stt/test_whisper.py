import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hive_mind.errors import Cancelled, ModelError, SpeechError
from hive_mind.speech.audio import SAMPLE_RATE, Samples, silence
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import ScoresPhrases, Transcript
from hive_mind.speech.stt.factory import make_stt
from hive_mind.speech.stt.whisper import MAX_SECONDS, WhisperStt
from tests.unit.speech.espeak import speak


def noise(seconds: float, level: float = 0.1) -> Samples:
    return np.random.default_rng(4).normal(0.0, level, int(seconds * SAMPLE_RATE)).astype(np.float32)


def test_an_incomplete_folder_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models pull") as caught:
        make_stt(tmp_path / "whisper-base")
    assert caught.value.code == "MODEL_MISSING"


def test_a_broken_model_is_one_error(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(ModelError) as caught:
        WhisperStt(tmp_path)
    assert caught.value.code == "MODEL_UNAVAILABLE"


@pytest.fixture(scope="module")
def stt(models_dir: Path) -> Iterator[WhisperStt]:
    stt = WhisperStt(models_dir / "whisper-base")
    yield stt
    stt.close()


@pytest.fixture(scope="module")
def question() -> Samples:
    return speak("Quelle est la capitale de l'Italie ?", words_per_minute=160)


@pytest.mark.models
def test_a_question_is_understood(stt: WhisperStt, question: Samples) -> None:
    heard = stt.transcribe(question)
    assert "la capitale de l'Italie" in heard.text
    assert heard.alternatives[0].text == heard.text
    assert heard.compute_ms > 0
    scores = [h.log_probability for h in heard.alternatives]
    assert scores == sorted(scores, reverse=True)
    assert all(s <= 0 for s in scores)
    assert len({h.text for h in heard.alternatives}) == len(scores) >= 2


@pytest.mark.models
def test_vocabulary_changes_nothing_that_was_clear(stt: WhisperStt, question: Samples) -> None:
    heard = stt.transcribe(question, vocabulary=["capitale", "pays", " ", "ville"] * 40)
    assert "la capitale de" in heard.text


@pytest.mark.parametrize(
    "nothing",
    [silence(0.0), silence(0.05), silence(3.0), silence(31.0), np.full(32000, np.nan, dtype=np.float32)],
    ids=["0 s", "50 ms", "3 s", "31 s", "NaN"],
)
@pytest.mark.models
def test_silence_is_an_empty_text(stt: WhisperStt, nothing: Samples) -> None:
    heard = stt.transcribe(nothing)
    assert (heard.text, heard.alternatives) == ("", ())
    assert heard.no_speech_probability > 0.5


@pytest.mark.parametrize("seconds", [1.0, 10.0, 30.0])
@pytest.mark.models
def test_white_noise_is_an_empty_text_in_bounded_time(stt: WhisperStt, seconds: float) -> None:
    began = time.perf_counter()
    assert stt.transcribe(noise(seconds)).text == ""
    assert time.perf_counter() - began < 20.0


@pytest.mark.models
def test_damaged_and_clipped_speech_is_still_heard(stt: WhisperStt, question: Samples) -> None:
    damaged = question * 6.0
    damaged[::4001] = np.nan
    damaged[1::4001] = np.inf
    assert "capitale" in stt.transcribe(damaged).text


@pytest.mark.models
def test_speech_longer_than_a_window_is_cut_at_its_silences(stt: WhisperStt) -> None:
    countries = ("Italie", "Espagne", "Allemagne", "Autriche", "Argentine", "Irlande", "Inde", "Ukraine")
    talk = [speak(f"La capitale de l'{country} est une grande ville.") for country in countries]
    heard = stt.transcribe(np.concatenate(talk))
    assert heard.text.count("capitale") >= 5
    assert len(heard.alternatives) == 1


@pytest.mark.models
def test_ten_minutes_are_the_limit(stt: WhisperStt) -> None:
    with pytest.raises(SpeechError) as caught:
        stt.transcribe(silence(MAX_SECONDS + 1))
    assert caught.value.code == "AUDIO_TOO_LONG"
    assert stt.capabilities.max_seconds == MAX_SECONDS


@pytest.mark.models
def test_cancelled_before_it_begins(stt: WhisperStt, question: Samples) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        stt.transcribe(question, cancel=cancel)


@pytest.mark.parametrize("after", [0.01, 0.1, 0.2])
@pytest.mark.models
def test_a_cancelled_caller_has_control_within_50_ms(stt: WhisperStt, after: float) -> None:
    cancel = CancelToken()
    asked: list[float] = []

    def stop() -> None:
        asked.append(time.perf_counter())
        cancel.cancel()

    timer = threading.Timer(after, stop)
    timer.start()
    with pytest.raises(Cancelled):
        # Half a minute, so that it is never done by then.
        stt.transcribe(noise(29.0), cancel=cancel)
    waited = time.perf_counter() - asked[0]
    timer.join()
    assert waited < 0.25  # 50 ms, and what a busy machine adds


@pytest.mark.models
def test_the_next_call_after_a_cancelled_one_is_right(stt: WhisperStt, question: Samples) -> None:
    cancel = CancelToken()
    timer = threading.Timer(0.05, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        stt.transcribe(noise(29.0), cancel=cancel)
    timer.join()
    assert "capitale" in stt.transcribe(question).text


@pytest.mark.models
def test_callers_from_several_threads_each_get_their_own(stt: WhisperStt, question: Samples) -> None:
    heard: dict[int, Transcript] = {}

    def ask(i: int) -> None:
        heard[i] = stt.transcribe(question if i % 2 else silence(1.0))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [("capitale" in heard[i].text) for i in range(4)] == [False, True, False, True]


@pytest.mark.models
def test_a_closed_recogniser_says_so(models_dir: Path) -> None:
    stt = WhisperStt(models_dir / "whisper-base")
    stt.close()
    with pytest.raises(SpeechError):
        stt.transcribe(silence(1.0))


@pytest.mark.models
def test_what_was_said_fits_the_audio_better_than_what_sounds_like_it(stt: WhisperStt) -> None:
    heard = stt.transcribe(speak("Mets un minuteur de dix minutes.", words_per_minute=150))
    texts = ["mets un minuteur de dix minutes", "mets un minuteur de six heures", "quelle heure est il"]
    said, near, other = stt.score(heard, texts)
    assert said.log_probability > near.log_probability > other.log_probability
    assert said.log_probability - said.prior > 1.2 * said.tokens
    assert stt.score(Transcript(""), texts) == []


def test_a_phrase_that_was_said_scores_far_above_one_that_was_not(stt: WhisperStt, question: Samples) -> None:
    said = speak("Alexa")
    assert isinstance(stt, ScoresPhrases)
    other, right = stt.phrase_scores(said, ["hey mycroft", "alexa"])
    assert right > other + 2.0
    (alone,) = stt.phrase_scores(said, ["alexa"])
    assert alone == pytest.approx(right, abs=1e-3)
    assert alone > stt.phrase_scores(question, ["alexa"])[0] + 2.0
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        stt.phrase_scores(said, ["alexa"], cancel=token)
