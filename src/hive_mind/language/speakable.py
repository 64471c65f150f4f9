"""Any French text made speakable: no digits, no symbols, no markup; only words and punctuation."""

import re
import unicodedata

from hive_mind.language.markup import plain
from hive_mind.language.speak_dates import say_dates
from hive_mind.language.speak_numbers import number_rules
from hive_mind.language.speech_data import SpeechData, speech_data

_KEPT_PUNCTUATION = frozenset(".,;:!?…'-")
_COMMA_LIKE = frozenset("()—–\n")
_PASSES = 8

_TIDY: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![^\W_])['-]+|['-]+(?![^\W_])"), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(r" (?=[.,…])"), ""),
    (re.compile(r"([,;:])(?: ?[,;:])+"), r"\1"),
    (re.compile(r"\s*[,;:]+\s*(?=[.!?…])"), ""),
    (re.compile(r"(?<=[.!?…])(?: ?[,;:])+"), ""),
    (re.compile(r"(?<=[.,;:!?…])(?=[^\W_])"), " "),
)


def speakable(text: str, *, language: str = "fr") -> str:
    """Turn a text into what a voice can read.

    Args:
        text: any text: of a language model, a plugin or a person.
        language: ISO 639-1 code; a folder of that name holds the tables.

    Returns:
        Words and the punctuation `. , ; : ! ? … ' -`; empty when nothing is left to say. What comes out goes
        through unchanged if it comes in again.
    """
    data = speech_data(language)
    for _ in range(_PASSES):
        said = _once(text, data)
        if said == text:
            break
        text = said
    return text


def _once(text: str, data: SpeechData) -> str:
    said = say_dates(_expand(plain(text), data))
    for pattern, render in number_rules(data):
        said = pattern.sub(render, said)
    said = re.sub(data.symbol_pattern, lambda m: f" {data.symbols[m[0]]} ", said)
    return _clean(said)


def _expand(text: str, data: SpeechData) -> str:
    """Abbreviations in full; a title needs a name after it."""

    def in_full(match: re.Match[str]) -> str:
        ends = match[0].endswith(".") and re.match(r"\s*$|\s+[A-ZÀ-Ý]", text[match.end() :]) is not None
        return data.abbreviations[re.sub(r"\s", " ", match[0])] + ("." if ends else "")

    text = re.sub(rf"(?<=\d )(?:{data.month_pattern})", lambda m: data.months[m[0]], text)
    text = re.sub(r"\bpp?\. ?(?=\d)", "page ", text)
    text = re.sub(r"(?<=[IVX]e) s\.", " siècle", text)
    text = re.sub(rf"(?<![\w.])(?:{data.abbreviation_pattern})(?![^\W\d_])", in_full, text)
    return re.sub(
        rf"(?<![\w.'])({data.title_pattern})(?=\s+(?:et\s+)?[A-ZÀ-Ý]|-[A-ZÀ-Ý])",
        lambda m: data.titles[m[0]],
        text,
    )


def _clean(text: str) -> str:
    """Drop what no voice can say, and tidy spaces and commas."""
    kept = "".join(_sayable(char) for char in re.sub(r"[)—–\s]+$", "", text))
    for pattern, replacement in _TIDY:
        kept = pattern.sub(replacement, kept)
    return kept.lstrip(" .,;:!?…-").rstrip(" -") if any(char.isalpha() for char in kept) else ""


def _sayable(char: str) -> str:
    if char in _KEPT_PUNCTUATION or char.isalpha():
        return char
    if char in _COMMA_LIKE:
        return ", "
    if unicodedata.category(char) in ("Mn", "Mc") and char != "\ufe0f":
        return char
    return "" if unicodedata.category(char) in ("Cf", "Mn") else " "
