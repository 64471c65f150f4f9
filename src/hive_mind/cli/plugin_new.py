"""What `hive-mind plugin new` writes: the template, under another name."""

import re
from pathlib import Path

from hive_mind.errors import ConfigError
from hive_mind.server.core.plugin_house import BUILT_IN
from hive_mind.server.core.plugin_loader import class_names

TEMPLATE = BUILT_IN / "_template"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,33}")


def write_plugin(name: str, parent: Path) -> Path:
    """Write a plugin that works, with a test that passes; its folder.

    Raises:
        ConfigError: the name is no plugin's name, PLUGIN_EXISTS when it is taken, DATA_NOT_WRITABLE.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r} is no name for a plugin: lower-case letters, digits and _, a letter first, at most 34."
        )
    folder = parent / name
    for taken in (folder, BUILT_IN / name):
        if taken.exists():
            raise ConfigError(f"There is a plugin {name} already: {taken}.", code="PLUGIN_EXISTS")
    try:
        for source in sorted(TEMPLATE.rglob("*")):
            inner = source.relative_to(TEMPLATE)
            if source.is_file() and "__pycache__" not in inner.parts:
                target = folder / Path(*(part.replace("template", name) for part in inner.parts))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(_renamed(source.read_text("utf-8"), name), "utf-8")
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be written: {error.strerror}.", code="DATA_NOT_WRITABLE"
        ) from error
    return folder


def said_name(name: str) -> str:
    """The name as one says it: without digits, which would be heard as numbers."""
    return " ".join(re.sub(r"[\d_]+", " ", name).split())


def _renamed(text: str, name: str) -> str:
    for old, new in (
        ("TemplatePlugin", class_names(name)[0]),
        ("template_greet", f"{name}_greet"),
        ('"name": "template"', f'"name": "{name}"'),
        ("template", said_name(name)),
    ):
        text = text.replace(old, new)
    return text
