"""Which sentences claim that something was done: patterns of words, as data (`claims.toml`). Pure."""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from hive_mind.language.words import fold

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[«»\"“”]|[,;:.!?…()—–\n]")
_QUOTES = {"«": 1, "“": 1, "»": -1, "”": -1}
_GAP = re.compile(r"\.\.(\d+)")
_YEAR = re.compile(r"1\d{3}|20[01]\d")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a sentence.

    Attributes:
        key: folded.
        surface: lower case, with its accents.
        start, end: its place in the text.
        head: a pause, or nothing, stands before it.
        tail: a pause stands after it.
        quoted: it stands between quotation marks.
        begun: it may be the beginning of a fixed phrase.
    """

    key: str
    surface: str
    start: int
    end: int
    head: bool
    tail: bool
    quoted: bool
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern that matched: its group, and its first and last token."""

    group: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Test:
    """Which words fit.

    Attributes:
        fits: a whole word.
        begins: a word of which only the beginning is known.
    """

    fits: Callable[[Token], bool]
    begins: Callable[[Token], bool]


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: what fits it, and whether it may be left out or repeated."""

    test: _Test
    optional: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Pattern:
    group: str
    elements: tuple[_Element, ...]
    at_head: bool
    at_tail: bool

    def open(self, places: set[int]) -> set[int]:
        """The places reachable without a word."""
        found = set(places)
        for place in sorted(places):
            at = place
            while at < len(self.elements) and self.elements[at].optional:
                at += 1
                found.add(at)
        return found

    def step(self, places: set[int], token: Token, *, partial: bool) -> set[int]:
        """The places after a word, or after one that only begins."""
        after: set[int] = set()
        for place in places:
            if place >= len(self.elements):
                continue
            test = self.elements[place].test
            if test.begins(token) if partial else test.fits(token):
                after.add(place if self.elements[place].repeated else place + 1)
        return self.open(after)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence, perhaps unfinished, may claim.

    Attributes:
        found: patterns that matched.
        suspect: index of the first token of a match, or of what may still become one; None: there is none.
    """

    found: tuple[Found, ...]
    suspect: int | None


