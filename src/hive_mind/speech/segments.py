"""Cuts a recording of any length into utterances, in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from hive_mind.speech.audio import FRAME_SAMPLES, Samples
from hive_mind.speech.endpointing import Endpointer, EndpointSettings, SpeechStarted
from hive_mind.speech.engines import VoiceActivityDetector
from hive_mind.speech.utterance import UtteranceBuffer

SETTINGS = EndpointSettings(gate_ms=800, max_utterance_ms=28_000)
"""A recording is not a dialogue: a pause costs nothing, and an utterance must fit one window of Whisper."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One utterance of a recording.

    Attributes:
        start: where its audio begins, in samples from the start of the recording, pre-roll included.
        samples: the audio.
    """

    start: int
    samples: Samples


def segments(
    blocks: Iterable[Samples], vad: VoiceActivityDetector, settings: EndpointSettings = SETTINGS
) -> Iterator[Segment]:
    """Yield what is speech, in order, as soon as it is over.

    Args:
        blocks: mono at `SAMPLE_RATE`, of any sizes.
        vad: is reset first.
        settings: of the endpointer.
    """
    vad.reset()
    endpointer = Endpointer(settings)
    buffer = UtteranceBuffer(settings.max_utterance_ms)
    for frame in frames(blocks):
        buffer.push(frame)
        for event in endpointer.feed(vad.probability(frame)):
            if isinstance(event, SpeechStarted):
                buffer.begin(event.sample)
        if buffer.recording and not endpointer.in_utterance:
            yield _take(buffer)
    if endpointer.finish():
        yield _take(buffer)


def frames(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """Cut blocks of any sizes into frames of `FRAME_SAMPLES`; the last one is filled up with silence."""
    rest = np.zeros(0, dtype=np.float32)
    for block in blocks:
        joined = np.concatenate((rest, block)) if len(rest) else block
        whole = len(joined) // FRAME_SAMPLES * FRAME_SAMPLES
        yield from joined[:whole].reshape(-1, FRAME_SAMPLES)
        rest = joined[whole:]
    if len(rest):
        yield np.pad(rest, (0, FRAME_SAMPLES - len(rest)))


def _take(buffer: UtteranceBuffer) -> Segment:
    samples = buffer.samples()
    segment = Segment(buffer.position - len(samples), samples)
    buffer.clear()
    return segment
