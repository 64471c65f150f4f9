"""The systemd unit: what is in it, and what is done with it."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from hive_mind.cli.autostart import turn_off, turn_on, unit_text
from hive_mind.errors import ConfigError

COMMAND = ("/opt/hive mind/.venv/bin/python", "-m", "hive_mind", "client")


class Systemd:
    """Notes what it is asked, and refuses what it is told to refuse."""

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[str] = []
        self._refuses = refuses

    def __call__(self, words: Sequence[str]) -> int:
        line = " ".join(words)
        self.asked.append(line)
        return int(bool(self._refuses) and self._refuses in line)


def text(folder: Path) -> str:
    return unit_text(COMMAND, folder, folder / "data 100%")


def test_paths_with_spaces_and_percent_signs_are_quoted(tmp_path: Path) -> None:
    unit = text(tmp_path).splitlines()
    assert 'ExecStart="/opt/hive mind/.venv/bin/python" -m hive_mind client' in unit
    assert f'Environment="HIVE_MIND_DATA={tmp_path}/data 100%%"' in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "hive-mind-client.service"
    unit.write_text(unit_text(("/bin/sh", "-c", "true"), Path("/"), tmp_path))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(unit)], capture_output=True, text=True, check=False
    )
    assert "hive-mind-client" not in done.stderr, done.stderr


def test_it_is_written_enabled_and_removed(tmp_path: Path) -> None:
    unit, systemd = tmp_path / "user" / "hive-mind-client.service", Systemd()
    assert turn_on(unit, text(tmp_path), systemd) == []
    assert unit.read_text() == text(tmp_path)
    turn_off(unit, systemd)
    assert not unit.exists()
    assert systemd.asked == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now hive-mind-client.service",
        "loginctl enable-linger",
        "systemctl --user disable --now hive-mind-client.service",
        "systemctl --user daemon-reload",
    ]


def test_without_lingering_the_person_is_told(tmp_path: Path) -> None:
    (line,) = turn_on(tmp_path / "unit", text(tmp_path), Systemd("enable-linger"))
    assert "sudo loginctl enable-linger" in line


def test_a_refusal_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="systemctl --user enable") as caught:
        turn_on(tmp_path / "unit", text(tmp_path), Systemd("enable --now"))
    assert caught.value.code == "NO_SYSTEMD"
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as caught:
        turn_on(tmp_path / "file" / "unit", text(tmp_path), Systemd())
    assert caught.value.code == "DATA_UNWRITABLE"
