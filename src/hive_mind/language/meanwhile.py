"""What is said while an answer takes long, and is no part of it."""

from hive_mind.language.messages import message

MEANWHILE = ("thinking", "pondering", "slow")
"""Keys of the sentences."""


def is_filler(piece: str) -> bool:
    """Whether a piece of an answer only fills the silence; such a piece is a line of its own."""
    return piece.endswith("\n") and piece.strip() in map(message, MEANWHILE)
