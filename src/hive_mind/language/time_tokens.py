"""A text cut for reading times: words as everywhere, and the marks that mean something between digits."""

import re
import unicodedata

from hive_mind.language.words import fold

_PIECE = re.compile(
    r"(?P<opaque>~)"
    r"|(?P<dots>\d{1,2}\.\d{1,2}\.\d{2,4}(?![\d.,]\d))"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?<=\d)(?P<prime>['′](?![\w'])|[\"″])"
    r"|(?<=\w)(?P<tight>[:/-])(?=\w)"
    r"|(?<=\s)(?P<dash>[-–—])(?=\s)"
    r"|(?P<word>[^\W\d_]+)",
    re.UNICODE,
)
_OPAQUE = re.compile(r"://|[=&@~\\<>_]")
_VULGAR = str.maketrans({"½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 ", "’": "'"})


def tokens_of(text: str) -> tuple[str, ...]:
    """Folded words and numbers; ":" "/" "-" where they touch a digit, "–" for a dash between spaces.

    Addresses, markup and file names are one "~" each; a hyphen between letters only separates ("après-midi");
    "2'" gives "2", "minutes".
    """
    tokens: list[str] = []
    plain = unicodedata.normalize("NFC", text.translate(_VULGAR))
    if _OPAQUE.search(plain):
        plain = re.sub(r"\S+", lambda chunk: " ~ " if _OPAQUE.search(chunk[0]) else chunk[0], plain)
    for match in _PIECE.finditer(plain):
        piece = match.group()
        if match.lastgroup == "opaque":
            tokens.append("~")
        elif match.lastgroup == "prime":
            tokens.append("minutes" if piece in "'′" else "secondes")
        elif match.lastgroup == "dash":
            tokens.append("–")
        elif match.lastgroup == "tight":
            around = plain[match.start() - 1] + plain[match.end()]
            if any(char.isdigit() for char in around):
                tokens.append(piece)
        elif key := fold(piece):
            tokens.append(key)
    return tuple(tokens)
