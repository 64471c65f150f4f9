"""Everything that CI runs: `./hive test [--lint-only] [pytest arguments]`."""

import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack

LINT = (
    ("ruff check", [sys.executable, "-m", "ruff", "check", "."]),
    ("ruff format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    ("mypy", [sys.executable, "-m", "mypy", "src", "tests", "benchmarks"]),
)

GIVING_WAY = ("nice", "-n", "19") if shutil.which("nice") else ()

SCENES = ["tests/e2e", "tests/faults", "-m"]

PURE = ["tests/unit", "--ignore=tests/unit/server"]

GROUPS = (
    (PURE, [*SCENES, "audio or waits"]),
    ([*SCENES, "not audio and not waits"], ["tests/unit/server"]),
)
"""What runs at the same time, a process each, which also keeps what they leave in memory apart.

What is pure gives way to what speaks and listens in real time.
"""


def main(arguments: list[str]) -> int:
    lint_only = "--lint-only" in arguments
    rest = [a for a in arguments if a != "--lint-only"]
    failed = [name for name, command in LINT if not passes(name, command)]
    if not lint_only:
        groups: tuple[tuple[list[str], ...], ...] = ((rest,),) if rest else GROUPS
        failed += [name for group in groups for name in tested(group)]
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    """Run one step to its end."""
    start = time.monotonic()
    print(f"== {name}", flush=True)
    good = subprocess.run(command, check=False).returncode == 0
    print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)
    return good


def tested(parts: tuple[list[str], ...]) -> list[str]:
    """Run pytest on all parts at once: the last one tells as it goes, the others when it is over."""
    start = time.monotonic()
    with ExitStack() as stack:
        running = []
        for part in parts[:-1]:
            told = stack.enter_context(tempfile.TemporaryFile())
            command = [*(GIVING_WAY if part is PURE else ()), *pytest(part)]
            background = subprocess.Popen(command, stdout=told, stderr=told)
            running.append((part, background, told))
        print(f"== pytest {' '.join(parts[-1])}", flush=True)
        failed = [parts[-1]] if subprocess.run(pytest(parts[-1]), check=False).returncode else []
        for part, process, told in running:
            if process.wait():
                failed.append(part)
            told.seek(0)
            print(f"== pytest {' '.join(part)}\n{told.read().decode(errors='replace')}", flush=True)
    print(f"== pytest: {time.monotonic() - start:.0f} s", flush=True)
    return [f"pytest {' '.join(part)}" for part in failed]


def pytest(part: list[str]) -> list[str]:
    """The command for a part."""
    return [sys.executable, "-m", "pytest", "--durations=12", *part]


sys.exit(main(sys.argv[1:]))
