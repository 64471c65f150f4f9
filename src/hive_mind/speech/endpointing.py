"""When somebody starts to speak, pauses, goes on, and is done: pure arithmetic on VAD probabilities.

Fed one probability per frame of `FRAME_SAMPLES`; time is counted in samples since the first frame. For one
utterance the events come in this order:

    SpeechStarted (Speculate SpeechResumed)* [Speculate] (Endpoint | TooLong)

then the endpointer waits for the next utterance by itself. `NoSpeech` comes once a wait.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE

_Reason: TypeAlias = Literal["gate", "end_of_audio", "unbroken"]


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody speaks, since `sample` (before the frame that made it sure)."""

    sample: int


@dataclass(frozen=True, slots=True)
class Speculate:
    """A pause: recognise what there is, it may be all. Speech ended at `speech_end_sample`."""

    speech_start_sample: int
    speech_end_sample: int


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """It was only a pause: drop what was speculated. Speech goes on since `sample`; default gate."""

    sample: int


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The utterance is over.

    Attributes:
        reason: `gate`: the silence outlasted the gate; `end_of_audio`: the stream stopped (`finish`);
            `unbroken`: sound that takes no breath, such as a television: nobody speaks so. No other utterance
            begins before it has paused.
        speech_start_sample: where speech began.
        speech_end_sample: where speech ended: the latency clock starts here.
        sample: where the decision fell, in samples heard.
    """

    reason: _Reason
    speech_start_sample: int
    speech_end_sample: int
    sample: int


@dataclass(frozen=True, slots=True)
class TooLong:
    """The utterance is closed in mid-speech because it reached the limit; comes instead of `Endpoint`."""

    speech_start_sample: int
    speech_end_sample: int


@dataclass(frozen=True, slots=True)
class NoSpeech:
    """Nobody has spoken since the wait began; the endpointer goes on waiting."""

    sample: int


EndpointEvent: TypeAlias = SpeechStarted | Speculate | SpeechResumed | Endpoint | TooLong | NoSpeech


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Thresholds (probabilities) and durations of an `Endpointer`.

    Attributes:
        speech: at or above, a frame is speech.
        silence: below, a frame ends speech; between the two, it goes on being what it was.
        onset_ms: speech shorter than this is a click and does not count.
        speculate_ms: silence after which `Speculate` comes, in milliseconds.
        resume_ms: speech that it takes to end a pause.
        gate_ms: silence that ends the utterance unless `set_gate` says otherwise.
        murmur_ms: how long probabilities between the two thresholds may stretch speech (distant talk, noise).
        max_unbroken_ms: the utterance ends after this much without the shortest pause (`speculate_ms`).
        max_utterance_ms: `TooLong` after this much.
        no_speech_ms: `NoSpeech` after this much waiting; None never.
    """

    speech: float = 0.5
    silence: float = 0.35
    onset_ms: int = 96
    speculate_ms: int = 64
    resume_ms: int = 64
    gate_ms: int = 600
    murmur_ms: int = 1500
    max_unbroken_ms: int = 10_000
    max_utterance_ms: int = 30_000
    no_speech_ms: int | None = None

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0.0 < self.silence <= self.speech <= 1.0:
            raise ValueError("thresholds must be 0 < silence <= speech <= 1")
        if min(self.onset_ms, self.speculate_ms, self.resume_ms, self.murmur_ms) <= 0 or self.gate_ms < 0:
            raise ValueError("durations must be positive")
        if min(self.max_utterance_ms, self.max_unbroken_ms) <= self.onset_ms:
            raise ValueError("max_utterance_ms and max_unbroken_ms must exceed onset_ms")


