"""The backup file: a compressed tar with a manifest first, whole or not there at all.

What is in it: Redis (`redis.jsonl`), the files of the data folder, and the keys only under a passphrase.
Models, caches and logs are not: they can be had again.
"""

import hashlib
import io
import json
import os
import secrets
import tarfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from hive_mind import __version__
from hive_mind.errors import ConfigError
from hive_mind.server.backup.sealed_keys import seal, unseal

FORMAT = 1
MANIFEST, REDIS, KEYS = "manifest.json", "redis.jsonl", "keys.sealed"
FILES = "data/"
LEFT_OUT = frozenset({"models", "cache", "redis", "backups", "logs", "lost+found"})
"""Folders at the top of the data folder that can be had again."""

_KEY_ENDINGS = (".key", ".pem")
_LEFT_ENDINGS = (".log", ".sock", ".lock", ".pid", ".new")
MOST_BYTES = 4 * 2**30
"""Of all files of a backup, when it is read: what is bigger is no backup of a house."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a file holds, verified.

    Attributes:
        version: of the program that made it.
        made: when.
        redis: lines of `redis_copy`.
        files: by name inside the data folder.
        keys: the sealed keys; None when they were left out.
    """

    version: str
    made: str
    redis: list[str]
    files: Mapping[str, bytes]
    keys: bytes | None

    def opened_keys(self, passphrase: str) -> dict[str, bytes]:
        """The keys, by name inside the data folder.

        Raises:
            ConfigError: PASSPHRASE_WRONG, or BACKUP_INVALID.
        """
        if self.keys is None:
            return {}
        told = json.loads(unseal(self.keys, passphrase))
        return {_safe(name): text.encode() for name, text in told.items()}


def write(path: Path, redis: list[str], data: Path, made: datetime, passphrase: str | None) -> int:
    """Make a backup file of mode 0600; answer its size in bytes.

    Args:
        path: of the file.
        redis: lines of `redis_copy.copied`.
        data: the data folder.
        made: now.
        passphrase: seals the keys; None leaves them out.

    Raises:
        ConfigError: BACKUP_FAILED, the disk refuses; PASSPHRASE_WEAK.
    """
    parts: dict[str, bytes] = {REDIS: "\n".join(redis).encode()}
    keys = {}
    for file in _files(data):
        name = file.relative_to(data).as_posix()
        if file.name.endswith(_KEY_ENDINGS):
            keys[name] = file.read_text(encoding="ascii", errors="strict")
        else:
            parts[FILES + name] = file.read_bytes()
    if passphrase is not None:
        parts[KEYS] = seal(json.dumps(keys).encode(), passphrase)
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "made": made.isoformat(),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()},
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz") as tar:
                for name, content in {MANIFEST: json.dumps(manifest).encode(), **parts}.items():
                    info = tarfile.TarInfo(name)
                    info.size, info.mode, info.mtime = len(content), 0o600, int(time.time())
                    tar.addfile(info, io.BytesIO(content))
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.", code="BACKUP_FAILED") from error
    finally:
        draft.unlink(missing_ok=True)
    return path.stat().st_size


def read(path: Path) -> Backup:
    """Read and verify all of a backup; nothing is written.

    Raises:
        ConfigError: BACKUP_INVALID, it is damaged, incomplete, of a newer format, or no backup at all.
    """
    parts: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:gz") as tar:
            left = MOST_BYTES
            for member in tar:
                left -= member.size
                content = tar.extractfile(member) if member.isfile() and left >= 0 else None
                if content is None:
                    raise _invalid(path, f"{member.name} is no file of a backup")
                parts[member.name] = content.read()
        manifest = json.loads(parts.pop(MANIFEST))
        if manifest["format"] > FORMAT:
            raise _invalid(path, f"it was made by a newer version ({manifest['version']}): upgrade first")
        found = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
        if found != manifest["sha256"]:
            raise _invalid(path, "its checksums do not fit")
        files = {
            _safe(name.removeprefix(FILES)): content
            for name, content in parts.items()
            if name.startswith(FILES)
        }
        redis = parts[REDIS].decode().splitlines()
        return Backup(str(manifest["version"]), str(manifest["made"]), redis, files, parts.get(KEYS))
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise _invalid(path, f"it cannot be read ({type(error).__name__})") from error


def _files(data: Path) -> Iterator[Path]:
    """What is worth keeping of a data folder; links are not followed."""
    for top in sorted(data.iterdir()) if data.is_dir() else ():
        if top.name in LEFT_OUT or top.is_symlink():
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
            hidden = "__pycache__" in path.parts or path.name.startswith(".")
            if (
                path.is_file()
                and not path.is_symlink()
                and not hidden
                and not path.name.endswith(_LEFT_ENDINGS)
            ):
                yield path


def _safe(name: str) -> str:
    """A name that stays inside the data folder.

    Raises:
        ValueError: it does not.
    """
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise ValueError("a path that leads outside")
    return path.as_posix()


def _invalid(path: Path, reason: str) -> ConfigError:
    return ConfigError(f"{path.name} is no backup that can be used: {reason}.", code="BACKUP_INVALID")
