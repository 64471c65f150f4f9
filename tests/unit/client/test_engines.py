"""What each profile of a client loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hive_mind.client.config import load_config
from hive_mind.client.engines import load_engines
from hive_mind.errors import SpeechError
from hive_mind.speech.audio import silence


def test_a_satellite_loads_no_recogniser_and_no_fine_voice(tmp_path: Path) -> None:
    engines = load_engines(load_config(data=tmp_path, profile="satellite", listening="button"))
    assert engines.stt.capabilities.name == "none"
    assert engines.voice.capabilities.name == "espeak:fr"
    assert engines.wake is None
    with pytest.raises(SpeechError) as refused:
        engines.stt.transcribe(silence(1.0))
    assert refused.value.code == "ENGINE_MISSING"


LOADED = """
import sys
from pathlib import Path
from hive_mind.cli.main import build
build("client")
from hive_mind.client.config import load_config
from hive_mind.client.engines import load_engines
load_engines(load_config(data=Path(sys.argv[1]), profile="satellite", listening="button"))
print(*sorted(name for name in sys.modules if name.count(".") == 0 or name.startswith("hive_mind.")))
"""

NOT_FOR_A_SATELLITE = {
    "attr", "cryptography", "ctranslate2", "fastapi", "hassil", "onnx", "PIL", "pygame", "pygments", "redis",
    "rich", "tarfile", "tokenizers", "uvicorn", "xllamacpp", "zeroconf",
    "hive_mind.models.pull", "hive_mind.speech.stt.whisper", "hive_mind.speech.tts.kokoro",
    "hive_mind.speech.tts.piper", "hive_mind.wake_training",
}  # fmt: skip


def test_a_satellite_carries_nothing_along_that_it_does_not_use(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, str(tmp_path)],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    loaded = set(ran.stdout.decode().split())
    assert {"structlog", "hive_mind.client.app", "hive_mind.speech.tts.espeak"} <= loaded
    assert not loaded & NOT_FOR_A_SATELLITE
