"""The ear: frames in, what was heard out, the present utterance kept in memory alone."""

from collections import deque
from typing import TypeAlias

import numpy as np

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.endpointing import Endpointer, EndpointEvent, EndpointSettings, SpeechStarted
from hive_mind.speech.engines import VoiceActivityDetector, Wake, WakeWordDetector
from hive_mind.speech.nearness import Nearness
from hive_mind.speech.utterance import IDLE_MS, UtteranceBuffer

Heard: TypeAlias = EndpointEvent | Wake
"""What a frame makes sure."""

CALL_TAIL_MS = 200
"""After the end of the wake word as the detector sees it: its last sound is no question yet."""

CALL_LEAD_MS = 60
"""Of the wake word, kept before a question that comes after a pause: the detector is not that exact."""

BREATH_MS = 400
"""Speech that begins so soon after the wake word is of one breath with it. Then the whole word is kept: cut
in its last syllable, "Jarvis, quelle heure" is heard as "c'est ce qu'elle aurait"; whole, it can be told
apart."""

CALL_MS = 900
"""How long a wake word lasts, about: its loudness is measured over this."""

OWN_VOICE = 0.5
"""From this share of our own voice on, what the canceller leaves of it may sound like somebody."""

SURE = 0.85
"""Speech counts beside our own voice from this probability on."""


class Ear:
    """VAD, wake word, endpointer and utterance buffer as one; synchronous.

    Args:
        vad: tells speech from the rest.
        settings: of the endpointer.
        wake: hears its name, if there is such a detector.
    """

    def __init__(
        self,
        vad: VoiceActivityDetector,
        settings: EndpointSettings | None = None,
        wake: WakeWordDetector | None = None,
    ) -> None:
        self._vad = vad
        self._settings = settings
        self._wake = wake
        self.restart()

    def restart(self) -> None:
        """A new source begins: positions count from 0 again."""
        self._endpointer = Endpointer(self._settings)
        self._buffer = UtteranceBuffer()
        self._last = np.zeros(1, np.float32)
        self._nearness = Nearness()
        self._past: deque[float] = deque(maxlen=IDLE_MS * SAMPLE_RATE // (1000 * FRAME_SAMPLES))
        self._from = 0
        self._called = -SAMPLE_RATE
        self._deaf_until = 0
        self._vad.reset()
        if self._wake is not None:
            self._wake.reset()

    def listen_for(self, wake: WakeWordDetector) -> None:
        """From the next frame on, listen for other names; their positions count as ours do."""
        self._wake = wake

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the wake words that it listens for."""
        return () if self._wake is None else self._wake.words

    @property
    def position(self) -> int:
        """Samples heard so far."""
        return self._endpointer.position

    @property
    def in_utterance(self) -> bool:
        """Whether somebody speaks, or has only paused."""
        return self._endpointer.in_utterance

    @property
    def silent_ms(self) -> int:
        """How long the present pause lasts, in milliseconds; 0 while somebody speaks, or seems to."""
        return self._endpointer.silent_ms

    @property
    def loudness(self) -> float:
        """Level of the newest frame in dBFS, at least -120."""
        return _level(self._last)

    def hear(self, frame: Samples, own: float = 0.0) -> tuple[Heard, ...]:
        """Take one frame; returns what it made sure, a wake word last.

        Args:
            frame: cleaned of our own voice as far as that is possible.
            own: how much of it was our own voice before, in [0, 1].
        """
        self._last = frame
        self._buffer.push(frame)
        speech = probability = self._vad.probability(frame)
        leftover = own >= OWN_VOICE and speech < SURE
        if leftover or not self._is_near(frame) or self.position < self._deaf_until:
            probability = 0.0
        self._past.append(probability)
        events = self._note(self._endpointer.feed(probability))
        wake = None if self._wake is None else self._wake.hear(frame, speech)
        return events if wake is None else (*events, wake)

    def call(self, wake: Wake) -> Samples:
        """The audio of a wake word that was just heard, about."""
        return self._buffer.between(wake.end_sample - CALL_MS * SAMPLE_RATE // 1000, wake.end_sample)

    def loudness_of(self, wake: Wake) -> float:
        """Level of a wake word that was just heard, in dBFS, at least -120."""
        return _level(self.call(wake))

    def begin_after(self, wake: Wake) -> tuple[EndpointEvent, ...]:
        """Hear once more what followed a wake word, so that a question in the same breath is whole.

        Returns:
            what that made sure until now.
        """
        tail = CALL_TAIL_MS * SAMPLE_RATE // (1000 * FRAME_SAMPLES)
        late = max(0, (self.position - wake.end_sample) // FRAME_SAMPLES)
        again = list(self._past)[-late:] if late else []
        self._endpointer.rewind(len(again))
        self._buffer.clear()
        self._called = wake.end_sample
        self._from = max(0, wake.end_sample - CALL_LEAD_MS * SAMPLE_RATE // 1000)
        events: list[EndpointEvent] = []
        for place, probability in enumerate(again):
            events += self._note(self._endpointer.feed(0.0 if place < tail else probability))
        return tuple(events)

    def settle(self, gate_ms: int) -> tuple[EndpointEvent, ...]:
        """The transcript of this pause is known: it takes `gate_ms` of silence to end the utterance."""
        self._endpointer.set_gate(gate_ms)
        return self._note(self._endpointer.due())

    def finish(self) -> tuple[EndpointEvent, ...]:
        """The user says that this was all (push-to-talk), or the source ended."""
        return self._note(self._endpointer.finish())

    def samples(self) -> Samples:
        """The present utterance so far, with a little of what came before it."""
        return self._buffer.samples()

    def hold(self, sample: int) -> None:
        """The present utterance goes back to `sample`, as far as that is kept."""
        self._buffer.begin(sample, sample)

    def forget(self, deaf_ms: int = 0) -> None:
        """Drop the present utterance; wait for the next one, which begins no sooner than in `deaf_ms`."""
        self._endpointer.reset()
        self._buffer.clear()
        self._from = self.position if deaf_ms else 0
        self._deaf_until = self.position + deaf_ms * SAMPLE_RATE // 1000

    def take(self) -> Samples:
        """The audio of the utterance that just ended; the ear keeps none of it."""
        samples = self._buffer.samples()
        self._buffer.clear()
        return samples

    def _is_near(self, frame: Samples) -> bool:
        """Whether this is loud enough to belong to the present utterance, if there is one."""
        if self.in_utterance:
            return self._nearness.near(frame)
        self._nearness.begin()
        self._nearness.note(frame)
        return True

    def _note(self, events: tuple[EndpointEvent, ...]) -> tuple[EndpointEvent, ...]:
        for event in events:
            if isinstance(event, SpeechStarted):
                late_ms = (event.sample - self._called) * 1000 // SAMPLE_RATE
                if 0 <= late_ms <= BREATH_MS:
                    self.hold(max(0, self._called - CALL_MS * SAMPLE_RATE // 1000))
                else:
                    self._buffer.begin(event.sample, self._from)
        return events


def _level(samples: Samples) -> float:
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    return max(-120.0, 10.0 * float(np.log10(power + 1e-12)))
