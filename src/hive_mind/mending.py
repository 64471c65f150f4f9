"""From a transcript that no sentence matches to what was probably said: by sound, then by the recogniser.

Where the recogniser is: on a room's client, or on the server for clients that stream their voice.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import zip_longest
from typing import Protocol, TypeVar

import structlog

from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import ModelError, SpeechError
from hive_mind.language.called import without_call
from hive_mind.language.words import keys_of
from hive_mind.memory import trim
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import (
    Evidence,
    ListensAgain,
    PreparesScoring,
    ScoresTexts,
    SpeechToText,
    Transcript,
)
from hive_mind.understanding.corrections import recall, remember
from hive_mind.understanding.decision import NEAR, REJECTED, STRICT, Decision, Weighed, decide, worth_scoring
from hive_mind.understanding.expected import expected_words
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.openings import openings
from hive_mind.understanding.repair import Candidate, Repairer
from hive_mind.understanding.restating import is_plain_question

MOST_SCORED = 6
"""Candidates that are compared with the audio."""

CLEARLY_HEARD = -0.4
"""A transcript that the recogniser is so sure of (mean log probability per token) and that resembles no order
is talk: it is not listened to again. Set on synthetic commands; none of them was lost by it."""

FIRST_LOOK = 2
"""Readings that are looked at before listening again."""

_END_MARKS = re.compile(r"[\s.,!?…]+$")

_log = structlog.get_logger(__name__)


T = TypeVar("T")


class Runs(Protocol):
    """The recogniser's thread."""

    async def run(self, work: Callable[[CancelToken], T]) -> T:
        """Run `work` there and wait for it; told through its token when the caller no longer waits."""
        ...


