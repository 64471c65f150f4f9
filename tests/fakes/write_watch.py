"""Sees every byte that a process and its children write to files, native libraries included: with strace.

The trace holds no content (`-s 0`): it says who wrote how much where. Memory that is shared with a file
counts whole.
"""

import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


def _may_trace() -> bool:
    """Whether strace is here and this machine lets it watch a process."""
    command = ["strace", "-f", "-o", os.devnull, "true"]
    return shutil.which("strace") is not None and not subprocess.run(command, capture_output=True).returncode


HAS_STRACE = _may_trace()

_CALLS = (
    "write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range", "splice", "vmsplice",
    "tee", "fallocate", "ftruncate", "mmap", "io_uring_setup", "io_submit",
)  # fmt: skip
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)")
_UNFINISHED = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")
_PATH = re.compile(r"(\d+)<(/[^>]*)>")
_OUT = {"sendfile": 0, "copy_file_range": 1, "splice": 1, "tee": 1}
"""Which of the descriptors is written to; of other calls, the first."""

_NO_DISK = ("/dev/", "/proc/", "/sys/", "/memfd:")


@dataclass
class Written:
    """What was written.

    Attributes:
        files: bytes by path.
        asynchronous: calls that could write without being seen.
    """

    files: Counter[str] = field(default_factory=Counter)
    asynchronous: int = 0

    @property
    def total(self) -> int:
        """Bytes in all files."""
        return self.files.total()


class WriteWatch:
    """A trace that grows while a process runs.

    Args:
        trace: file of the trace.
    """

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def command(self, command: list[str]) -> list[str]:
        """The command to run instead of `command`."""
        calls = ",".join(_CALLS)
        options = ["-f", "--seccomp-bpf", "-q", "-y", "-s", "0", "-e", f"trace={calls}", "-e", "signal=none"]
        return ["strace", *options, "-o", str(self._trace), *command]

    def mark(self) -> int:
        """A place in the trace: now."""
        return self._trace.stat().st_size

    def since(self, mark: int) -> Written:
        """What was written since a mark."""
        with self._trace.open("rb") as file:
            file.seek(mark)
            return summed_up(file.read().decode(errors="replace").splitlines())


def summed_up(lines: list[str]) -> Written:
    """What a trace says."""
    written = Written()
    begun: dict[tuple[str, str], str] = {}
    for line in lines:
        if unfinished := _UNFINISHED.match(line):
            begun[unfinished[1], unfinished[2]] = unfinished[3]
            continue
        if resumed := _RESUMED.match(line):
            head = begun.pop((resumed[1], resumed[2]), "")
            line = f"{resumed[1]} {resumed[2]}({head}{resumed[3]}"
        if whole := _LINE.match(line):
            _count(written, whole[2], whole[3], whole[4])
    return written


def _count(written: Written, call: str, arguments: str, result: str) -> None:
    if call in ("io_uring_setup", "io_submit"):
        written.asynchronous += 1
        return
    paths = _PATH.findall(arguments)
    if call == "mmap":
        if "MAP_SHARED" in arguments and "PROT_WRITE" in arguments and paths:
            _add(written, paths[0][1], int(arguments.split(",")[1]))
        return
    at = _OUT.get(call, 0)
    if len(paths) > at and result.lstrip("-").isdigit() and int(result) > 0:
        _add(written, paths[at][1], int(result))


def _add(written: Written, path: str, size: int) -> None:
    if not path.startswith(_NO_DISK):
        written.files[path] += size
