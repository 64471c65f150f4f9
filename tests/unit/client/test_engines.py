"""What each profile of a client loads."""

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
