"""The house's keys in a backup: under a passphrase, or not at all."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hive_mind.errors import ConfigError

LEAST_CHARACTERS = 12
_SALT, _NONCE = 16, 12
_LABEL = b"hive-mind backup keys"


def _key(passphrase: str, salt: bytes) -> bytes:
    # 2^16: 64 MiB and about a quarter of a second for each guess.
    return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode())


def seal(data: bytes, passphrase: str) -> bytes:
    """Encrypt.

    Raises:
        ConfigError: PASSPHRASE_WEAK.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise ConfigError(
            f"The passphrase must have {LEAST_CHARACTERS} characters or more.", code="PASSPHRASE_WEAK"
        )
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, data, _LABEL)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """Decrypt.

    Raises:
        ConfigError: PASSPHRASE_WRONG.
    """
    salt, nonce, rest = sealed[:_SALT], sealed[_SALT : _SALT + _NONCE], sealed[_SALT + _NONCE :]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, rest, _LABEL)
    except (InvalidTag, ValueError) as error:
        raise ConfigError("The passphrase is not that of this backup.", code="PASSPHRASE_WRONG") from error
