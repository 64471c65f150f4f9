"""Whisper on CTranslate2, with a window as short as the speech allows and a bounded decoder."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import ctranslate2
import numpy as np
import tokenizers

from hive_mind.errors import Cancelled, ModelError, SpeechError
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import Evidence, Hypothesis, SttCapabilities, Transcript
from hive_mind.speech.stt.eight_bit import WEIGHTS, eight_bit
from hive_mind.speech.stt.kept_silence import as_kept, kept_silence
from hive_mind.speech.stt.mel import FRAMES_PER_SECOND, LogMel
from hive_mind.speech.stt.readings import Reading, choose
from hive_mind.speech.stt.rescoring import Rescorer
from hive_mind.speech.stt.split import split_at_silences
from hive_mind.speech.stt.text_scorer import Heard, TextScorer
from hive_mind.speech.stt.vocabulary import distinct, echoes, prompt_text

WINDOWS = (1000, 1500, 2000, 3000)
"""Mel frames (10 ms each) given to the encoder: the smallest that holds the speech and `MARGIN_FRAMES`."""

MARGIN_FRAMES = 50
"""Silence after the speech, without which Whisper runs away."""

PHRASE_WINDOW = 300
"""Mel frames given to the encoder to compare a short phrase: too few to recognise, enough to compare."""

PIECE_SECONDS = 29.5
MAX_SECONDS = 600.0
SHORTEST_SECONDS = 0.1
SILENCE = 1e-4
"""Audio that never gets louder (-80 dBFS) is not decoded at all."""

TOKENS_PER_SECOND = 12
TOKEN_MARGIN = 8
MAX_TOKENS = 200
PROMPT_TOKENS = 100
POLL_SECONDS = 0.02
QUIET = 1e-3
"""Loudness of the near-silence over which texts are scored to see how likely they are unheard."""

T = TypeVar("T")


class WhisperStt:
    """A `SpeechToText`: thread-safe, one recognition at a time, the others wait their turn.

    The recognition runs in a thread of its own. A cancelled caller has control again within
    `POLL_SECONDS`; what CTranslate2 is computing then (the encoder or the decoder of one window, 0.15 s each
    with the base model on ten seconds) is finished in the background and thrown away, and a next call waits
    for it: at most 0.3 s, measured.

    Args:
        model_dir: folder with `model.bin`, `config.json`, `tokenizer.json` and a vocabulary.
        threads: OpenMP threads; on two shared cores one is the fastest.
        language: ISO 639-1 code of what is spoken.
        beam_size: hypotheses kept while decoding; below 5 the short window costs accuracy.
        alternatives: readings to return, at most `beam_size`.
        compute_type: weights and arithmetic, as CTranslate2 names them.
        vocabulary_biasing: whether `vocabulary` is used; see `transcribe`.
        name: for traces; defaults to the folder's name.
        at_once: calls that are worked on at a time, each with so many threads; the others wait.

    Raises:
        ModelError: MODEL_MISSING when the folder is incomplete, MODEL_UNAVAILABLE when it cannot be loaded.
    """

    def __init__(
        self,
        model_dir: Path,
        threads: int = 1,
        *,
        language: str = "fr",
        beam_size: int = 5,
        alternatives: int = 5,
        compute_type: str = "int8",
        vocabulary_biasing: bool = True,
        name: str | None = None,
        at_once: int = 1,
    ) -> None:
        for needed in ("model.bin", "config.json", "tokenizer.json"):
            if not (model_dir / needed).is_file():
                raise ModelError(
                    f"The recogniser in {model_dir} lacks {needed}: run ./hive models pull {model_dir.name}",
                    code="MODEL_MISSING",
                )
        self._folder = eight_bit(model_dir) if compute_type.startswith("int8") else model_dir
        self._made_here = self._folder != model_dir
        try:
            self._model = ctranslate2.models.Whisper(
                str(self._folder),
                device="cpu",
                compute_type=compute_type,
                intra_threads=threads,
                inter_threads=at_once,
            )
            self._tokenizer = tokenizers.Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        except Exception as error:
            raise ModelError(f"The recogniser in {model_dir} cannot be loaded: {error}") from error
        self._start = [
            self._token(t)
            for t in ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>")
        ]
        self._previous = self._token("<|startofprev|>")
        self._end = self._token("<|endoftext|>")
        self._rescorer: Rescorer | None = None
        self._language = language
        self._mel = LogMel(self._model.n_mels)
        self._beam = beam_size
        self._alternatives = min(alternatives, beam_size)
        self._biasing = vocabulary_biasing
        self._name = name or model_dir.name
        self._worker = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="whisper")
        self.transcribe(np.full(SAMPLE_RATE, 0.01, dtype=np.float32))  # the first call is slower

    @property
    def capabilities(self) -> SttCapabilities:
        """What this engine can do."""
        return SttCapabilities(self._name, (self._language,), MAX_SECONDS, self._biasing)

    def transcribe(
        self, samples: Samples, *, vocabulary: Sequence[str] = (), cancel: CancelToken | None = None
    ) -> Transcript:
        """Recognise one utterance (mono, `SAMPLE_RATE`).

        Silence, noise and what Whisper is known to invent over them give an empty text. Audio over half a
        minute is cut at its silences; it then has one reading only.

        Args:
            samples: the utterance; values that are not numbers count as silence, loud ones are clipped.
            vocabulary: words worth expecting, most expected first (about 40 fit): names and nouns, never
                whole sentences, which Whisper would repeat. On real commands it gained nothing (21.8 %
                word errors without, 21.8 to 24.1 % with), on hard synthetic ones 51 -> 43 %.
            cancel: gives the caller control back within 50 ms.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: SPEECH_FAILED when the engine failed, AUDIO_TOO_LONG over ten minutes.
        """
        began = time.perf_counter()
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        if len(samples) > MAX_SECONDS * SAMPLE_RATE:
            raise SpeechError(f"More than {MAX_SECONDS:.0f} s of audio at once.", code="AUDIO_TOO_LONG")
        try:
            job = self._worker.submit(self._recognise, samples, distinct(vocabulary), token)
        except RuntimeError as error:
            raise SpeechError("The recogniser is closed.") from error
        heard = _wait(job, token)
        elapsed = (time.perf_counter() - began) * 1000.0
        best = heard.readings[0].text if heard.readings else ""
        return Transcript(best, _hypotheses(heard.readings), heard.no_speech, elapsed, heard.hearing)

    def listen_again(
        self, transcript: Transcript, vocabulary: Sequence[str], *, cancel: CancelToken | None = None
    ) -> tuple[Hypothesis, ...]:
        """Read the audio of a transcript once more, expecting words (see `ListensAgain`).

        The encoder's work is kept; with the base model this takes about 0.12 s.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: the engine failed.
        """
        hearing = transcript.hearing
        if not isinstance(hearing, _Hearing):
            return ()
        token = cancel or CancelToken()
        try:
            job = self._worker.submit(self._again, hearing, distinct(vocabulary), token)
            return _hypotheses(_wait(job, token))
        except RuntimeError as error:
            raise SpeechError("The recogniser is closed.") from error

    def score(
        self, transcript: Transcript, texts: Sequence[str], *, cancel: CancelToken | None = None
    ) -> list[Evidence]:
        """How well texts fit the audio of a transcript of this engine (see `ScoresTexts`).

        Needs 50 MB more with the base model, only while it lasts, where the weights could be kept in 8 bits
        (`eight_bit`); else for good, from `prepare_scoring` or the first call on.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            ModelError: MODEL_UNAVAILABLE when the model's weights are of a kind that cannot be read.
            SpeechError: the engine failed.
        """
        hearing = transcript.hearing
        if not isinstance(hearing, _Hearing) or not texts:
            return []
        token = cancel or CancelToken()
        try:
            job = self._worker.submit(self._score, hearing, transcript.text[-1:], tuple(texts), token)
            return _wait(job, token)
        except RuntimeError as error:
            raise SpeechError("The recogniser is closed.") from error

    def phrase_scores(
        self, samples: Samples, texts: Sequence[str], *, cancel: CancelToken | None = None
    ) -> tuple[float, ...]:
        """How well each of these texts fits all of a short audio (see `ScoresPhrases`).

        Takes 0.16 s of one core with the base model; memory as for `score`.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            ModelError: MODEL_UNAVAILABLE when the model's weights are of a kind that cannot be read.
            SpeechError: the engine failed.
        """
        token = cancel or CancelToken()
        try:
            job = self._worker.submit(self._phrase_scores, samples, tuple(texts), token)
            return _wait(job, token)
        except RuntimeError as error:
            raise SpeechError("The recogniser is closed.") from error

    def prepare_scoring(self) -> None:
        """Load now what `score` needs, a third of a second's work.

        Raises:
            ModelError: as for `score`.
        """
        _wait(self._worker.submit(self._load_rescorer), CancelToken())

    def close(self) -> None:
        """Stop the thread; a recognition that is going on ends first."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _recognise(self, samples: Samples, vocabulary: tuple[str, ...], cancel: CancelToken) -> "_Heard":
        cancel.raise_if_cancelled()
        audio = np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0).astype(
            np.float32
        )
        if len(audio) <= PIECE_SECONDS * SAMPLE_RATE:
            return self._read(audio, vocabulary, cancel)
        pieces = [self._read(p, vocabulary, cancel) for p in split_at_silences(audio, PIECE_SECONDS)]
        heard = [piece.readings[0] for piece in pieces if piece.readings]
        no_speech = min(piece.no_speech for piece in pieces)
        if not heard:
            return _Heard([], no_speech)
        mean = sum(r.log_probability for r in heard) / len(heard)
        return _Heard([Reading(" ".join(r.text for r in heard), mean)], no_speech)

    def _read(self, audio: Samples, vocabulary: tuple[str, ...], cancel: CancelToken) -> "_Heard":
        """Recognise at most 30 s."""
        seconds = len(audio) / SAMPLE_RATE
        if seconds < SHORTEST_SECONDS or np.abs(audio).max() < SILENCE:
            return _Heard([], 1.0)
        need = int(seconds * FRAMES_PER_SECOND) + MARGIN_FRAMES
        features = self._mel(audio, next((w for w in WINDOWS if w >= need), WINDOWS[-1]))
        cancel.raise_if_cancelled()
        encoded = self._model.encode(ctranslate2.StorageView.from_array(features[None]))
        cancel.raise_if_cancelled()
        readings, no_speech = self._decode(encoded, self._prompt(vocabulary), seconds)
        if readings and echoes(readings[0].text, vocabulary):
            cancel.raise_if_cancelled()
            readings, no_speech = self._decode(encoded, self._start, seconds)
        kept = choose(readings, no_speech, seconds)
        return _Heard(kept, no_speech, _Hearing(encoded, seconds) if kept else None)

    def _again(
        self, hearing: "_Hearing", vocabulary: tuple[str, ...], cancel: CancelToken
    ) -> Sequence[Reading]:
        cancel.raise_if_cancelled()
        readings, no_speech = self._decode(hearing.encoded, self._prompt(vocabulary), hearing.seconds)
        kept = choose(readings, no_speech, hearing.seconds)
        return [reading for reading in kept if not echoes(reading.text, vocabulary)]

    def _score(
        self, hearing: "_Hearing", ending: str, texts: tuple[str, ...], cancel: CancelToken
    ) -> list[Evidence]:
        cancel.raise_if_cancelled()
        rescorer = self._load_rescorer()
        found = rescorer.score(np.array(hearing.encoded)[0], texts, ending)
        rescorer.let_go()
        return found

    def _phrase_scores(
        self, samples: Samples, texts: tuple[str, ...], cancel: CancelToken
    ) -> tuple[float, ...]:
        cancel.raise_if_cancelled()
        rescorer = self._load_rescorer()
        features = self._mel(samples, PHRASE_WINDOW)
        encoded = self._model.encode(ctranslate2.StorageView.from_array(features[None]))
        cancel.raise_if_cancelled()
        found = tuple(rescorer.mean_log_probabilities(np.array(encoded)[0], texts))
        rescorer.let_go()
        return found

    def _load_rescorer(self) -> Rescorer:
        if self._rescorer is None:
            scorer = TextScorer(self._folder / WEIGHTS)

            def _silence() -> Heard:
                quiet = np.random.default_rng(0).normal(0.0, QUIET, SAMPLE_RATE).astype(np.float32)
                features = self._mel(quiet, WINDOWS[0])
                encoded = self._model.encode(ctranslate2.StorageView.from_array(features[None]))
                return scorer.listen(np.array(encoded)[0])

            silence = kept_silence(self._folder, _silence) if self._made_here else as_kept(_silence())
            self._rescorer = Rescorer(scorer, self._ids, self._start, self._end, silence)
        return self._rescorer

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(" " + text, add_special_tokens=False).ids
        return ids

    def _decode(self, encoded: Any, prompt: list[int], seconds: float) -> tuple[list[Reading], float]:
        most = min(MAX_TOKENS, int(seconds * TOKENS_PER_SECOND) + TOKEN_MARGIN)
        result = self._model.generate(
            encoded,
            [prompt],
            beam_size=self._beam,
            num_hypotheses=self._alternatives,
            # CTranslate2 generates min(max_length / 2, max_length - prompt) tokens at most.
            max_length=min(448, max(2 * most, most + len(prompt))),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        readings = [
            Reading(self._text(ids), float(score))
            for ids, score in zip(result.sequences_ids, result.scores, strict=True)
        ]
        return readings, float(result.no_speech_prob)

    def _prompt(self, vocabulary: tuple[str, ...]) -> list[int]:
        if not (self._biasing and vocabulary):
            return self._start
        ids: list[int] = self._tokenizer.encode(prompt_text(vocabulary), add_special_tokens=False).ids
        return [self._previous, *ids[:PROMPT_TOKENS], *self._start]

    def _text(self, ids: Sequence[int]) -> str:
        text: str = self._tokenizer.decode([i for i in ids if i < self._end])
        return " ".join(text.replace("\ufffd", "").split())

    def _token(self, text: str) -> int:
        found: Any = self._tokenizer.token_to_id(text)
        if found is None:
            raise ModelError(
                f"The recogniser does not know {text}: not a multilingual Whisper, or no such language."
            )
        return int(found)


@dataclass(frozen=True, slots=True)
class _Hearing:
    """What the encoder made of an audio, and how long that was in seconds."""

    encoded: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a recognition found, and what the encoder made of the audio if that is worth keeping."""

    readings: list[Reading]
    no_speech: float
    hearing: _Hearing | None = None


def _hypotheses(readings: Sequence[Reading]) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(r.text, r.log_probability) for r in readings)


def _wait(job: "Future[T]", cancel: CancelToken) -> T:
    """The job's result; `Cancelled` as soon as the caller stops waiting for it."""
    while True:
        try:
            return job.result(timeout=POLL_SECONDS)
        except TimeoutError:
            if cancel.cancelled:
                job.cancel()
                raise Cancelled("The recognition was cancelled.") from None
        except (RuntimeError, ValueError) as error:
            raise SpeechError(f"The recogniser failed: {error}") from error
