"""Any French text made speakable: no digits, no symbols, only words and punctuation."""

import re

from hive_mind.language.numbers import cardinal
from hive_mind.language.spoken import spoken_decimal, spoken_time

_TIME = re.compile(r"\b([01]?\d|2[0-4]) ?(?:h|:)(?: ?([0-5]\d))?\b(?! ?(?:et|min))", re.IGNORECASE)
_DECIMAL = re.compile(r"\b(\d+)[.,](\d+)\b")
_FEMININE = re.compile(r"\b(\d*1)(?= (?:heures?|minutes?|secondes?|semaines?|années?|fois|personnes?)\b)")
_DIGITS = re.compile(r"\d+")


def speakable(text: str) -> str:
    """Turn numbers, times and units into words."""
    text = _TIME.sub(lambda m: spoken_time(int(m[1]) % 24, int(m[2] or 0)), text)
    text = _DECIMAL.sub(lambda m: spoken_decimal(m[1], m[2]), text)
    text = _FEMININE.sub(lambda m: cardinal(int(m[1]), feminine=True), text)
    return _DIGITS.sub(lambda m: cardinal(int(m[0])), text)
