"""Everything that CI runs: `./hive test [--lint-only] [pytest arguments]`."""

import subprocess
import sys
import time

LINT = (
    ("ruff check", [sys.executable, "-m", "ruff", "check", "."]),
    ("ruff format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    ("mypy", [sys.executable, "-m", "mypy", "src", "tests", "benchmarks"]),
)

PARTS = (
    ["tests/e2e", "tests/faults"],
    ["tests/unit/server"],
    ["tests/unit", "--ignore=tests/unit/server"],
)


def main(arguments: list[str]) -> int:
    lint_only = "--lint-only" in arguments
    rest = [a for a in arguments if a != "--lint-only"]
    steps = list(LINT)
    if not lint_only:
        # A process each: what thousands of tests leave in memory would slow those that count seconds.
        parts = [rest] if rest else PARTS
        steps += [(f"pytest {' '.join(part)}", [sys.executable, "-m", "pytest", *part]) for part in parts]
    failed = []
    for name, command in steps:
        start = time.monotonic()
        print(f"== {name}", flush=True)
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
        print(f"== {name}: {time.monotonic() - start:.0f} s", flush=True)
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
