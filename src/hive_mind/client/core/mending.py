"""From a transcript that no sentence matches to what was probably said: by sound, then by the recogniser."""

import re
from collections.abc import Sequence

import structlog

from hive_mind.client.core.worker import Worker
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import ModelError, SpeechError
from hive_mind.speech.engines import Evidence, PreparesScoring, ScoresTexts, SpeechToText, Transcript
from hive_mind.understanding.corrections import recall, remember
from hive_mind.understanding.decision import REJECTED, Decision, Weighed, decide, worth_scoring
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.openings import openings
from hive_mind.understanding.repair import Candidate, Repairer

MOST_SCORED = 6
"""Candidates that are compared with the audio."""

_END_MARKS = re.compile(r"[\s.,!?…]+$")

_log = structlog.get_logger(__name__)


class Mender:
    """Repairs what was heard, and remembers what the house corrects.

    Args:
        grammar: the live one; a twin of it works in the recogniser's thread.
        stt: compares texts with the audio, if it can.
        worker: the recogniser's thread.
        file: where corrections are kept.
    """

    def __init__(self, grammar: Grammar, stt: SpeechToText, worker: Worker, file: CorrectionsFile) -> None:
        self._grammar = grammar
        self._repairer: Repairer | None = None
        self._stt = stt
        self._worker = worker
        self._file = file

    def know(self, grammar: Grammar) -> None:
        """The grammar has changed."""
        self._grammar, self._repairer = grammar, None

    async def prepare(self) -> None:
        """Do now, in the recogniser's thread, what the first repair would wait for: about a second's work."""
        await self._worker.run(lambda _: self._warm())

    async def learn(self, heard: str, said: str) -> None:
        """The house has corrected what was heard."""
        await self._worker.run(lambda _: self._file.save(remember(self._file.load(), heard, said)))

    async def mend(self, transcript: Transcript, *, expecting: str | None = None) -> Decision:
        """What to make of a transcript that the grammar does not match."""
        readings = [h.text for h in transcript.alternatives] or [transcript.text]
        found = await self._worker.run(lambda _: self._candidates(readings, expecting))
        if isinstance(found, Decision):
            return found
        if not worth_scoring(found):
            return REJECTED
        return await self._by_ear(transcript, found)

    def _candidates(self, readings: Sequence[str], expecting: str | None) -> list[Candidate] | Decision:
        """Near sentences; or what the house has corrected before."""
        repairer = self._ready()
        correction = recall(self._file.load(), readings[0])
        if correction is not None:
            known = repairer.known(correction.said, readings[0], expecting=expecting)
            if known is not None:
                return Decision("accept", known.match, known.text)
        return repairer.candidates(readings, MOST_SCORED, expecting=expecting)

    def _ready(self) -> Repairer:
        repairer = self._repairer
        if repairer is None:
            repairer = self._repairer = Repairer(self._grammar.twin())
        return repairer

    def _warm(self) -> None:
        repairer = self._ready()
        for text in openings():
            repairer.candidates([text], 1)
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
