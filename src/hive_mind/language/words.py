"""Words: what was heard or written, cut into comparable pieces.

A word keeps its `surface` ("pâtes") beside its `key` ("pates"): lower case, no accents, no punctuation.
Hyphens and apostrophes separate ("quelle heure est-il" and "l'heure" give four and two words), and so does
the border between a digit and a letter ("1h30" gives "1 h 30").
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_PIECE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+", re.UNICODE)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss", "’": "'"})
_VULGAR = str.maketrans({
    "½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 ", "%": " pour cent ", "+": " plus ", "×": " fois ", "*": " fois ",
    "÷": " divisé par ", "=": " égale ", "°": " degrés ",
})  # fmt: skip
_BETWEEN_NUMBERS = (
    (re.compile(r"(?<![\d:])(\d{1,2}):(\d\d)(?![\d:])"), r"\1 h \2"),
    (re.compile(r"(?<=\d)\s+[-−–]\s+(?=\d)"), " moins "),
    (re.compile(r"(?<=\d)\s+/\s+(?=\d)"), " divisé par "),
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word.

    Attributes:
        key: what is compared: lower case, without accents.
        surface: as it was written.
    """

    key: str
    surface: str


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case, without accents or ligatures: "Février" and "fevrier" fold alike."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text.translate(_LIGATURES)).casefold())
    return "".join(char for char in bare if not unicodedata.combining(char))


@lru_cache(maxsize=1024)
def words_of(text: str) -> tuple[Word, ...]:
    """Cut a text into words; "14,5" and "1.000" stay whole.

    Signs that are said become words ("20 %", "7:30", "12 × 3"); other marks and emoji vanish.
    """
    found = []
    plain = unicodedata.normalize("NFC", text.translate(_VULGAR))
    for pattern, said in _BETWEEN_NUMBERS if any(char.isdigit() for char in plain) else ():
        plain = pattern.sub(said, plain)
    for match in _PIECE.finditer(plain):
        surface = match.group()
        if key := fold(surface):
            found.append(Word(key, surface))
    return tuple(found)


def keys_of(text: str) -> tuple[str, ...]:
    """The keys of a text's words."""
    return tuple(word.key for word in words_of(text))


def key_at(keys: Sequence[str], at: int) -> str:
    """The key at a place; empty past the end."""
    return keys[at] if at < len(keys) else ""


def text_of(words: tuple[Word, ...]) -> str:
    """The words again as a text, separated by spaces, with no space after an elided letter ("l'heure")."""
    out = ""
    for word in words:
        out += word.surface if word.key not in _ELIDED else word.surface + "'"
        out += "" if word.key in _ELIDED else " "
    return out.strip().removesuffix("'")


_ELIDED = frozenset({"l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "aujourd"})
