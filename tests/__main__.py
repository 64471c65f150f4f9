"""Everything that CI runs: `./hive test [--lint-only] [pytest arguments]`."""

import subprocess
import sys
import time

LINT = (
    ("ruff check", [sys.executable, "-m", "ruff", "check", "."]),
    ("ruff format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    ("mypy", [sys.executable, "-m", "mypy", "src", "tests", "benchmarks"]),
)


def main(arguments: list[str]) -> int:
    lint_only = "--lint-only" in arguments
    rest = [a for a in arguments if a != "--lint-only"]
    steps = list(LINT)
    if not lint_only:
        steps.append(("pytest", [sys.executable, "-m", "pytest", *rest]))
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
