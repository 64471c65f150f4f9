"""Settings of the client and its stable name."""

from pathlib import Path

import pytest

from hive_mind.client.config import load_config, stable_client_id
from hive_mind.errors import ConfigError


def test_the_environment_is_read_and_arguments_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_CLIENT_ROOM", "cuisine")
    monkeypatch.setenv("HIVE_MIND_CLIENT_VOICE", "espeak:fr")
    config = load_config(room="salon", voice=None)
    assert (config.room, config.voice) == ("salon", "espeak:fr")


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_CLIENT_STT_THREADS", "many")
    with pytest.raises(ConfigError, match="HIVE_MIND_CLIENT_STT_THREADS"):
        load_config()


def test_the_name_is_made_once(tmp_path: Path) -> None:
    first = stable_client_id(load_config(data=tmp_path))
    assert first == stable_client_id(load_config(data=tmp_path))
    assert stable_client_id(load_config(data=tmp_path, client_id="salon")) == "salon"


def test_a_data_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "client").write_text("a file, not a folder")
    with pytest.raises(ConfigError) as caught:
        stable_client_id(load_config(data=tmp_path))
    assert caught.value.code == "DATA_UNWRITABLE"
