"""Runs a package registry's ordinary client (pip, npm) and watches what it downloads."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from hive_mind.errors import ModelError

_LOOK_EVERY_S = 0.25


def run_client(command: Sequence[str], folder: Path, report: Callable[[int], None]) -> None:
    """Run a client that downloads into `folder`, which also serves as its temporary folder.

    Its temporary files lie there so that they count on the disk whose space was checked, and so that the
    bytes can be counted while they come.

    Args:
        command: the program and its arguments.
        folder: made when missing.
        report: called a few times a second with the bytes that lie in `folder`.

    Raises:
        ModelError: MODEL_FETCH_FAILED with the client's own last word.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="tmp-") as scratch,
        tempfile.TemporaryFile() as errors,
    ):
        environment = {**os.environ, "TMPDIR": scratch, "TEMP": scratch, "TMP": scratch}
        with subprocess.Popen(  # noqa: S603 - a fixed program; the package comes from our own catalogue
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment
        ) as process:
            try:
                while process.poll() is None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(timeout=_LOOK_EVERY_S)
                    report(_size(folder))
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            errors.seek(0)
            raise ModelError(
                _last_word(errors.read().decode(errors="replace"))
                or f"{command[0]} failed with code {process.returncode}",
                code="MODEL_FETCH_FAILED",
                retryable=True,
            )


def _size(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except FileNotFoundError:  # the client moved it meanwhile
                continue
    return total


def _last_word(text: str) -> str:
    """The most telling line of what the client complained about."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    blamed = [line for line in lines if line.lower().startswith(("error", "npm error code", "npm err! code"))]
    return (blamed or lines or [""])[-1][:300]
