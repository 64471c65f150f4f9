"""How far what was heard is from what was said."""

import re

from hive_mind.language.speakable import speakable

_MEANWHILE = re.compile(r"\b(je réfléchis|je regarde|ça prend plus de temps que prévu)\b")
"""What a slow machine says before an answer, and is no part of it."""


def words(text: str) -> list[str]:
    """In lower case, numbers and units as words, without what only filled the silence."""
    plain = " ".join(re.findall(r"\w+", speakable(text).lower()))
    return _MEANWHILE.sub(" ", plain).split()


def word_error_rate(said: str, heard: str) -> float:
    """Edits per word said, numbers and units as words."""
    reference, hypothesis = words(said), words(heard)
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(hypothesis, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1] / max(1, len(reference))