class Mender:
    """Repairs what was heard, and remembers what the house corrects.

    Args:
        grammar: the live one; a twin of it works in the recogniser's thread.
        stt: compares texts with the audio, if it can.
        worker: the recogniser's thread.
        file: where corrections are kept.
    """

    def __init__(self, grammar: Grammar, stt: SpeechToText, worker: Runs, file: CorrectionsFile) -> None:
        self._grammar = grammar
        self._repairer: Repairer | None = None
        self._stt = stt
        self._worker = worker
        self._file = file
        self._version, self._prepared = 0, -1
        self._preparing = asyncio.Lock()

    def know(self, grammar: Grammar) -> None:
        """The grammar has changed."""
        self._grammar, self._repairer = grammar, None
        self._version += 1

    async def prepare(self) -> None:
        """Do now, in the recogniser's thread, what the first repair would wait for: about a second's work.

        In small steps, between which whoever speaks is recognised. Once for a grammar, however many ask; one
        that has changed meanwhile is begun anew.
        """
        async with self._preparing:
            while self._prepared != (version := self._version):
                for text in openings():
                    if self._version != version:
                        break
                    await self._worker.run(partial(self._look_up, text))
                else:
                    await self._worker.run(lambda _: self._warm_scoring())
                    await self._worker.run(lambda _: trim())
                    self._prepared = version

    async def learn(self, heard: str, said: str) -> None:
        """The house has corrected what was heard."""
        await self._worker.run(lambda _: self._file.save(remember(self._file.load(), heard, said)))

    async def mend(
        self,
        transcript: Transcript,
        *,
        expecting: str | None = None,
        calls: Sequence[str] = (),
        unnamed: Callable[[], Awaitable[Transcript]] | None = None,
    ) -> Decision:
        """What to make of a transcript that the grammar does not match.

        A plain question that was heard clearly ("C'est quoi un chronomètre ?") is no misheard order, unless
        it is made of their words and sounds like one.

        Args:
            transcript: of the utterance.
            expecting: what the last answer asked for.
            calls: wake words that may stand at its head.
            unnamed: recognises what comes behind the wake word, if one was heard in the same breath: no
                sentence that is compared with the audio begins with it.
        """
        text = without_call(transcript.text, calls)
        corrected = await self._worker.run(lambda _: self._corrected(text, expecting))
        if corrected is not None:
            return corrected
        clear = _is_clear(transcript)
        plain = clear and is_plain_question(text)
        if plain and not self._grammar.knows(keys_of(text)):
            return REJECTED
        readings = _readings(transcript, calls)
        found = await self._worker.run(lambda _: self._near(readings[:FIRST_LOOK], expecting))
        if clear and not worth_scoring(found, STRICT if plain else NEAR):
            return REJECTED
        if unnamed is not None and text != transcript.text:
            transcript = await unnamed()
            readings = [*readings[:FIRST_LOOK], *_readings(transcript, calls)]
        again = await self._listen_again(transcript)
        if again:
            both = [text for pair in zip_longest(readings, again) for text in pair if text]
            found = await self._worker.run(lambda _: self._near(both, expecting))
        if not worth_scoring(found):
            return REJECTED
        return await self._by_ear(transcript, found)

    def _corrected(self, heard: str, expecting: str | None) -> Decision | None:
        """What the house has said that it means by this."""
        correction = recall(self._file.load(), heard)
        if correction is None:
            return None
        known = self._ready().known(correction.said, heard, expecting=expecting)
        return Decision("accept", known.match, known.text) if known is not None else None

    def _near(self, readings: Sequence[str], expecting: str | None) -> list[Candidate]:
        return self._ready().candidates(readings, MOST_SCORED, expecting=expecting)

    async def _listen_again(self, transcript: Transcript) -> list[str]:
        """What the recogniser hears when it expects the words of our sentences."""
        stt, words = self._stt, expected_words(self._grammar)
        if not isinstance(stt, ListensAgain) or not words:
            return []
        listen = stt.listen_again
        try:
            found = await self._worker.run(lambda token: listen(transcript, words, cancel=token))
        except SpeechError as error:
            _log.warning("not listened again", code=error.code)
            return []
        return [hypothesis.text for hypothesis in found]

    def _ready(self) -> Repairer:
        repairer = self._repairer
        if repairer is None:
            repairer = self._repairer = Repairer(self._grammar.twin())
        return repairer

    def _look_up(self, text: str, _: CancelToken) -> None:
        self._ready().candidates([text], 1)

    def _warm_scoring(self) -> None:
        if isinstance(self._stt, PreparesScoring):
            try:
                self._stt.prepare_scoring()
            except ModelError as error:
                _log.warning("candidates will not be compared with the audio", code=error.code)

    async def _by_ear(self, transcript: Transcript, found: list[Candidate]) -> Decision:
        heard = _END_MARKS.sub("", transcript.text)
        stt = self._stt
        evidence: list[Evidence] = []
        if isinstance(stt, ScoresTexts):
            texts = [*(candidate.text for candidate in found), heard]
            scores = stt.score
            try:
                evidence = await self._worker.run(lambda token: scores(transcript, texts, cancel=token))
            except (SpeechError, ModelError) as error:
                _log.warning("candidates not compared with the audio", code=error.code)
        if not evidence:
            return decide([Weighed(candidate) for candidate in found])
        *of_candidates, of_heard = evidence
        weighed = [
            Weighed(candidate, e.log_probability, e.prior, e.tokens)
            for candidate, e in zip(found, of_candidates, strict=True)
        ]
        return decide(weighed, of_heard.log_probability)


def _readings(transcript: Transcript, calls: Sequence[str]) -> list[str]:
    """All that may have been said, without the wake word."""
    texts = [h.text for h in transcript.alternatives] or [transcript.text]
    return [without_call(text, calls) for text in texts]


def _is_clear(transcript: Transcript) -> bool:
    """Whether the recogniser is sure of what it wrote."""
    best = transcript.alternatives[0] if transcript.alternatives else None
    return best is not None and best.log_probability >= CLEARLY_HEARD
