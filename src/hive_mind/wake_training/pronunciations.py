"""How a wake word may be said: proposals from its spelling. Phonemes are those of Kokoro."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hive_mind.speech.tts.phonemes import phonemize
from hive_mind.wake_training.texts import texts

FRENCH, ENGLISH, BRITISH = "fr", "en-us", "en-gb-x-rp"

_RESPELLINGS = (
    (r"\b[Hh](?=[aeéiou])", ""),
    (r"\b[Hh]ey\b", "hé"),
    (r"(?<=[aeiouéè])s(?=[aeiouéè])", "ss"),
    (r"(?<=[aeiou])n\b", "nne"),
    (r"(?<=[aeiou])([sx])\b", r"\1se"),
    (r"\b[Jj](?=[aeiou])", "dj"),
)
"""What a French reader may do with a foreign name: s that stays sharp, last consonants that are heard."""

_ACCENT = str.maketrans(
    {
        "h": "", "A": "ɛj", "æ": "a", "ɪ": "i", "ɐ": "a", "ʌ": "œ", "ɑ": "a", "ɒ": "ɔ", "ʊ": "u", "ɜ": "œ",
        "ə": "œ", "ɹ": "ʁ", "ɾ": "t", "ŋ": "ɡ", "θ": "s", "ð": "z", "O": "o", "Q": "o", "I": "aj", "W": "aw",
        "Y": "ɔj", "ᵊ": "œ", "ɚ": "œʁ", "ᵻ": "i", "ː": "", "ʤ": "dʒ", "ʧ": "tʃ",
    }
)  # fmt: skip
"""English phonemes as a French speaker says them."""


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """One way to say the word.

    Attributes:
        text: a spelling that gives it.
        phonemes: in Kokoro's symbols.
        reading: whose: "fr", "en-us", "en-gb-x-rp", or "en→fr" for English in a French mouth.
    """

    text: str
    phonemes: str
    reading: str


def proposed(phrase: str, spellings: Iterable[str] = ()) -> tuple[Pronunciation, ...]:
    """Ways to say a phrase, none twice: French readings of it and of other spellings, then English ones.

    A phrase of everyday French words alone ("dis bidule") has no English ones.

    Args:
        phrase: as it is written ("hey alison").
        spellings: other ways to write how it is said ("hé alissonne").

    Raises:
        SpeechError: VOICE_UNAVAILABLE without espeak-ng.
    """
    found = [Pronunciation(text, phonemize(text, FRENCH), FRENCH) for text in readings(phrase, spellings)]
    everyday = frozenset(texts("words")["words"])
    foreign = any(word not in everyday for word in phrase.lower().split())
    for language in (ENGLISH, BRITISH) if foreign else ():
        english = phonemize(phrase, language)
        found.append(Pronunciation(phrase, english, language))
        if language == ENGLISH:
            found.append(Pronunciation(phrase, english.translate(_ACCENT), "en→fr"))
    unique = {sounds(each.phonemes): each for each in reversed(found) if sounds(each.phonemes)}
    return tuple(reversed(unique.values()))


def readings(phrase: str, spellings: Iterable[str] = ()) -> tuple[str, ...]:
    """The phrase, other spellings, and what a French reader may make of them; none twice."""
    found = dict.fromkeys(text for text in (phrase, *spellings) if text.strip())
    for pattern, replacement in _RESPELLINGS:
        respelt = (re.sub(pattern, replacement, text) for text in tuple(found))
        found |= dict.fromkeys(text for text in respelt if text.strip())
    return tuple(found)[:MOST_READINGS]


MOST_READINGS = 16


def sounds(phonemes: str) -> str:
    """Phonemes without stress and spaces: what two ways to say a word have in common."""
    return re.sub(r"[ˈˌ\s.,!?]", "", phonemes)
