"""Encryption at rest, under the name that the server knows it by; see `hive_mind.crypto`."""

from hive_mind.crypto import KEY_BYTES, Vault, drop_older, load_key, load_keys, rotate

__all__ = ["KEY_BYTES", "Vault", "drop_older", "load_key", "load_keys", "rotate"]
