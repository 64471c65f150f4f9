"""The ear: frames in, events of the endpointer out, the present utterance kept in memory alone."""

import numpy as np

from hive_mind.speech.audio import Samples
from hive_mind.speech.endpointing import Endpointer, EndpointEvent, EndpointSettings, SpeechStarted
from hive_mind.speech.engines import VoiceActivityDetector
from hive_mind.speech.utterance import UtteranceBuffer


class Ear:
    """VAD, endpointer and utterance buffer as one; synchronous, a quarter of a millisecond a frame.

    Args:
        vad: tells speech from the rest.
        settings: of the endpointer.
    """

    def __init__(self, vad: VoiceActivityDetector, settings: EndpointSettings | None = None) -> None:
        self._vad = vad
        self._settings = settings
        self.restart()

    def restart(self) -> None:
        """A new source begins: positions count from 0 again."""
        self._endpointer = Endpointer(self._settings)
        self._buffer = UtteranceBuffer()
        self._last = np.zeros(1, np.float32)
        self._vad.reset()

    @property
    def position(self) -> int:
        """Samples heard so far."""
        return self._endpointer.position

    @property
    def loudness(self) -> float:
        """Level of the newest frame in dBFS, at least -120."""
        power = float(np.mean(np.square(self._last)))
        return max(-120.0, 10.0 * float(np.log10(power + 1e-12)))

    def hear(self, frame: Samples) -> tuple[EndpointEvent, ...]:
        """Take one frame; returns what it made sure."""
        self._last = frame
        self._buffer.push(frame)
        return self._note(self._endpointer.feed(self._vad.probability(frame)))

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

    def forget(self) -> None:
        """Drop the present utterance and its audio; wait for the next one."""
        self._endpointer.reset()
        self._vad.reset()
        self._buffer.clear()

    def take(self) -> Samples:
        """The audio of the utterance that just ended; the ear keeps none of it."""
        samples = self._buffer.samples()
        self._buffer.clear()
        return samples

    def _note(self, events: tuple[EndpointEvent, ...]) -> tuple[EndpointEvent, ...]:
        for event in events:
            if isinstance(event, SpeechStarted):
                self._buffer.begin(event.sample)
        return events