class Claims:
    """All patterns of one language."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.honest = str(data["honest"])
        self.honest_failed = str(data["honest_failed"])
        self.honest_middle = str(data["honest_middle"])
        self.openers = frozenset(data["classes"]["opener"])
        self.exempt: dict[str, frozenset[str]] = {k: frozenset(v) for k, v in data["exempt"].items()}
        self.questions: dict[str, tuple[str, ...]] = {k: tuple(v) for k, v in data["questions"].items()}
        self._phrases = {tuple(str(p).split()): name for name, p in data["phrases"].items()}
        self._tests = _classes(data)
        self._patterns = [
            self._pattern(group, text) for group, texts in data["patterns"].items() for text in texts
        ]

    def tokens(self, text: str) -> list[Token]:
        """The words of a text; fixed phrases ("rendez-vous") are one."""
        found: list[Token] = []
        head, depth, straight = True, 0, False
        for match in _TOKEN.finditer(text):
            piece = match.group()
            if piece[0].isalnum():
                quoted = depth > 0 or straight
                key = fold(piece)
                found.append(Token(key, piece.lower(), match.start(), match.end(), head, False, quoted))
                head = False
                continue
            straight ^= piece == '"'
            depth = max(0, depth + _QUOTES.get(piece, 0))
            if found and not head:
                last = found[-1]
                found[-1] = Token(last.key, last.surface, last.start, last.end, last.head, True, last.quoted)
            head = True
        return self._joined(found)

    def read(
        self,
        tokens: Sequence[Token],
        *,
        complete: bool,
        partial: bool = False,
        harmless: Callable[[str, Token], bool] = lambda _group, _first: False,
    ) -> Reading:
        """What the words claim.

        Args:
            tokens: of one sentence, from its beginning.
            complete: no more words follow, so that its end counts as a pause.
            partial: of the last word, more letters may follow.
            harmless: whether a claim of a group that begins with this word arouses no suspicion.
        """
        last = len(tokens) - 1
        found: list[Found] = []
        suspects: list[int] = []
        for pattern in self._patterns:
            live: list[tuple[int, set[int]]] = []
            for at, token in enumerate(tokens):
                if token.head or not pattern.at_head:
                    live.append((at, pattern.open({0})))
                begun = at == last and not complete and (partial or token.begun)
                stepped = [(first, pattern.step(places, token, partial=begun)) for first, places in live]
                live = [(first, places) for first, places in stepped if places]
                ends = token.tail or (complete and at == last)
                for first, places in () if begun else live:
                    if len(pattern.elements) in places and (ends or not pattern.at_tail):
                        found.append(Found(pattern.group, first, at))
                        break
            if not complete:
                suspects += [first for first, _ in live if not harmless(pattern.group, tokens[first])]
        suspects += [match.first for match in found if not harmless(match.group, tokens[match.first])]
        return Reading(tuple(found), min(suspects, default=None))

    def about_house(self, text: str) -> bool:
        """Whether a text speaks of what an assistant does or owns: a timer, a list, "ajoute"."""
        tests = [self._tests[name] for name in ("thing", "do", "doing")]
        tokens = self.tokens(text)
        reflexive = {at + 1 for at, token in enumerate(tokens) if token.key in ("m", "me")}
        return any(test.fits(t) for at, t in enumerate(tokens) if at not in reflexive for test in tests)

    def is_general(self, tokens: Sequence[Token]) -> bool:
        """Whether a sentence tells a general fact or an old one."""
        return any(t.key in self.exempt["general"] or _YEAR.fullmatch(t.key) for t in tokens)

    def _joined(self, tokens: list[Token]) -> list[Token]:
        for phrase, name in self._phrases.items():
            size = len(phrase)
            at = 0
            while at + size <= len(tokens):
                part = tokens[at : at + size]
                if tuple(t.key for t in part) == phrase:
                    a, z = part[0], part[-1]
                    tokens[at : at + size] = [Token(name, name, a.start, z.end, a.head, z.tail, a.quoted)]
                at += 1
        return self._begun(tokens)

    def _begun(self, tokens: list[Token]) -> list[Token]:
        """The last words as one, where they begin a fixed phrase."""
        for phrase in self._phrases:
            for size in range(min(len(phrase), len(tokens)), 0, -1):
                part = tokens[-size:]
                if tuple(t.key for t in part[:-1]) == phrase[: size - 1] and phrase[size - 1].startswith(
                    part[-1].key
                ):
                    a, z, name = part[0], part[-1], "_".join(t.key for t in part)
                    if size > 1 or part[-1].key == phrase[0]:
                        joined = Token(name, z.surface, a.start, z.end, a.head, z.tail, a.quoted, begun=True)
                        return [*tokens[:-size], joined]
        return tokens

    def _pattern(self, group: str, text: str) -> _Pattern:
        pieces = text.split()
        at_head, at_tail = pieces[0] == "^", pieces[-1] == "$"
        elements: list[_Element] = []
        for piece in pieces[at_head : len(pieces) - at_tail]:
            if gap := _GAP.fullmatch(piece):
                unpaused = _Test(lambda token: not token.tail, lambda _: True)
                elements += [_Element(unpaused, optional=True)] * int(gap.group(1))
                continue
            bare = piece.rstrip("?*")
            optional = bare != piece
            elements.append(_Element(self._test(bare), optional, piece.endswith("*")))
        return _Pattern(group, tuple(elements), at_head, at_tail)

    def _test(self, text: str) -> _Test:
        names = text.split("|")
        tests = [self._tests[n.strip("{}")] for n in names if n.startswith("{")]
        tests.append(_one_of(frozenset(n for n in names if not n.startswith("{"))))
        return _Test(
            lambda token: any(test.fits(token) for test in tests),
            lambda token: any(test.begins(token) for test in tests),
        )


def _classes(data: dict[str, Any]) -> dict[str, _Test]:
    """The named classes: the lists, and the forms of the verbs."""
    tests: dict[str, _Test] = {name: _one_of(frozenset(words)) for name, words in data["classes"].items()}
    adverbs = frozenset(data["classes"]["adv"])
    tests["adv"] = _Test(
        lambda token: token.key in adverbs or (token.key.endswith("ment") and len(token.key) > 6), _may_be
    )
    regular = [(verb, verb[:-2]) for verb in data["verbs"]["er"]]
    other = data["verbs"]["other"]
    tests["do"] = _one_of(frozenset(fold(verb) for verb, *_ in (*regular, *other)))
    present = [fold(stem) + "e" for _, stem in regular] + [fold(form) for _, form, _ in other]
    tests["doing"] = _one_of(frozenset(present))
    bare = [stem + "é" for _, stem in regular] + [participle for _, _, participle in other]
    listed = frozenset(form + ending for form in bare for ending in ("", "e", "s", "es"))
    tests["did"] = _Test(
        lambda token: token.surface in listed,
        lambda token: any(form.startswith(token.surface) for form in listed),
    )
    harmless = frozenset(
        form + ending for form in data["harmless"]["done"] for ending in ("", "e", "s", "es")
    )
    tests["done"] = _Test(
        lambda token: (
            token.surface in listed
            or (token.surface.endswith(("é", "ée", "és", "ées")) and token.surface not in harmless)
        ),
        _may_be,
    )
    spared = frozenset(data["harmless"]["shall"])
    tests["shall"] = _Test(lambda token: token.key.endswith("rai") and token.key not in spared, _may_be)
    return tests


def _one_of(words: frozenset[str]) -> _Test:
    return _Test(
        lambda token: token.key in words, lambda token: any(word.startswith(token.key) for word in words)
    )


def _may_be(_token: Token) -> bool:
    """Any beginning may become such a word."""
    return True


@lru_cache(maxsize=4)
def load_claims(language: str = "fr") -> Claims:
    """The patterns of a language (ISO 639-1)."""
    text = (files("hive_mind.server") / "data" / language / "claims.toml").read_text("utf-8")
    return Claims(tomllib.loads(text))
