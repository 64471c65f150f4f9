"""Where Hive Mind keeps what it must keep: one data folder a machine."""

import os
import sys
from pathlib import Path


def data_dir(override: Path | None = None) -> Path:
    """The data folder: `override`, else `HIVE_MIND_DATA`, else the platform's own place. Not created here.

    Linux: `$XDG_DATA_HOME/hive-mind` or `~/.local/share/hive-mind`; macOS: `~/Library/Application
    Support/hive-mind`; Windows: `hive-mind` in `%LOCALAPPDATA%`.
    """
    if override is not None:
        return override.expanduser().resolve()
    if named := os.environ.get("HIVE_MIND_DATA"):
        return Path(named).expanduser().resolve()
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "hive-mind"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "hive-mind"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share")) / "hive-mind"


def models_dir(data: Path) -> Path:
    """Where the model store lives inside a data folder."""
    return data / "models"


def plugins_dir(data: Path, override: Path | None = None) -> Path:
    """The household's own plugins: `override`, else `HIVE_MIND_PLUGINS`, else a folder of `data`."""
    if override is not None:
        return override.expanduser().resolve()
    if named := os.environ.get("HIVE_MIND_PLUGINS"):
        return Path(named).expanduser().resolve()
    return data / "plugins"


def wake_words_dir(data: Path) -> Path:
    """The household's own wake words: a model and a card each."""
    return data / "wake-words"


def voice_speeds_file(data: Path) -> Path:
    """Where the measured speed of each voice on this machine is remembered."""
    return data / "voice-speeds.json"
