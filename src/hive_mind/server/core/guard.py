"""The truth guard: no sentence of the language model claims an action that has no receipt. Pure.

Text flows through it. What cannot be a claim passes at once; what begins like one ("j'ai", "votre rappel") is
held until it turns out harmless or its sentence is complete. A claim is not said: an honest sentence takes
its place, and the answer ends there, because what follows builds on the lie.
"""

import re
from dataclasses import dataclass

from hive_mind.language.words import keys_of
from hive_mind.server.core.claims import Claims, Found, Token, load_claims

_END = re.compile(r"[.!?…]+[\"'»”)\]]*(?=\s)|\n")
_OPENER_WORDS = 6
_YOURS = ("ton", "ta", "tes", "votre", "vos")
_LONGEST = 600
"""Characters of a sentence without an end after which what there is of it is judged as if it were whole:
reading it again from its beginning with each piece would take ever longer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What matters of the question to judge its answer.

    Attributes:
        explains: it asks for an explanation.
        general: and not of anything that an assistant does or owns.
        tells: it asks for a story or a translation, in which "je" is somebody else.
        orders: it speaks of what an assistant does or owns.
    """

    explains: bool = False
    tells: bool = False
    orders: bool = True
    general: bool = False

    @classmethod
    def of(cls, question: str, claims: Claims) -> "Asked":
        """Read a question."""
        keys = " ".join(keys_of(question))
        explains, general = (
            any(keys.startswith(words) for words in claims.questions[kind]) for kind in ("explain", "general")
        )
        tells = any(f" {words} " in f" {keys} " for words in claims.questions["tell"])
        about_house = claims.about_house(question)
        return cls(explains, tells, about_house, general and not about_house)


class TruthGuard:
    """Takes pieces of an answer, gives what may be said of it.

    Args:
        question: what was asked.
        acted: an action of this turn succeeded, so that it may be told.
        failed: an action of this turn was tried and failed.
        language: ISO 639-1 code.
    """

    def __init__(
        self, question: str, *, acted: bool = False, failed: bool = False, language: str = "fr"
    ) -> None:
        self.blocked: str | None = None
        """The sentence that was not said."""
        self._claims = load_claims(language)
        self._asked = Asked.of(question, self._claims)
        self._acted = acted
        self._honest = self._claims.honest_failed if failed else self._claims.honest
        self._text = ""
        self._given = 0

    def feed(self, piece: str) -> str:
        """Take a piece; answer what may be said now, perhaps nothing; after a claim, nothing more."""
        if self._acted:
            return piece
        if self.blocked is not None:
            return ""
        self._text += piece
        out = ""
        start = 0
        while end := _END.search(self._text, start):
            sentence = self._text[: end.end()]
            if self._is_opener(sentence):
                start = end.end()
                continue
            if self._lies(sentence):
                return out + self._refuse(sentence)
            out += sentence[self._given :]
            self._text, self._given, start = self._text[end.end() :], 0, 0
        while len(self._text) > _LONGEST:
            cut = max(self._given, self._text.rfind(" ", 0, _LONGEST)) or _LONGEST
            if self._lies(self._text[:cut]):
                return out + self._refuse(self._text[:cut])
            out += self._text[self._given : cut]
            self._text, self._given = self._text[cut:], 0
        safe = self._safe()
        if safe > self._given:
            out += self._text[self._given : safe]
            self._given = safe
        return out

    def flush(self) -> str:
        """The answer is complete: what is left of it."""
        if self.blocked is not None or self._acted:
            return ""
        if self._text.strip() and self._lies(self._text):
            return self._refuse(self._text)
        rest, self._text, self._given = self._text[self._given :], "", 0
        return rest

    def _refuse(self, sentence: str) -> str:
        self.blocked = sentence.strip()
        if not sentence[: self._given].strip():
            spaced = sentence[self._given : self._given + 1].isspace()
            return f" {self._honest}" if spaced else self._honest
        return self._claims.honest_middle.format(honest=self._honest[:1].lower() + self._honest[1:])

    def _is_opener(self, sentence: str) -> bool:
        """Whether it says nothing yet ("Bien sûr !"): it waits for what follows."""
        tokens = self._claims.tokens(sentence)
        return len(tokens) <= _OPENER_WORDS and all(t.key in self._claims.openers for t in tokens)

    def _safe(self) -> int:
        """Up to where the unfinished sentence cannot be part of a claim."""
        text = self._text
        tokens = self._claims.tokens(text)
        if not tokens:
            return self._given
        partial = text[-1].isalpha()
        *words, last = (token.key for token in tokens)
        openers = self._claims.openers
        begun = any(word.startswith(last) for word in openers) if partial else last in openers
        if begun and openers.issuperset(words):
            return self._given
        unsure = tokens[-1] if partial else None
        suspect = self._claims.read(
            tokens,
            complete=False,
            partial=partial,
            harmless=lambda group, first: first is not unsure and self._explained(group, first),
        ).suspect
        if suspect is None:
            return len(text)
        # "Bien sûr, j'ai…": the opener stands or falls with what follows it.
        return self._given if openers.issuperset(words[:suspect]) else tokens[suspect].start

    def _lies(self, sentence: str) -> bool:
        tokens = self._claims.tokens(sentence)
        reading = self._claims.read(tokens, complete=True)
        return any(not self._excused(match, tokens, sentence) for match in reading.found)

    def _excused(self, match: Found, tokens: list[Token], sentence: str) -> bool:
        if tokens[match.first].quoted:
            return True
        if sentence.rstrip().endswith("?") and not any(t.tail for t in tokens[match.last : -1]):
            return True
        exempt = self._claims.exempt
        before = tokens[match.first - 1] if match.first else None
        if before is not None and not before.tail and before.key in exempt.get(match.group, ()):
            return True
        after = tokens[match.last + 1] if match.last + 1 < len(tokens) else None
        if after is not None and after.key in exempt.get(f"{match.group}_then", ()):
            return True
        asked = self._asked
        if match.group == "acknowledged":
            return not asked.orders
        if self._explained(match.group, tokens[match.first]):
            return True
        if match.group == "state":
            return tokens[match.first].key not in _YOURS and self._claims.is_general(tokens)
        if match.group in ("present", "future", "promised") and _conditional(tokens[: match.first]):
            return True
        return asked.tells and match.group != "done"

    def _explained(self, group: str, first: Token) -> bool:
        """Whether what begins so tells what is so in general: an explanation or a story was asked for."""
        asked = self._asked
        told = {"state": asked.explains or asked.tells, "promised": asked.general or asked.tells}
        return told.get(group, False) and first.key not in _YOURS


def _conditional(tokens: list[Token]) -> bool:
    """Whether an offer is made ("si vous voulez, je lance…"), not a claim."""
    return any(t.key in ("si", "s") for t in tokens)
