"""The house keeps its floors: who may import whom, and what pure code must not touch."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "hive_mind"

# Small things under the roof of no part, for server and client alike.
SHARED = {
    "crypto",
    "design",
    "disk",
    "sealed_file",
    "corrections_file",
    "memory",
    "mending",
    "wake_lessons_file",
}
# Each part may import itself, the parts named here, `errors` and `paths`. `cli` may import all.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "paths": set(),
    "crypto": set(),
    "design": set(),
    "disk": set(),
    "memory": set(),
    "sealed_file": {"crypto", "disk"},
    "corrections_file": {"sealed_file", "understanding"},
    "mending": {"corrections_file", "language", "memory", "understanding", "speech"},
    "wake_lessons_file": {"sealed_file", "speech"},
    "protocol": set(),
    "language": set(),
    "understanding": {"language", "protocol"},
    "commands": {"language", "protocol", "understanding"},
    "speech": {"disk", "language", "memory", "protocol"},
    "models": {"language", "protocol"},
    "wake_training": {"language", "speech"},
    "server": {
        "protocol",
        "language",
        "understanding",
        "commands",
        "speech",
        "models",
        *SHARED,
    },
    "client": {
        "protocol",
        "language",
        "understanding",
        "commands",
        "speech",
        "models",
        *SHARED,
    },
}
PURE_PARTS = {"protocol", "language", "understanding", "commands"}
PURE_FILES = {
    "speech/endpointing.py",
    "client/core/state.py",
    *(f"client/ui/{name}.py" for name in ("eyes", "expressions", "life", "look", "mood", "motion", "shapes")),
}
IMPURE = {
    "asyncio",
    "socket",
    "threading",
    "time",
    "subprocess",
    "http",
    "websockets",
    "httpx",
    "requests",
    "select",
}


def modules() -> Iterator[Path]:
    yield from sorted(SRC.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 1 if is_plugin(path) else node.level == 0, f"{path}: relative import"
            head = node.module or ""
            if node.level:
                head = ".".join(("hive_mind", *path.relative_to(SRC).parent.parts, *filter(None, [head])))
            yield head
            yield from (f"{head}.{alias.name}" for alias in node.names)


def is_plugin(path: Path) -> bool:
    """Plugins reach their siblings by relative imports: they are loaded under a new name at each change."""
    return path.is_relative_to(SRC / "server" / "plugins")


def part_of(path: Path) -> str:
    relative = path.relative_to(SRC)
    return relative.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: str(p.relative_to(SRC)))
def test_imports_only_what_its_floor_allows(path: Path) -> None:
    part = part_of(path)
    if part not in ALLOWED:
        assert part in {"__init__", "__main__", "cli"}, f"{part} has no rule"
        return
    for name in imported(path):
        pieces = name.split(".")
        if pieces[0] == "hive_mind" and len(pieces) > 1 and pieces[1] != "__version__":
            assert pieces[1] in ALLOWED[part] | {part, "errors", "paths"}, f"{part} must not import {name}"


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: str(p.relative_to(SRC)))
def test_pure_code_touches_no_clock_and_no_socket(path: Path) -> None:
    if part_of(path) in PURE_PARTS or str(path.relative_to(SRC)) in PURE_FILES:
        found = {name.split(".")[0] for name in imported(path)} & IMPURE
        assert not found, f"{path.relative_to(SRC)} is pure and imports {found}"
        assert ".now(" not in path.read_text(encoding="utf-8"), f"{path.relative_to(SRC)} reads the clock"


def test_no_file_is_long_without_a_reason() -> None:
    long = {
        str(p.relative_to(SRC)): n
        for p in modules()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long, f"past 400 lines: {long}"
