"""Every word that a time expression may be made of."""

from functools import lru_cache

from hive_mind.language.calendar_data import calendar_words
from hive_mind.language.cardinals import NUMBER_WORDS
from hive_mind.language.durations import UNIT_KEYS

LEAD_WORDS = frozenset(
    [
        "le",
        "la",
        "l",
        "les",
        "de",
        "du",
        "d",
        "des",
        "a",
        "au",
        "aux",
        "en",
        "dans",
        "pour",
        "ce",
        "cet",
        "cette",
        "sur",
        "et",
        "un",
        "une",
    ]
)
"""Words that begin far more things than times: one alone says nothing."""

_OTHERS = frozenset(
    [
        "midi",
        "minuit",
        "entre",
        "jusqu",
        "jusque",
        "avant",
        "apres",
        "ici",
        "il",
        "y",
        "ya",
        "ca",
        "fait",
        "voila",
        "sous",
        "depuis",
        "partir",
        "quelques",
        "toute",
        "tout",
        "demi",
        "demie",
        "quart",
        "quarts",
        "moins",
        "plus",
        "passe",
        "passee",
        "passes",
        "passees",
        "debut",
        "milieu",
        "mi",
        "fin",
        "courant",
        "peu",
        "pres",
        "pile",
        "am",
        "pm",
        "mp",
        "p",
        "m",
        "hr",
        "hrs",
        "premier",
        "premiere",
        "premieres",
        "premiers",
        "second",
        "seconde",
        "dernier",
        "derniere",
        "er",
        "e",
        "eme",
        "tard",
        "tot",
        "ces",
        "encore",
        "environ",
        "exactement",
        "presque",
        "annee",
        "an",
        "mois",
        "autre",
    ]
)
_STEMS = [
    "un",
    "deux",
    "trois",
    "quatr",
    "cinqu",
    "six",
    "sept",
    "huit",
    "neuv",
    "dix",
    "onz",
    "douz",
    "treiz",
    "quatorz",
    "quinz",
    "seiz",
    "vingt",
    "trent",
]


@lru_cache(maxsize=1)
def time_words() -> frozenset[str]:
    """Keys of the words of `calendar.toml`, of numbers, units, small ordinals and what links them."""
    ordinals = {f"{stem}ieme" for stem in _STEMS}
    return calendar_words().words | NUMBER_WORDS | UNIT_KEYS | LEAD_WORDS | _OTHERS | ordinals
