"""Which voice is made."""

from pathlib import Path

import pytest

from hive_mind.errors import SpeechError
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.tts.factory import choose, make_voice
from hive_mind.speech.tts.speed import Speed, SpeedMemory
from hive_mind.speech.tts.voices import InstalledVoice
from tests.fakes.voice import ScriptedVoice


def nothing(_: str) -> Path | None:
    return None


def test_with_nothing_installed_espeak_speaks() -> None:
    assert make_voice(nothing).capabilities.name == "espeak:fr"


def test_espeak_speaks_other_languages_by_name() -> None:
    assert make_voice(nothing, "espeak:de").capabilities.language == "de"


@pytest.mark.parametrize(
    "voice_id", ["kokoro:ff_siwis", "piper:nope", "nonsense", "espeak:", "espeak:atlantide"]
)
def test_an_unknown_voice_is_one_clear_error(voice_id: str) -> None:
    with pytest.raises(SpeechError) as caught:
        make_voice(nothing, voice_id)
    assert caught.value.code == "VOICE_UNKNOWN"
    assert "\n" not in caught.value.message


def test_an_unknown_voice_s_error_names_what_there_is() -> None:
    with pytest.raises(SpeechError, match="espeak:fr"):
        make_voice(nothing, "kokoro:ff_siwis")


def test_a_broken_model_is_passed_over_unless_it_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "kokoro"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"half a model")
    (folder / "vocab.json").write_text('{"vocab": {}}')
    (folder / "ff_siwis.bin").write_bytes(bytes(4 * 256))
    assert make_voice(lambda _: folder, piper_models=()).capabilities.name == "espeak:fr"
    with pytest.raises(SpeechError) as caught:
        make_voice(lambda _: folder, "kokoro:ff_siwis", piper_models=())
    assert caught.value.code == "VOICE_UNAVAILABLE"


def voices(*names: str) -> list[InstalledVoice]:
    def maker(name: str) -> InstalledVoice:
        return InstalledVoice(name, "fr", lambda _: ScriptedVoice(name))

    return [maker(name) for name in names]


def chosen(tmp_path: Path, speeds: dict[str, tuple[float, float]]) -> str | None:
    path = tmp_path / "speed.json"
    installed = voices(*speeds)
    memory = SpeedMemory(path)
    for voice in installed:
        memory.put(voice, Speed(*speeds[voice.id]))
    made: TextToSpeech | None = choose(installed, path, 0.9, 1)
    return made.capabilities.name if made else None


def test_the_finest_voice_within_the_budget_wins(tmp_path: Path) -> None:
    assert chosen(tmp_path, {"fine": (0.8, 0.5), "fast": (0.1, 0.1)}) == "fine"
    assert chosen(tmp_path, {"fine": (1.0, 0.5), "fast": (0.1, 0.1)}) == "fast"
    assert chosen(tmp_path, {"fine": (0.8, 1.5), "fast": (0.1, 0.1)}) == "fast"
    assert chosen(tmp_path, {"fine": (1.2, 0.5), "slow": (1.5, 0.5)}) == "fine"
    assert chosen(tmp_path, {"fine": (9.0, 3.0)}) is None


def test_speeds_are_measured_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "speed.json"
    made: list[ScriptedVoice] = []

    def make(_: int) -> TextToSpeech:
        made.append(ScriptedVoice("fast", rate=10))
        return made[-1]

    installed = [InstalledVoice("fast", "fr", make)]
    choose(installed, path, 0.9, 1)
    choose(installed, path, 0.9, 1)
    assert made[0].asked
    assert not made[1].asked


def test_a_spoilt_memory_is_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "speed.json"
    path.write_text("{")
    assert SpeedMemory(path).get(voices("fine")[0]) is None
