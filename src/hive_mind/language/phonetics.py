"""How a French word sounds, roughly: words that are spelled differently and sound alike get the same key."""

import re
from functools import lru_cache

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?:ent|es|e)$", "e"),
        (r"(?:er|ez|ait|ais|aient|et)$", "E"),
        (r"ph", "f"),
        (r"chr", "kr"),
        (r"sch|sh|ch", "S"),
        (r"gn", "N"),
        (r"qu|q|ck|cc(?![eiy])", "k"),
        (r"sc(?=[eiy])|c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"ge(?=[aou])|g(?=[eiy])", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"t(?=ion)", "s"),
        (r"h", ""),
        (r"([bcdfgjklmnprstvz])\1+", r"\1"),
        (r"(?<=[aeiouy])s(?=[aeiouyE])", "z"),
        (r"eau|au", "o"),
        (r"oeu|oe|eu", "3"),
        (r"oi|oy", "wa"),
        (r"ou", "u"),
        (r"(?:ain|ein|aim|in|im|yn|ym|un|um)(?![aeiouyE3])", "1"),
        (r"(?:an|am|en|em)(?![aeiouyE3])", "2"),
        (r"(?:on|om)(?![aeiouyE3])", "0"),
        (r"ai|ei|ay", "E"),
        (r"y", "i"),
        (r"w", "v"),
        (r"[estdxpz]+$", ""),
        (r"e", "E"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=8192)
def sound(key: str) -> str:
    """The sound of a folded word ("suprime" and "supprimes" share one); digits stay as they are."""
    for pattern, replacement in _RULES:
        key = pattern.sub(replacement, key)
    return key
