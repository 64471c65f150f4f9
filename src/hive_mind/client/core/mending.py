"""From a transcript that no sentence matches to what was probably said: by sound, then by the recogniser."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from hive_mind.client.core.worker import Worker
from hive_mind.errors import ModelError, SpeechError
from hive_mind.speech.engines import Evidence, ScoresTexts, SpeechToText, Transcript
from hive_mind.understanding.corrections import Correction, recall
from hive_mind.understanding.decision import Decision, Weighed, decide, worth_scoring
from hive_mind.understanding.repair import Candidate, Repairer

MOST_SCORED = 6
"""Candidates that are compared with the audio."""

_END_MARKS = re.compile(r"[\s.,!?…]+$")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mender:
    """Repairs what was heard.

    Args:
        repairer: of a grammar of its own: it works in the recogniser's thread.
        stt: compares texts with the audio, if it can.
        worker: the recogniser's thread.
        corrections: what the house has corrected so far.
    """

    repairer: Repairer
    stt: SpeechToText
    worker: Worker
    corrections: Callable[[], Sequence[Correction]] = tuple

    async def mend(self, transcript: Transcript, *, expecting: str | None = None) -> Decision:
        """What to make of a transcript that the grammar does not match."""
        known = tuple(self.corrections())
        readings = [h.text for h in transcript.alternatives] or [transcript.text]
        found = await self.worker.run(lambda _: self._candidates(readings, known, expecting))
        if not worth_scoring(found):
            return decide([Weighed(candidate) for candidate in found])
        return await self._by_ear(transcript, found)

    def _candidates(
        self, readings: Sequence[str], known: Sequence[Correction], expecting: str | None
    ) -> list[Candidate]:
        """Near sentences, what was corrected first."""
        correction = recall(known, readings[0]) if known else None
        if correction is not None:
            before = self.repairer.known(correction.said, readings[0], expecting=expecting)
            if before is not None:
                return [before]
        return self.repairer.candidates(readings, MOST_SCORED, expecting=expecting)

    async def _by_ear(self, transcript: Transcript, found: list[Candidate]) -> Decision:
        heard = _END_MARKS.sub("", transcript.text)
        stt = self.stt
        evidence: list[Evidence] = []
        if isinstance(stt, ScoresTexts):
            texts = [*(candidate.text for candidate in found), heard]
            scores = stt.score
            try:
                evidence = await self.worker.run(lambda token: scores(transcript, texts, cancel=token))
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
