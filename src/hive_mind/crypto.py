"""Encryption at rest: AES-256-GCM with a key from the environment or from a key file of mode 0600."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hive_mind.errors import ConfigError, ContextError

KEY_BYTES = 32
_NONCE_BYTES = 12


class Vault:
    """Seals and opens small texts.

    Args:
        key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: bytes, label: str) -> bytes:
        """Encrypt; `label` says where the text belongs and is needed to open it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """Decrypt.

        Raises:
            ContextError: CONTEXT_UNREADABLE when the key is another one, or the text was changed or moved.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], label.encode())
        except (InvalidTag, ValueError) as error:
            raise ContextError(
                "An entry of the conversation cannot be decrypted: was the key changed?",
                code="CONTEXT_UNREADABLE",
                retryable=False,
            ) from error


def load_key(given: str | None, path: Path) -> bytes:
    """The key: `given` (base64) if there is one, else the file's, which is made at the first run.

    Raises:
        ConfigError: KEY_INVALID when it is not base64 of 32 bytes, DATA_NOT_WRITABLE when the file cannot
            be made or read.
    """
    if given is not None:
        return _decode(given, "HIVE_MIND_KEY")
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return _decode(path.read_text(encoding="ascii", errors="replace"), str(path))
    except OSError as error:
        raise ConfigError(
            f"The key file {path} cannot be made or read: {error.strerror}.", code="DATA_NOT_WRITABLE"
        ) from error


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


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{where} must hold base64 of {KEY_BYTES} random bytes.", code="KEY_INVALID")
    return key
