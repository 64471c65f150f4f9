"""What Hive Mind expects of a speech engine: Protocols, and what each engine says it can do.

Engines are synchronous and blocking: the shells run them in their own threads. A fallback (espeak-ng for a
missing Kokoro, a cache in front of a voice) is itself an engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken


class VoiceActivityDetector(Protocol):
    """Tells speech from everything else, frame by frame, with memory between frames."""

    def probability(self, frame: Samples) -> float:
        """Probability in [0, 1] that this frame of `FRAME_SAMPLES` at `SAMPLE_RATE` holds speech."""
        ...

    def reset(self) -> None:
        """Forget the past: a new utterance or a new microphone starts."""
        ...


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake word was heard.

    Attributes:
        word: its name in the catalogue ("hey_jarvis"), for settings and traces.
        score: of the detector, in [0, 1].
        end_sample: where the word ended, as a position among the samples heard since the last `reset`; the
            question may already have begun there.
    """

    word: str
    score: float
    end_sample: int


class WakeWordDetector(Protocol):
    """Listens for one or several wake words, frame by frame, with memory between frames."""

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words it listens for."""
        ...

    def hear(self, frame: Samples, speech: float) -> Wake | None:
        """Take one frame of `FRAME_SAMPLES` at `SAMPLE_RATE`; the word that ended with it or shortly before.

        Each utterance of a word is reported once.

        Args:
            frame: the newest audio.
            speech: probability of speech in it, of the voice activity detector; may save work in silence.
        """
        ...

    def reset(self) -> None:
        """Forget the past: a new microphone starts; positions count from 0 again."""
        ...


class WakeWordVerifier(Protocol):
    """Looks a second time, harder, at what a `WakeWordDetector` took for its word."""

    def verify(self, wake: Wake, samples: Samples) -> bool:
        """Whether it was the word.

        Args:
            wake: what the detector heard.
            samples: the last second or so before the end of the word, mono, at `SAMPLE_RATE`.

        Raises:
            SpeechError: the engine failed; the detector is believed then.
        """
        ...


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of an utterance.

    Attributes:
        text: as written by the recogniser, punctuation included.
        log_probability: mean log probability per token, at most 0.
    """

    text: str
    log_probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard.

    Attributes:
        text: the best reading; empty when nothing intelligible was said.
        alternatives: n-best readings, best first, the first one being `text`.
        no_speech_probability: in [0, 1], how sure the recogniser is that nobody spoke.
        compute_ms: wall time of the recognition.
        hearing: what the engine keeps of the audio to compare other texts with it; only it can read that.
    """

    text: str
    alternatives: tuple[Hypothesis, ...] = ()
    no_speech_probability: float = 0.0
    compute_ms: float = 0.0
    hearing: object = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well a text fits what was heard.

    Attributes:
        log_probability: of the whole text and its end, given the audio.
        prior: the same given near-silence: how likely the recogniser finds the text without hearing it.
        tokens: how many tokens it has, the end included.
        text: as it was written to be scored.
    """

    log_probability: float
    prior: float
    tokens: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class SttCapabilities:
    """What a recogniser can do.

    Attributes:
        name: engine and model, for traces ("whisper-base").
        languages: ISO 639-1 codes.
        max_seconds: longest audio it reads in one call.
        biasing: whether `vocabulary` has an effect.
    """

    name: str
    languages: tuple[str, ...]
    max_seconds: float
    biasing: bool


class SpeechToText(Protocol):
    """Turns one utterance into text."""

    @property
    def capabilities(self) -> SttCapabilities:
        """What this engine can do."""
        ...

    def transcribe(
        self, samples: Samples, *, vocabulary: Sequence[str] = (), cancel: CancelToken | None = None
    ) -> Transcript:
        """Recognise one utterance (mono, `SAMPLE_RATE`).

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: the engine failed, or the audio is longer than `max_seconds`.
        """
        ...


@runtime_checkable
class PreparesScoring(Protocol):
    """A recogniser that can do beforehand what the first `score` would wait for."""

    def prepare_scoring(self) -> None:
        """Load what scoring needs.

        Raises:
            ModelError: the model is of a kind whose texts cannot be scored.
        """
        ...


@runtime_checkable
class ScoresTexts(Protocol):
    """A recogniser that can also tell how well chosen texts fit what it heard."""

    def score(
        self, transcript: Transcript, texts: Sequence[str], *, cancel: CancelToken | None = None
    ) -> list[Evidence]:
        """Evidence for each text; none at all when this transcript kept nothing to compare with.

        Args:
            transcript: of this engine.
            texts: word by word, with accents ("mets moi un minuteur de dix minutes").
            cancel: gives the caller control back early.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: the engine failed.
        """
        ...


@runtime_checkable
class ListensAgain(Protocol):
    """A recogniser that can read the same audio once more, expecting certain words."""

    def listen_again(
        self, transcript: Transcript, vocabulary: Sequence[str], *, cancel: CancelToken | None = None
    ) -> tuple[Hypothesis, ...]:
        """Other readings, the best first; none when this transcript kept nothing to read.

        Args:
            transcript: of this engine.
            vocabulary: words worth expecting, as for `transcribe`.
            cancel: gives the caller control back early.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: the engine failed.
        """
        ...


@runtime_checkable
class ScoresPhrases(Protocol):
    """A recogniser that can tell whether a short phrase was said, faster than it recognises."""

    def phrase_scores(
        self, samples: Samples, texts: Sequence[str], *, cancel: CancelToken | None = None
    ) -> tuple[float, ...]:
        """How well each of these texts fits all of a short audio.

        Args:
            samples: at most 2.5 s, mono at `SAMPLE_RATE`.
            texts: at least one; ways to write the phrase.
            cancel: gives the caller control back early.

        Returns:
            of each text: mean log probability of its tokens and its end, at most 0.

        Raises:
            Cancelled: `cancel` was set before the work was done.
            SpeechError: the engine failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class TtsCapabilities:
    """What a voice can do.

    Attributes:
        name: engine and voice, for traces ("kokoro:ff_siwis").
        language: ISO 639-1 code.
        rate: sample rate of what it yields, in hertz.
        streaming: whether the first piece comes well before the last.
    """

    name: str
    language: str
    rate: int
    streaming: bool


class TextToSpeech(Protocol):
    """Turns one clause of speakable text into audio."""

    @property
    def capabilities(self) -> TtsCapabilities:
        """What this voice can do."""
        ...

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        """Yield pieces of audio in order, without leading silence; nothing for text with no letters.

        Args:
            text: one clause, already speakable (`language.speakable`): no digits, units or symbols.
            speed: 1 is the voice's own, 2 twice as fast; from 0.5 to 2.
            cancel: stops the synthesis within 50 ms.

        Raises:
            Cancelled: `cancel` was set.
            SpeechError: the engine failed.
        """
        ...
