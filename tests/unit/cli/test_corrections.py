import json
from pathlib import Path

from typer.testing import CliRunner, Result

from hive_mind.cli.main import build
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import ConfigError
from hive_mind.understanding.corrections import Correction

KNOWN = (Correction("Anne-Uli", "annuler", 2), Correction("buzz", "pause"))


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(build("corrections"), ["corrections", *arguments, "--data", str(folder)])


def test_listed_and_removed_one_by_one(tmp_path: Path) -> None:
    file = CorrectionsFile(tmp_path)
    file.save(KNOWN)
    assert run(tmp_path, "list").output == "1. « Anne-Uli » → « annuler » (2)\n2. « buzz » → « pause » (1)\n"
    rows = [json.loads(line) for line in run(tmp_path, "list", "--json").output.splitlines()]
    assert rows[0] == {"number": 1, "heard": "Anne-Uli", "said": "annuler", "times": 2}
    assert run(tmp_path, "remove", "1").exit_code == 0
    assert file.load() == KNOWN[1:]


def test_a_number_that_is_not_listed_is_an_error(tmp_path: Path) -> None:
    result = run(tmp_path, "remove", "7")
    assert isinstance(result.exception, ConfigError)
    assert result.exception.code == "CORRECTION_UNKNOWN"


def test_clearing_leaves_no_file(tmp_path: Path) -> None:
    CorrectionsFile(tmp_path).save(KNOWN)
    assert run(tmp_path, "clear").exit_code == 0
    assert not (tmp_path / "corrections").exists()
    assert run(tmp_path, "list").output == ""


def test_on_the_disk_nobody_can_read_them(tmp_path: Path) -> None:
    CorrectionsFile(tmp_path).save(KNOWN)
    assert b"annuler" not in (tmp_path / "corrections").read_bytes()


def test_a_damaged_file_or_another_key_is_as_if_there_was_none(tmp_path: Path) -> None:
    CorrectionsFile(tmp_path).save(KNOWN)
    (tmp_path / "context.key").unlink()
    assert CorrectionsFile(tmp_path).load() == ()
