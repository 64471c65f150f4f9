"""Encryption at rest: AES-256-GCM with a key from the environment or from a key file of mode 0600.

There may be several keys, the newest first: the first seals, the others only open what was sealed before it.
`hive-mind keys rotate` puts a fresh one in front, has everything sealed anew, and drops the others.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from hive_mind.errors import ConfigError, ContextError

if TYPE_CHECKING:  # 6 MiB, which a client that keeps nothing sealed can do without
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class Vault:
    """Seals and opens small texts.

    Args:
        key: 32 bytes.
        older: keys that what was sealed before can still be opened with.
    """

    def __init__(self, key: bytes, *older: bytes) -> None:
        self._ciphers: tuple[AESGCM, ...] = ()
        self.use(key, *older)

    def use(self, key: bytes, *older: bytes) -> None:
        """Seal with another key from now on."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._ciphers = tuple(AESGCM(one) for one in (key, *older))

    def seal(self, text: bytes, label: str) -> bytes:
        """Encrypt; `label` says where the text belongs and is needed to open it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, text, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """Decrypt.

        Raises:
            ContextError: CONTEXT_UNREADABLE when the key is another one, or the text was changed or moved.
        """
        from cryptography.exceptions import InvalidTag

        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], label.encode())
            except (InvalidTag, ValueError):
                continue
        raise ContextError(
            "An entry of the conversation cannot be decrypted: was the key changed?",
            code="CONTEXT_UNREADABLE",
            retryable=False,
        )


def load_key(given: str | None, path: Path) -> bytes:
    """The newest key; see `load_keys`."""
    return load_keys(given, path)[0]


def load_keys(given: str | None, path: Path) -> tuple[bytes, ...]:
    """All keys, the newest first: those `given` (base64, separated by commas), else those of the file.

    The file is made at the first run, with one key; it has one a line.

    Raises:
        ConfigError: KEY_INVALID when one is not base64 of 32 bytes, DATA_NOT_WRITABLE when the file cannot
            be made or read.
    """
    if given is not None:
        return _decode_all(given.split(","), "HIVE_MIND_KEY")
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return _decode_all(path.read_text(encoding="ascii", errors="replace").split("\n"), str(path))
    except OSError as error:
        raise ConfigError(
            f"The key file {path} cannot be made or read: {error.strerror}.", code="DATA_NOT_WRITABLE"
        ) from error


def rotate(path: Path) -> tuple[bytes, ...]:
    """Put a fresh key in front of those of a file; answer all of them.

    Raises:
        ConfigError: KEY_INVALID, DATA_NOT_WRITABLE.
    """
    keys = (secrets.token_bytes(KEY_BYTES), *load_keys(None, path))
    _replace(path, keys)
    return keys


def drop_older(path: Path) -> None:
    """Leave in a file its newest key alone.

    Raises:
        ConfigError: KEY_INVALID, DATA_NOT_WRITABLE.
    """
    _replace(path, load_keys(None, path)[:1])


def _replace(path: Path, keys: Iterable[bytes]) -> None:
    text = b"".join(base64.b64encode(key) + b"\n" for key in keys)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise ConfigError(
            f"The key file {path} cannot be written: {error.strerror}.", code="DATA_NOT_WRITABLE"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _make(path: Path) -> None:
    """Write a fresh key whole or not at all; of two servers that do so at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            draft.replace(path) if os.name == "nt" else _link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _link(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return


def _decode_all(texts: Iterable[str], where: str) -> tuple[bytes, ...]:
    keys = tuple(_decode(text, where) for text in texts if text.strip())
    return keys or (_decode("", where),)


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{where} must hold base64 of {KEY_BYTES} random bytes.", code="KEY_INVALID")
    return key
