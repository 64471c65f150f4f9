"""Markdown, links and emoji, taken out of a text that will be spoken."""

import re
import unicodedata

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"```[^\n`]*\n?"), " "),
    (re.compile(r"<[/!]?[a-zA-Z][^<>\n]{0,200}>"), " "),
    (re.compile(r"!?\[([^\]\n]*)\]\([^()\s]*\)"), r"\1"),
    (re.compile(r"\b(?:https?://|ftp://|www\.)[^\s<>«»\"')\]]*[^\s<>«»\"')\].,;:!?]", re.IGNORECASE), " "),
    (re.compile(r"(?m)^\s{0,8}(?:#{1,6}|[-*+•‣◦–—]|>+)[ \t]+"), ""),
    (re.compile(r"(?m)^\s*[-*_=]{3,}\s*$"), ""),
    (re.compile(r"\*{1,3}(?=\S)([^*\n]+?)(?<=\S)\*{1,3}"), r"\1"),
    (re.compile(r"(?<!\w)_{1,2}(?=\S)([^_\n]+?)(?<=\S)_{1,2}(?!\w)"), r"\1"),
    (re.compile(r"(?<=[^\W\d_])[–—](?=[^\W\d_])"), "-"),
    (re.compile(r"`+"), ""),
    (re.compile(r"(?m)^\s*\|?[\s:|-]*-{3,}[\s:|-]*$"), ""),
    (re.compile(r"\s*\|\s*"), ", "),
)  # fmt: skip

_VULGAR = re.compile(r"(\d) ?([\u00bc-\u00be\u2150-\u215e])")


def plain(text: str) -> str:
    """The text without markup and addresses; digits of other scripts become 0 to 9.

    Superscript 2 and 3 are kept for units; other compatibility forms ("½", "①", "㎞") are resolved.
    """
    kept = unicodedata.normalize("NFC", text).replace("’", "'").replace("²", "\ue002").replace("³", "\ue003")
    kept = _VULGAR.sub(lambda m: f"{m[1]} et {m[2]}", kept)
    kept = kept.replace("…", "\ue004").replace("µ", "\ue005").replace("μ", "\ue005")
    kept = unicodedata.normalize("NFKC", kept)
    kept = kept.replace("\ue002", "²").replace("\ue003", "³").replace("\ue004", "…").replace("\ue005", "µ")
    kept = "".join(_ascii_digit(char) for char in kept)
    for pattern, replacement in _RULES:
        kept = pattern.sub(replacement, kept)
    return kept


def _ascii_digit(char: str) -> str:
    if char.isascii() or not char.isdecimal():
        return char
    return str(unicodedata.decimal(char))
