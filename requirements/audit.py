"""Asks a list of known faults (OSV) about every package of the locks: `./hive audit [pip-audit's arguments]`.

pip-audit asks. It leaves out what this machine would not install, so it is given the pins of all locks
without their markers: what a Raspberry Pi, Windows or another Python gets is asked about too. It installs
nothing.

Ends with one line, and 0: no fault is known; 1: some are; 2: the list could not be asked.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)[^\n]*?((?:\\\n\s+--hash=\S+\s*)+)", re.MULTILINE)
CLEAN, KNOWN, NOT_ASKED = 0, 1, 2


def pins_of(lock: str) -> dict[tuple[str, str], str]:
    """The packages of a lock, by name and version, each as a requirement with its hashes and no marker.

    Raises:
        ValueError: a package has no hash.
    """
    found = {}
    for name, version, hashes in PIN.findall(lock):
        told = " ".join(hashes.replace("\\", " ").split())
        found[name, version] = f"{name}=={version} {told}"
    if len(found) != len(re.findall(r"^[^\s#].*==", lock, re.MULTILINE)):
        raise ValueError("A package of the lock has no hash, or stands there twice.")
    return found


def parted(pins: dict[tuple[str, str], str]) -> list[str]:
    """Requirement files, in each of which a package stands once, as pip-audit wants it."""
    files: list[dict[str, str]] = []
    for (name, _), line in sorted(pins.items()):
        place = next((file for file in files if name not in file), None)
        if place is None:
            files.append(place := {})
        place[name] = line
    return ["\n".join(file.values()) + "\n" for file in files]


def faults(report: dict[str, Any]) -> list[str]:
    """A line for each known fault in pip-audit's report."""
    return [
        f"{package['name']} {package['version']}: {fault['id']}"
        f"{''.join(f', {alias}' for alias in fault.get('aliases', ()))}"
        f" ({'mended in ' + ', '.join(fault['fix_versions']) if fault['fix_versions'] else 'in no release'})"
        for package in report["dependencies"]
        for fault in package.get("vulns", ())
    ]


@dataclass(frozen=True)
class Reply:
    """What pip-audit said of one requirement file.

    Attributes:
        asked: packages in it.
        told: its report as JSON, or nothing.
        complaint: what it wrote beside that.
    """

    asked: int
    told: str
    complaint: str

    def faults(self) -> list[str] | None:
        """The known ones; None where it was not told of every package."""
        try:
            report = json.loads(self.told)
            whole = sum("version" in package for package in report["dependencies"]) == self.asked
            return faults(report) if whole else None
        except (ValueError, KeyError, TypeError):
            return None


def verdict(replies: Sequence[Reply]) -> tuple[int, list[str]]:
    """What to say, and with what to end."""
    asked = sum(reply.asked for reply in replies)
    found: list[str] = []
    for reply in replies:
        told = reply.faults()
        if told is None:
            return NOT_ASKED, [
                "hive audit: the list of known faults could not be asked "
                f"({reason_in(reply.complaint)}): run it where OSV can be reached, or name a mirror with "
                "--osv-url; what was looked through by hand stands in docs/security.md."
            ]
        found += told
    if found:
        packages = len({line.split(":")[0] for line in found})
        return KNOWN, [
            *sorted(found),
            f"hive audit: {len(found)} known faults in {packages} of {asked} packages: ./hive lock takes "
            "mended versions; of one that has none, or does not reach us, docs/security.md says why.",
        ]
    return CLEAN, [f"hive audit: no known fault in {asked} packages."]


def reason_in(complaint: str) -> str:
    """The short of why pip-audit gave up: the name of its last exception, or its last line."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()] or ["it said nothing"]
    raised = re.match(r"(?:\w+\.)*(\w+(?:Error|Exception|Timeout))\b", lines[-1])
    return raised[1] if raised else re.sub(r"^\w+:[\w.]+:", "", lines[-1])[:120]


def ask(requirements: str, more: Sequence[str]) -> Reply:
    """Have pip-audit ask about a requirement file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pins.txt"
        file.write_text(requirements, encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--format", "json"]
        command += ["--progress-spinner", "off", "--disable-pip", "--require-hashes", "--desc", "off"]
        command += ["--cache-dir", str(Path(folder) / "cache"), "--requirement", str(file), *more]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Reply(len(requirements.splitlines()), done.stdout, done.stderr)


def main(arguments: list[str]) -> int:
    """See above."""
    pins: dict[tuple[str, str], str] = {}
    for lock in sorted(HERE.glob("*.lock")):
        pins |= pins_of(lock.read_text(encoding="utf-8"))
    code, lines = verdict([ask(file, arguments) for file in parted(pins)])
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
