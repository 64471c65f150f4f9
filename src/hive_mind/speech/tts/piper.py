"""Piper: the fast neural voice, on onnxruntime."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TtsCapabilities
from hive_mind.speech.tts.onnx_session import OnnxSession
from hive_mind.speech.tts.phonemes import has_letters
from hive_mind.speech.tts.trim import trim


class PiperVoice:
    """One Piper voice: a clause in about a twelfth of the time that it takes to say.

    Args:
        model_dir: folder with `voice.onnx` and `voice.onnx.json`; its name is the voice's.
        threads: threads of one inference.

    Raises:
        SpeechError: VOICE_UNAVAILABLE when a file or the package `piper-tts` is missing or broken.
    """

    def __init__(self, model_dir: Path, *, threads: int = 2) -> None:
        try:
            from piper.config import PiperConfig
            from piper.phoneme_ids import phonemes_to_ids
            from piper.phonemize_espeak import EspeakPhonemizer

            written = json.loads((model_dir / "voice.onnx.json").read_text("utf-8"))
            self._config = PiperConfig.from_dict(written)
            self._to_ids = phonemes_to_ids
            self._phonemizer = EspeakPhonemizer()
        except ImportError as error:
            raise SpeechError("Piper needs the package piper-tts.", code="VOICE_UNAVAILABLE") from error
        except (OSError, ValueError, KeyError) as error:
            raise SpeechError(
                f"The Piper voice {model_dir.name} cannot be read: {error!r}.", code="VOICE_UNAVAILABLE"
            ) from error
        self._session = OnnxSession(model_dir / "voice.onnx", threads=threads)
        self.capabilities = TtsCapabilities(
            name=f"piper:{model_dir.name}",
            language=self._config.espeak_voice.partition("-")[0],
            rate=self._config.sample_rate,
            streaming=False,
        )

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        """Yield the clause sentence by sentence: usually whole."""
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        if not has_letters(text):
            return
        with _PHONEMIZING:
            sentences = self._phonemizer.phonemize(self._config.espeak_voice, text)
        for phonemes in sentences:
            # Symbols that the voice was not trained with would be reported one by one by the package.
            ids = self._to_ids(
                [p for p in phonemes if p in self._config.phoneme_id_map], self._config.phoneme_id_map
            )
            audio = trim(self._infer(ids, speed, token), self.capabilities.rate)
            if len(audio):
                yield audio

    def _infer(self, ids: list[int], speed: float, token: CancelToken) -> Samples:
        config = self._config
        inputs: dict[str, NDArray[Any]] = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(
                [config.noise_scale, config.length_scale / speed, config.noise_w_scale], dtype=np.float32
            ),
        }
        if config.num_speakers > 1:
            inputs["sid"] = np.array([config.default_speaker_id], dtype=np.int64)
        audio = self._session.run(inputs, token)[0]
        samples: Samples = np.clip(audio.reshape(-1), -1.0, 1.0).astype(np.float32)
        return samples


_PHONEMIZING = threading.Lock()
