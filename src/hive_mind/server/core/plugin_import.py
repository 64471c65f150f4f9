"""Importing a plugin's code afresh, as often as it changes.

Each version becomes a package of its own (`hive_mind_plugin_7_weather`), so that two versions live side by
side while one replaces the other; `forget` takes it out of `sys.modules` again. Sources are compiled each
time: no byte code is written into the plugin's folder or read from it. `from core.plugin import Plugin`, as
the specification writes it, means ours.
"""

import ast
import importlib
import itertools
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

_PREFIX = "hive_mind_plugin_"
_AS_WRITTEN = "core.plugin"
_OURS = "hive_mind.server.core.plugin"
_numbers = itertools.count(1)


class _Renaming(ast.NodeTransformer):
    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        if node.level == 0 and node.module == _AS_WRITTEN:
            node.module = _OURS
        return node


class _FreshLoader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), path)
        code: CodeType = compile(_Renaming().visit(tree), path, "exec", dont_inherit=True)
        return code


class _Finder(MetaPathFinder):
    """Finds the modules of plugins, and nothing else."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the finder's interface
        target: ModuleType | None = None,  # noqa: ARG002 - likewise
    ) -> ModuleSpec | None:
        root, *inner = fullname.split(".")
        folder = self.folders.get(root)
        if folder is None:
            return None
        place = folder.joinpath(*inner)
        if place.is_dir():
            return _package(fullname, place)
        file = place.with_suffix(".py")
        return _spec(fullname, file) if file.is_file() else None


def _spec(name: str, file: Path, search: list[str] | None = None) -> ModuleSpec | None:
    loader: Any = _FreshLoader(name, str(file))
    return spec_from_file_location(name, file, loader=loader, submodule_search_locations=search)


def _package(name: str, folder: Path) -> ModuleSpec | None:
    if (folder / "__init__.py").is_file():
        return _spec(name, folder / "__init__.py", [str(folder)])
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


_finder = _Finder()


def import_handler(folder: Path) -> ModuleType:
    """Import `handler.py` of a folder as a new module; its siblings by relative imports.

    Raises:
        Exception: whatever the code raises; nothing of it stays imported then.
    """
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    root = f"{_PREFIX}{next(_numbers)}_{folder.name}"
    _finder.folders[root] = folder
    try:
        return importlib.import_module(f"{root}.handler")
    except BaseException:
        _forget_root(root)
        raise


def forget(module: ModuleType) -> None:
    """Take a version's modules out of `sys.modules`; the code that still runs goes on."""
    _forget_root(module.__name__.split(".")[0])


def _forget_root(root: str) -> None:
    _finder.folders.pop(root, None)
    for name in [n for n in list(sys.modules) if n == root or n.startswith(f"{root}.")]:
        del sys.modules[name]
