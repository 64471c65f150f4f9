"""Text of ours on its way to the voice."""

from collections.abc import Iterable

from hive_mind.language.clauses import ClauseSplitter
from hive_mind.language.speakable import speakable


def clauses_of(text: str) -> list[str]:
    """A whole text, cut as a streamed one would be, so that what was prepared is found again."""
    splitter = ClauseSplitter()
    return [*splitter.feed(text), *splitter.flush()]


def spoken_forms(texts: Iterable[str]) -> list[str]:
    """What the voice is asked to say for these texts, clause by clause, each once."""
    forms = (speakable(clause) for text in texts for clause in clauses_of(text))
    return [form for form in dict.fromkeys(forms) if any(c.isalnum() for c in form)]
