"""Streamed text cut into clauses for the voice: the first one short and early, the next ones longer.

A clause is worth its synthesis only if it plays longer than it costs, so one word alone is never sent
while more text may follow. No cut falls inside a number, an abbreviation or an hour.
"""

import re

AHEAD_CHARACTERS = 18
"""Of a beginning that is said before anything follows: about a second of speech."""

_GROWTH = (25, 50, 80)
_FULL = 120
_SOFT = 40
_FORCED = 1.6
_MIN_WORDS = 3
_FIRST_WORDS = 5
_SHORT_SENTENCE = 12

_STOP = re.compile(r"[.!?…]+[\"'»”)\]]*(?=\s)|\n+")
_PAUSE = re.compile(r"[,;:][\"'»”)\]]*(?=\s)|\s[–—](?=\s)")
_JOINT = re.compile(
    r"\s(?=(?:et|mais|car|parce|qui|avec|donc|puis|alors|lorsque|quand|pour|afin|comme|dont|où|ou)\s+\S+\s)",
    re.IGNORECASE,
)
_SOFT_JOINT = re.compile(
    r"\s(?=(?:dans|sur|par|pendant|depuis|chez|sans|sous|entre|vers|selon|que|est|sont|était|étaient)\s+\S+\s)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(«'’-])(?:M|MM|Mme|Mmes|Mlle|Mlles|Me|Mgr|Dr|Pr|St|Ste|etc|cf|ex|env|av|apr|art|chap|fig|vol|no|p|pp|tél"
    r"|min|max|janv|févr|juil|sept|oct|nov|déc|[A-Za-z](?:\.-?[A-Z])*)\.$"
    r"|(?:^|\n)\s*\d{1,3}\.$"
)
_NUMBER_JOINT = re.compile(
    r"\s(?:et\s+(?:un|une|onze|demie?|quart|trois\s+quarts)\b|ou\s+\w+\s+(?:heures?|minutes?)\b)"
)
_NUMBER_WORDS = re.compile(
    r"(?:\d|\b(?:un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|trente|quarante|cinquante|soixante|cents?"
    r"|mille|heures?|virgule))$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\S*\w\S*")


class ClauseSplitter:
    """Feed it pieces of text as they come; it gives clauses as soon as they are worth saying.

    All clauses joined are the whole text, but for the spaces between them.
    """

    def __init__(self) -> None:
        self._text = ""
        self._given = 0

    def feed(self, text: str) -> list[str]:
        """Take the next piece; answer the clauses that it completed."""
        self._text += text
        clauses = []
        while (cut := self._cut()) is not None:
            clauses.append(self._text[:cut].strip())
            self._text = self._text[cut:]
            self._given += 1
        return clauses

    def take(self, chunk: str, *, hungry: bool = False) -> list[str]:
        """Take a message of a streamed answer: the same, and what it completes by itself.

        That is a line that ends ("Je regarde."), and a beginning that is sent ahead of the rest: it is long
        enough to be said while the rest is thought of, and ends with a space.

        Args:
            chunk: of the answer.
            hungry: the voice will soon have nothing to say: cut as early as at the beginning.
        """
        ahead = not self._text and self._given == 0 and is_sent_ahead(chunk)
        if hungry:
            self._given = 0
        clauses = self.feed(chunk)
        return [*clauses, *self.flush()] if ahead or chunk.endswith("\n") else clauses

    def flush(self) -> list[str]:
        """The text is complete: answer what is left, and begin anew."""
        rest = self._text.strip()
        self._text, self._given = "", 0
        return [rest] if rest else []

    def _cut(self) -> int | None:
        """Where to cut now; None while waiting is better."""
        text = self._text
        enough = _GROWTH[self._given] if self._given < len(_GROWTH) else _FULL
        for stop in _STOP.finditer(text):
            if self._whole(text, stop.end()) and _long_enough(text[: stop.end()], _SHORT_SENTENCE):
                return stop.end()
        first = self._given == 0
        for pause in _PAUSE.finditer(text):
            head = text[: pause.end()]
            if self._whole(text, pause.end()) and _long_enough(head, _SHORT_SENTENCE if first else enough):
                return pause.end()
        for joint in _JOINT.finditer(text):
            head = text[: joint.start()]
            if _may_part(text, joint.start()) and (
                len(head.strip()) >= enough or (first and len(_WORD.findall(head)) >= _FIRST_WORDS)
            ):
                return joint.start()
        if first:
            for joint in _SOFT_JOINT.finditer(text, _SOFT):
                if _may_part(text, joint.start()):
                    return joint.start()
        if len(text) > _FORCED * max(enough, 60):
            spaces = [
                m.start() for m in _SPACE.finditer(text, enough, len(text) - 12) if _may_part(text, m.start())
            ]
            return spaces[-1] if spaces else None
        return None

    def _whole(self, text: str, end: int) -> bool:
        """Whether punctuation that ends at `end` really ends something, and its follower is known."""
        head, rest = text[:end], text[end:].lstrip(" \u00a0\u202f")
        return bool(rest) and rest[0] not in "»”)]!?:;…" and not _ABBREVIATED.search(head)


def is_sent_ahead(text: str) -> bool:
    """Whether it is the beginning of a sentence that is worth saying before anything follows it."""
    head = text.rstrip()
    long = text != head and len(text) > AHEAD_CHARACTERS
    return long and head[-1] not in ".!?…\n" and not _NUMBER_WORDS.search(head)


def _long_enough(head: str, characters: int) -> bool:
    return len(head.strip()) >= characters and len(_WORD.findall(head)) >= _MIN_WORDS


def _may_part(text: str, at: int) -> bool:
    """Whether the words around the space at `at` are not parts of one number or hour."""
    after = text[at:].lstrip()
    if not after or after[0].isdigit() or _NUMBER_JOINT.match(" " + after) or after[0] in "»?!:;%€°":
        return False
    return not _NUMBER_WORDS.search(text[:at].rstrip())
