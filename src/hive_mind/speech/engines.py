"""What Hive Mind expects of a speech engine: Protocols, and what each engine says it can do.

Engines are synchronous and blocking: the shells run them in their own threads. A fallback (espeak-ng for a
missing Kokoro, a cache in front of a voice) is itself an engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

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
    """

    text: str
    alternatives: tuple[Hypothesis, ...] = ()
    no_speech_probability: float = 0.0
    compute_ms: float = 0.0


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

    def synthesize(self, text: str, *, cancel: CancelToken | None = None) -> Iterator[Samples]:
        """Yield pieces of audio in order, without leading silence; nothing for text with no letters.

        Args:
            text: one clause, already speakable (`language.speakable`): no digits, units or symbols.
            cancel: stops the synthesis within 50 ms.

        Raises:
            Cancelled: `cancel` was set.
            SpeechError: the engine failed.
        """
        ...
