"""Picovoice's Porcupine, for those who have a key; see https://picovoice.ai/docs/api/porcupine-python/."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from hive_mind.errors import ConfigError, ModelError
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import Wake
from hive_mind.speech.wake_word.settings import WordSetting

KEY = "HIVE_MIND_PORCUPINE_KEY"
"""Variable of the environment with the access key; it is read from nowhere else."""


class Porcupine(Protocol):
    """What is used of `pvporcupine.Porcupine`."""

    @property
    def frame_length(self) -> int:
        """Samples that `process` wants."""
        ...

    @property
    def sample_rate(self) -> int:
        """Of these samples, in hertz."""
        ...

    def process(self, pcm: Sequence[int]) -> int:
        """Index of the keyword that ended in these 16-bit samples, -1 for none."""
        ...


class Create(Protocol):
    """What is used of `pvporcupine.create`."""

    def __call__(self, *, access_key: str, keyword_paths: list[str], sensitivities: list[float]) -> Any:
        """A `Porcupine`."""
        ...


class PorcupineDetector:
    """A `WakeWordDetector` on Porcupine, which has no score and no pause in silence.

    Args:
        engine: Porcupine, at `SAMPLE_RATE`.
        names: of its keywords, in their order.
    """

    def __init__(self, engine: Porcupine, names: Sequence[str]) -> None:
        if engine.sample_rate != SAMPLE_RATE:
            raise ModelError(f"Porcupine listens at {engine.sample_rate} Hz, not at {SAMPLE_RATE}.")
        self._engine = engine
        self._names = tuple(names)
        self._rest = np.zeros(0, dtype=np.float32)
        self._heard = 0

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the words it listens for."""
        return self._names

    def hear(self, frame: Samples, speech: float) -> Wake | None:  # noqa: ARG002
        """Take the next frame; see `WakeWordDetector`."""
        samples = np.nan_to_num(np.concatenate((self._rest, frame)), posinf=1.0, neginf=-1.0)
        size = self._engine.frame_length
        wake: Wake | None = None
        while len(samples) >= size:
            pcm = (np.clip(samples[:size], -1.0, 1.0) * 32767.0).astype(np.int16)
            samples = samples[size:]
            self._heard += size
            keyword = self._engine.process(pcm.tolist())
            if keyword >= 0 and wake is None:
                wake = Wake(self._names[keyword], 1.0, self._heard)
        self._rest = samples
        return wake

    def reset(self) -> None:
        """Positions count from 0 again; what Porcupine heard before it forgets by itself."""
        self._rest = np.zeros(0, dtype=np.float32)
        self._heard = 0


def make_porcupine(
    words: Sequence[WordSetting], environment: Mapping[str, str], create: Create | None = None
) -> PorcupineDetector:
    """Porcupine for these `.ppn` files.

    Args:
        words: paths of the files.
        environment: holds the key.
        create: makes the engine; `pvporcupine.create` when not given.

    Raises:
        ConfigError: WAKE_KEY_MISSING without a key.
        ModelError: MODEL_MISSING without a file, ENGINE_MISSING without the package pvporcupine,
            MODEL_UNAVAILABLE when Porcupine refuses: its message says why.
    """
    key = environment.get(KEY, "").strip()
    if not key:
        raise ConfigError(f"Porcupine wants an access key in {KEY}.", code="WAKE_KEY_MISSING")
    paths = [Path(setting.word).expanduser() for setting in words]
    for path in paths:
        if not path.is_file():
            raise ModelError(f"there is no Porcupine keyword {path}.", code="MODEL_MISSING")
    try:
        engine = (create or _create())(
            access_key=key,
            keyword_paths=[str(path) for path in paths],
            sensitivities=[setting.sensitivity for setting in words],
        )
    except ModelError:
        raise
    except Exception as error:  # pvporcupine's errors have no other common base
        why = str(error).replace(key, "***")
        raise ModelError(f"Porcupine cannot start: {why}") from error
    return PorcupineDetector(engine, [path.stem for path in paths])


def _create() -> Create:
    try:
        import pvporcupine
    except ImportError as error:
        raise ModelError("Porcupine needs the package pvporcupine.", code="ENGINE_MISSING") from error
    create: Create = pvporcupine.create
    return create
