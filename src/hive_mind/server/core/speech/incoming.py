"""The frames of one streamed utterance, made into what the ear takes."""

import numpy as np

from hive_mind.errors import SpeechError
from hive_mind.protocol.codec import check_audio
from hive_mind.protocol.limits import AudioBudget
from hive_mind.protocol.messages import AudioStart
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples, from_pcm16, silence
from hive_mind.speech.resampling import converter


class IncomingAudio:
    """Cuts PCM of any rate into frames of the ear. Holds less than one frame.

    Args:
        start: what the client announced.

    Raises:
        SpeechError: AUDIO_UNSUPPORTED, this format is not read here.
    """

    def __init__(self, start: AudioStart) -> None:
        if start.format != "pcm_s16le":
            raise SpeechError(f"The format {start.format} is not read here.", code="AUDIO_UNSUPPORTED")
        self._budget = AudioBudget(start.rate)
        self._convert = converter(start.rate, SAMPLE_RATE)
        self._left = silence(0)

    def take(self, data: bytes) -> list[Samples]:
        """The frames that are complete with this piece.

        Raises:
            ProtocolError: INVALID_AUDIO, FRAME_TOO_LARGE or AUDIO_TOO_LONG.
        """
        check_audio(data)
        self._budget.take(len(data) // 2)
        samples = np.concatenate([self._left, self._convert(from_pcm16(data))])
        whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
        self._left = samples[whole:]
        return [samples[at : at + FRAME_SAMPLES] for at in range(0, whole, FRAME_SAMPLES)]
