"""The frames of one streamed utterance, made into what the ear takes."""

from collections.abc import Callable

import numpy as np

from hive_mind.protocol.codec import check_audio
from hive_mind.protocol.limits import AudioBudget
from hive_mind.protocol.messages import AudioStart
from hive_mind.server.core.speech.opus import OPUS_RATE, OpusDecoder
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples, from_pcm16, silence
from hive_mind.speech.resampling import converter


class IncomingAudio:
    """Cuts PCM of any rate, or Opus, into frames of the ear. Holds less than one frame.

    Args:
        start: what the client announced.

    Raises:
        SpeechError: AUDIO_UNSUPPORTED, this format is not read on this machine.
    """

    def __init__(self, start: AudioStart) -> None:
        self._format = start.format
        self._decode: Callable[[bytes], Samples] = (
            from_pcm16 if start.format == "pcm_s16le" else OpusDecoder()
        )
        rate = start.rate if start.format == "pcm_s16le" else OPUS_RATE
        self._budget = AudioBudget(rate)
        self._convert = converter(rate, SAMPLE_RATE)
        self._left = silence(0)

    def take(self, data: bytes) -> list[Samples]:
        """The frames that are complete with this piece.

        Raises:
            ProtocolError: INVALID_AUDIO, FRAME_TOO_LARGE or AUDIO_TOO_LONG.
        """
        check_audio(data, self._format)
        heard = self._decode(data)
        self._budget.take(len(heard))
        samples = np.concatenate([self._left, self._convert(heard)])
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        self._left = samples[whole:]
        return [samples[at : at + FRAME_SAMPLES] for at in range(0, whole, FRAME_SAMPLES)]
