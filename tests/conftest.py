"""Fixtures for all tests."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import pytest
from hypothesis import HealthCheck, settings

from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir
from hive_mind.paths import models_dir as models_dir_of
from tests.fakes.air import HAS_PULSEAUDIO, Air, open_air
from tests.fakes.left_behind import nothing_left_behind

# Property tests on a busy machine: no deadline, slow draws allowed.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# Whatever a test marked `models` may open. The small language model: tests want quick answers, not good ones.
TEST_MODELS = (
    "whisper-base",
    "qwen2.5-coder-0.5b",
    "kokoro-82m-int8",
    "kokoro-voices-all",
    "kokoro-voices",
    "piper-en-joe-medium",
    "openwakeword",
)


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with nothing_left_behind(tmp_path_factory.getbasetemp()):
        yield


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder of real models, in the data folder (`HIVE_MIND_DATA`); pulls once what is missing there."""
    store = ModelStore(models_dir_of(data_dir()))
    for model_id in TEST_MODELS:
        store.pull(model_id)
    return store.root


@pytest.fixture
def air(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Air]:
    """A machine with the speaker "house" and the microphone "ear"; mark the test `audio`."""
    if not HAS_PULSEAUDIO:
        pytest.skip("PulseAudio is not installed")
    with open_air(tmp_path) as opened:
        for name, value in opened.changes.items():
            monkeypatch.setenv(name, value)
        yield opened