class Endpointer:
    """Finds where an utterance begins and ends. See the module for the order of its events."""

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        self.settings = settings or EndpointSettings()
        self._onset = _frames(self.settings.onset_ms)
        self._speculate = _frames(self.settings.speculate_ms)
        self._resume = _frames(self.settings.resume_ms)
        self._murmur = _frames(self.settings.murmur_ms)
        self._longest = _frames(self.settings.max_utterance_ms)
        self._breath = _frames(self.settings.max_unbroken_ms)
        self._frame = 0  # frames heard since construction
        self._start: int | None
        self._candidate: int | None  # first frame of what may become speech
        self._breathed: int  # frame of the last pause, or of the beginning
        self._pause: int | None  # first silent frame of the present pause
        self._run: int  # loud frames: of the candidate, or in a row within a pause
        self._speculated: bool
        self._noisy: bool  # the sound that was closed without a pause still goes on
        self._wait()

    @property
    def position(self) -> int:
        """Samples heard since construction."""
        return self._frame * FRAME_SAMPLES

    @property
    def in_utterance(self) -> bool:
        """Whether `SpeechStarted` came and the utterance is not over."""
        return self._start is not None

    @property
    def gate_ms(self) -> int:
        """Silence that will end the present utterance, in milliseconds."""
        return self._gate_ms

    @property
    def silent_ms(self) -> int:
        """How long the present pause lasts, in milliseconds; 0 while somebody speaks, or seems to."""
        if self._pause is None or self._run:
            return 0
        return (self._frame - self._pause) * FRAME_SAMPLES * 1000 // SAMPLE_RATE

    def set_gate(self, ms: int) -> None:
        """Change the gate of the present pause, because its transcript is known; 0 ends it at once.

        It holds until speech resumes or the utterance ends, and does nothing outside a pause. A gate that is
        already over takes effect with the next frame, or now through `due`.
        """
        if ms < 0:
            raise ValueError("a gate cannot be negative")
        if self._speculated:
            self._gate_ms = ms

    def feed(self, probability: float) -> tuple[EndpointEvent, ...]:
        """Hear one frame. A probability that is not a number counts as silence.

        Returns:
            what this frame made sure, in order; mostly nothing.
        """
        index = self._frame
        self._frame += 1
        loud = probability >= self.settings.speech
        if self._start is None:
            return self._listen(index, loud)
        events: list[EndpointEvent] = []
        if self._pause is None:
            self._speak(index, probability, loud)
        elif loud:
            self._run += 1
            if self._run >= self._resume:
                events += self._go_on(index)
        else:
            self._run = 0
        if self._frame - self._breathed >= self._breath and not self._speculated:
            end = self._frame if self._pause is None else self._pause
            closed = self._close("unbroken", self._start, end)
            self._noisy = True
            return (*events, *closed)
        if self._frame - self._start >= self._longest:
            end = self._frame if self._pause is None else self._pause
            events.append(TooLong(self._start * FRAME_SAMPLES, end * FRAME_SAMPLES))
            self._wait()
            return tuple(events)
        # A loud frame may be speech that resumes: it is no time to decide anything.
        pause = None if self._run else self._pause
        if pause is not None and not self._speculated and self._frame - pause >= self._speculate:
            self._speculated = True
            events.append(Speculate(self._start * FRAME_SAMPLES, pause * FRAME_SAMPLES))
        return (*events, *self.due())

    def due(self) -> tuple[EndpointEvent, ...]:
        """The `Endpoint`, if the gate is over now. For use right after `set_gate`, between two frames."""
        if self._start is None or self._pause is None or not self._speculated or self._run:
            return ()
        return self._close("gate", self._start, self._pause) if self.silent_ms >= self._gate_ms else ()

    def finish(self) -> tuple[EndpointEvent, ...]:
        """The audio stops here: end the utterance, if one is going on."""
        if self._start is None:
            self._wait()
            return ()
        return self._close("end_of_audio", self._start, self._frame if self._pause is None else self._pause)

    def reset(self) -> None:
        """Forget the present utterance and wait anew; positions go on counting."""
        self._wait()

    def rewind(self, frames: int) -> None:
        """Wait anew from so many frames ago, whose probabilities are then fed once more."""
        self._frame = max(0, self._frame - frames)
        self._wait()

    def _wait(self) -> None:
        self._waiting_since = self._frame
        self._warned = False
        self._start = None
        self._candidate = None
        self._pause = None
        self._breathed = self._frame
        self._last_loud = self._frame
        self._run = 0
        self._gap = 0
        self._noisy = False
        self._speculated = False
        self._gate_ms = self.settings.gate_ms

    def _listen(self, index: int, loud: bool) -> tuple[EndpointEvent, ...]:
        if self._noisy:
            # What took no breath goes on: nobody has begun to speak before it pauses.
            self._gap = 0 if loud else self._gap + 1
            self._noisy = self._gap < self._speculate
            self._waiting_since = self._frame
        elif loud:
            if self._candidate is None:
                self._candidate, self._run = index, 0
            self._run += 1
            self._gap = 0
            if self._run >= self._onset:
                self._start, self._last_loud, self._run = self._candidate, index, 0
                self._breathed = self._start
                return (SpeechStarted(self._start * FRAME_SAMPLES),)
        elif self._candidate is not None:
            # One weak frame inside a short word is forgiven; two in a row were a click.
            self._gap += 1
            if self._gap > 1:
                self._candidate = None
        limit = self.settings.no_speech_ms
        quiet = self._candidate is None and not self._noisy
        if (
            limit is not None
            and not self._warned
            and quiet
            and self._frame - self._waiting_since >= _frames(limit)
        ):
            self._warned = True
            return (NoSpeech(self.position),)
        return ()

    def _speak(self, index: int, probability: float, loud: bool) -> None:
        if loud:
            self._last_loud = index
        elif not probability >= self.settings.silence or index - self._last_loud > self._murmur:
            self._pause, self._run = index, 0

    def _go_on(self, index: int) -> tuple[EndpointEvent, ...]:
        announced = self._speculated
        self._breathed = index if announced else self._breathed
        began = index - self._run + 1
        self._pause, self._run, self._last_loud = None, 0, index
        self._speculated = False
        self._gate_ms = self.settings.gate_ms
        return (SpeechResumed(began * FRAME_SAMPLES),) if announced else ()

    def _close(self, reason: _Reason, start: int, end: int) -> tuple[EndpointEvent, ...]:
        event = Endpoint(reason, start * FRAME_SAMPLES, end * FRAME_SAMPLES, self.position)
        self._wait()
        return (event,)


def _frames(ms: int) -> int:
    """Whole frames that last at least `ms`."""
    return -(-ms * SAMPLE_RATE // (1000 * FRAME_SAMPLES))
