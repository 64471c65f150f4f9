"""The settings file: explained, read with line numbers, changed without losing a comment."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.client.config import ENVIRONMENT_ONLY, ClientConfig, load_config
from hive_mind.client.config_file import parse, template, with_settings, write
from hive_mind.errors import ConfigError

KNOWN = tuple(ClientConfig.model_fields)


def uncommented() -> str:
    """The template with every setting in force."""
    lines = template().splitlines()
    return "\n".join(line[2:] if line.startswith("# ") and " = " in line else line for line in lines)


def test_the_template_explains_every_setting_and_sets_none() -> None:
    assert tomllib.loads(template()) == {}
    explained = parse(uncommented(), Path("client.toml"), KNOWN).values
    assert explained.keys() == set(KNOWN) - ENVIRONMENT_ONLY


def test_the_template_shows_the_usual_values(tmp_path: Path) -> None:
    shown = parse(uncommented(), Path("client.toml"), KNOWN).values
    usual = load_config(data=tmp_path)
    for name, value in shown.items():
        if (default := getattr(usual, name)) is not None:
            assert value == default, name


def test_the_file_is_read_and_the_environment_and_arguments_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "client.toml"
    file.write_text('room = "cuisine"\nstt_threads = 2\nlog_level = "info"\n')
    monkeypatch.setenv("HIVE_MIND_CLIENT_STT_THREADS", "3")
    config = load_config(file, log_level="debug")
    assert (config.room, config.stt_threads, config.log_level) == ("cuisine", 3, "debug")


def test_the_file_is_found_in_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "client.toml").write_text('room = "salon"\n')
    assert load_config(data=tmp_path).room == "salon"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('room = "salon"\nstt_threads = 0\n', r"client.toml, line 2: stt_threads is wrong: .*greater than"),
        ('\n\nrom = "salon"\n', r"client.toml, line 3: there is no setting 'rom': did you mean room\?"),
        ('room = "salon\n', r"client.toml is not valid TOML: .*line 1"),
        ('key = "secret"\n', r"client.toml, line 1: key may not stand in a file: set HIVE_MIND_CLIENT_KEY"),
        ("\nwake_words = { hey_jarvis = 2 }\n", r"client.toml, line 2: wake_words is wrong"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "client.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_config(file)


def test_a_file_that_is_no_text_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "client.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load_config(file)


def test_wake_words_have_a_short_form_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_CLIENT_WAKE_WORDS", "hey_jarvis=0.7, alexa")
    assert load_config().wake_words == {"hey_jarvis": 0.7, "alexa": 0.5}


def test_a_change_keeps_every_comment(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "client.toml"
    write(file, {"room": "cuisine", "wake_words": {"alexa": 0.6}})
    write(file, {"room": "salon", "speaker": "Boum"})
    text = file.read_text("utf-8")
    comments = [line for line in template().splitlines() if line.startswith("#") and " = " not in line]
    assert [line for line in text.splitlines() if line in comments] == comments
    config = load_config(file)
    assert (config.room, config.speaker, config.wake_words) == ("salon", "Boum", {"alexa": 0.6})
    write(file, {"speaker": None})
    assert load_config(file).speaker is None


@given(st.dictionaries(st.sampled_from(["room", "voice", "speaker"]), st.text(max_size=20)))
def test_whatever_is_written_is_read_again(chosen: dict[str, str]) -> None:
    assert tomllib.loads(with_settings(template(), chosen)) == chosen


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "client").write_text("a file, not a folder")
    with pytest.raises(ConfigError) as caught:
        write(tmp_path / "client" / "client.toml", {"room": "salon"})
    assert caught.value.code == "DATA_UNWRITABLE"
