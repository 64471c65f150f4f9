"""`./hive audit`: where its own environment is there, the real pip-audit asks what answers as OSV does."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.osv import fault, osv

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "requirements" / "audit.py"
REAL = ROOT / ".venv-audit" / "bin" / "python"
"""Made by the first `./hive audit`."""

needs_pip_audit = pytest.mark.skipif(not REAL.exists(), reason="./hive audit was never run here")


def script() -> Any:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCK = """\
av==18.1.0 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
av==19.0.2 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
h11==0.16.0 \\
    --hash=sha256:dd
"""


def test_what_other_machines_get_is_asked_about_too() -> None:
    audit = script()
    pins = audit.pins_of(LOCK)
    assert list(pins) == [("av", "18.1.0"), ("av", "19.0.2"), ("h11", "0.16.0")]
    files = audit.parted(pins)
    assert files == [
        "av==18.1.0 --hash=sha256:aa --hash=sha256:bb\nh11==0.16.0 --hash=sha256:dd\n",
        "av==19.0.2 --hash=sha256:cc\n",
    ]
    with pytest.raises(ValueError, match="no hash"):
        audit.pins_of("h11==0.16.0\n")


def test_every_lock_can_be_read() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert len(script().pins_of(lock.read_text(encoding="utf-8"))) > 20, lock


MENDED = {"id": "PYSEC-1", "fix_versions": ["0.16.0"], "aliases": []}
FAULTY = {"name": "h11", "version": "0.15.0", "vulns": [MENDED]}
FINE = {"name": "idna", "version": "3.20", "vulns": []}
RAISED = "Traceback ...\nrequests.exceptions.ConnectionError: HTTPSConnectionPool(..."


def report(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("told", "complaint", "code", "said"),
    [
        (report(FAULTY, FINE), "Found 1 known vulnerability", 1, "1 known faults in 1 of 3 packages"),
        (report(FINE, FINE), "", 0, "no known fault in 3 packages"),
        ("", RAISED, 2, "(ConnectionError)"),
        ("", "ERROR:pip_audit._cli:Could not connect\n", 2, "(Could not connect)"),
        (report(FAULTY), "", 2, "could not be asked"),
        ("[]", "", 2, "could not be asked"),
    ],
)
def test_it_ends_with_one_line_that_says_what_to_do(told: str, complaint: str, code: int, said: str) -> None:
    audit = script()
    ended, lines = audit.verdict([audit.Reply(1, report(FINE), ""), audit.Reply(2, told, complaint)])
    assert ended == code
    assert said in lines[-1]
    assert len(lines) == (2 if code == 1 else 1)
    if code == 2:
        assert "--osv-url" in lines[-1] and "docs/security.md" in lines[-1]


def run(python: str, *arguments: str) -> tuple[int, list[str], str]:
    done = subprocess.run([python, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_without_pip_audit_it_is_one_line_too() -> None:
    code, lines, complaint = run(sys.executable)
    assert (code, len(lines), complaint) == (2, 1, "") and "pip_audit" in lines[0]


@needs_pip_audit
def test_a_package_with_a_known_fault_is_named() -> None:
    locks = [lock.read_text(encoding="utf-8") for lock in SCRIPT.parent.glob("*.lock")]
    pins = {pin for lock in locks for pin in script().pins_of(lock)}
    (version,) = {version for name, version in pins if name == "h11"}
    with osv() as list_of_faults:
        code, lines, _ = run(str(REAL), "--osv-url", list_of_faults.url)
        assert (code, lines) == (0, [f"hive audit: no known fault in {len(pins)} packages."])
        # Each once, those that this machine does not install among them.
        assert len(list_of_faults.asked) == len(pins)
        assert {"sounddevice", "colorama", "miniaudio"} <= {name for name, _ in list_of_faults.asked}
        list_of_faults.known["h11", version] = [fault("h11", "PYSEC-2026-1", "99.1", "CVE-2026-1")]
        code, lines, _ = run(str(REAL), "--osv-url", list_of_faults.url)
        assert (code, lines[0]) == (1, f"h11 {version}: PYSEC-2026-1, CVE-2026-1 (mended in 99.1)")
        assert len(lines) == 2 and "1 known faults in 1 of" in lines[1] and "./hive lock" in lines[1]
        code, lines, _ = run(str(REAL), "--osv-url", list_of_faults.url, "--ignore-vuln", "PYSEC-2026-1")
        assert code == 0
        list_of_faults.status = 503
        code, lines, complaint = run(str(REAL), "--osv-url", list_of_faults.url)
        assert (code, len(lines), complaint) == (2, 1, "") and "could not be asked" in lines[0]


@needs_pip_audit
def test_where_nobody_answers_it_says_so_in_one_line() -> None:
    code, lines, complaint = run(str(REAL), "--osv-url", "http://127.0.0.1:9/v1/query")
    assert (code, len(lines), complaint) == (2, 1, "")
    assert "(ConnectionError)" in lines[0] and "--osv-url" in lines[0]
