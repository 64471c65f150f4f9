"""The libraries that we use tell nobody that we do."""

import os
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parents[3] / "src"
_LOADS = "from hive_mind.speech.vad.factory import make_vad; make_vad()"


def test_onnxruntime_keeps_no_number_of_this_machine(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(SOURCES)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    environment.pop("XDG_CACHE_HOME", None)
    subprocess.run([sys.executable, "-c", _LOADS], env=environment, check=True)
    assert not list(tmp_path.rglob("*onnxruntime*"))
