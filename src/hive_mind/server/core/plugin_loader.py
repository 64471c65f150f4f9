"""From a folder to a plugin that could run: everything is read and checked, nothing is started.

Blocking: call it in a thread.
"""

import hashlib
import inspect
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from hive_mind.server.core import plugin_sentences
from hive_mind.server.core.plugin import Plugin
from hive_mind.server.core.plugin_import import forget, import_handler
from hive_mind.server.core.plugin_manifest import MANIFEST, Manifest, PluginFaults, read_manifest
from hive_mind.server.core.plugin_replies import Replies, ReplyFault

HANDLER = "handler.py"
_UNREAD = {"__pycache__", "tests"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that is whole.

    Attributes:
        plugin: made, not yet started.
        config: that it was made with.
        missing: environment variables that it needs and that are not set; it must not be asked then.
        texts: its sentence files.
        context: what the language model is told about it.
        mark: of its files; another one when any of them changed.
    """

    manifest: Manifest
    folder: Path
    plugin: Plugin
    module: ModuleType
    config: Mapping[str, Any]
    missing: tuple[str, ...]
    replies: Replies
    texts: Mapping[str, str]
    context: str
    mark: str

    def is_same(self, mark: str, manifest: Manifest, folder: Path, config: Mapping[str, Any]) -> bool:
        """Whether a plugin with these would be no other."""
        return (self.mark, self.manifest, self.folder, self.config) == (mark, manifest, folder, config)

    def drop(self) -> None:
        """It will not be used."""
        forget(self.module)


def scan(folders: Iterable[Path]) -> dict[str, Path]:
    """The plugins of these folders by name; one of a later folder hides one of an earlier."""
    found: dict[str, Path] = {}
    for folder in folders:
        with suppress(FileNotFoundError):
            found |= {path.name: path for path in sorted(folder.iterdir()) if _is_plugin(path)}
    return found


def links_out(folder: Path) -> list[str]:
    """Files of a plugin that are links to somewhere outside of it: what is there is none of its business."""
    root = folder.resolve()
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_symlink() and not path.resolve().is_relative_to(root)
    )


def mark_of(folder: Path) -> str:
    """A mark of a plugin's files, its tests apart."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if _UNREAD.isdisjoint(inner.parts) and path.is_file():
            digest.update(f"{inner}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def prepare(
    folder: Path, manifest: Manifest, environ: Mapping[str, str], running: Candidate | None = None
) -> Candidate:
    """Read, import and check a plugin.

    Args:
        folder: of the plugin.
        manifest: read from there.
        environ: where its secrets are.
        running: at work; given back when nothing changed since.

    Raises:
        PluginFaults: with one line for each fault.
    """
    faults: list[str] = []
    replies, texts = Replies(), dict[str, str]()
    if outside := links_out(folder):
        raise PluginFaults(folder.name, [f"a link leads out of the plugin: {name}" for name in outside])
    try:
        mark = mark_of(folder)
    except OSError as error:
        raise PluginFaults(folder.name, [f"a file cannot be read: {error}"]) from None
    config, missing = manifest.configure(environ)
    if running is not None and running.is_same(mark, manifest, folder, config):
        return running
    try:
        texts = plugin_sentences.read_texts(folder, manifest)
        faults += plugin_sentences.faults(manifest.name, texts, manifest.intents)
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"a sentence file cannot be read: {error}")
    try:
        replies = Replies.read(folder)
    except ReplyFault as error:
        faults.append(str(error))
    faults += missing_packages(manifest.dependencies)
    if faults:
        raise PluginFaults(folder.name, faults)
    module = _import(folder)
    try:
        plugin = _make(module, manifest, config)
        return Candidate(
            manifest, folder, plugin, module, config, missing, replies, texts, _context(plugin, folder), mark
        )
    except PluginFaults:
        forget(module)
        raise


def class_names(name: str) -> tuple[str, ...]:
    """What a plugin's class may be called: "my_lamp" gives MyLampPlugin, and My_LampPlugin too."""
    return tuple(dict.fromkeys((f"{name.title().replace('_', '')}Plugin", f"{name.title()}Plugin")))


def missing_packages(dependencies: Iterable[str]) -> Iterator[str]:
    """One line for each package that is not installed."""
    for wanted in dependencies:
        found = re.match(r"[\w.-]+", wanted)
        package = found[0] if found else wanted
        try:
            distribution(package)
        except PackageNotFoundError:
            if not package.isidentifier() or find_spec(package) is None:
                yield f"package {package!r} is not installed; run: .venv/bin/pip install {package}"


def one_line(error: BaseException, folder: Path | None = None) -> str:
    """An exception as "NameError: name 'x' is not defined (handler.py, line 3)"."""
    text = " ".join(str(error).split())[:300]
    line = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if folder is None or isinstance(error, SyntaxError):
        return line
    inside = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    return f"{line} ({Path(inside[-1].filename).name}, line {inside[-1].lineno})" if inside else line


def _is_plugin(path: Path) -> bool:
    named = any((path / file).is_file() for file in (MANIFEST, HANDLER))
    return path.is_dir() and path.name[0] not in "_." and named


def _import(folder: Path) -> ModuleType:
    if not (folder / HANDLER).is_file():
        raise PluginFaults(folder.name, [f"{HANDLER} is missing"])
    try:
        return import_handler(folder)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code may raise anything
        raise PluginFaults(
            folder.name, [f"{HANDLER} cannot be imported: {one_line(error, folder)}"]
        ) from None


def _make(module: ModuleType, manifest: Manifest, config: dict[str, Any]) -> Plugin:
    names = class_names(manifest.name)
    made = next((getattr(module, name) for name in names if hasattr(module, name)), None)
    if made is None:
        raise PluginFaults(manifest.name, [f"{HANDLER} has no class {names[0]}"])
    if not (isinstance(made, type) and issubclass(made, Plugin)):
        raise PluginFaults(manifest.name, [f"{HANDLER}: {made.__name__} must inherit from Plugin"])
    if faults := list(_signature_faults(made)):
        raise PluginFaults(manifest.name, faults)
    try:
        return made(config)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code may raise anything
        line = f"{HANDLER}: {made.__name__}(config) fails: {one_line(error)}"
        raise PluginFaults(manifest.name, [line]) from None


def _signature_faults(made: type[Plugin]) -> Iterator[str]:
    for name, arguments, waits in (
        ("execute", ("intent", "params"), True),
        ("get_prompt_context", (), False),
        ("on_load", (), True),
        ("on_unload", (), True),
    ):
        method = getattr(made, name)
        head = f"{'async ' if waits else ''}def {name}({', '.join(('self', *arguments))})"
        if getattr(method, "__isabstractmethod__", False):
            yield f"{HANDLER}: {made.__name__} lacks {head}"
        elif not callable(method) or inspect.iscoroutinefunction(method) != waits:
            yield f"{HANDLER}: {made.__name__}.{name} must be written {head}"
        else:
            try:
                inspect.signature(method).bind(None, *arguments)
            except TypeError:
                yield f"{HANDLER}: {made.__name__}.{name} must be written {head}"


def _context(plugin: Plugin, folder: Path) -> str:
    try:
        context = plugin.get_prompt_context()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code may raise anything
        raise PluginFaults(folder.name, [f"get_prompt_context fails: {one_line(error, folder)}"]) from None
    if not isinstance(context, str):
        raise PluginFaults(folder.name, ["get_prompt_context must return a text"])
    return inspect.cleandoc(context)


__all__ = ["Candidate", "class_names", "mark_of", "missing_packages", "prepare", "read_manifest", "scan"]
