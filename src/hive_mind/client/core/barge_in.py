"""Speech over an answer: is it "stop", more of the order that was just carried out, or not for us at all?"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import structlog

from hive_mind.client.core.dialogue import amended
from hive_mind.client.core.parts import Parts
from hive_mind.client.core.reading import Begun, recognise
from hive_mind.errors import ModelError, SpeechError
from hive_mind.language.called import without_call
from hive_mind.language.interruptions import Interruption, by_ear, is_echo, silencing
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.endpointing import Endpoint, EndpointEvent, Speculate, SpeechResumed, TooLong
from hive_mind.speech.engines import ScoresTexts, Transcript
from hive_mind.speech.listening import Ear
from hive_mind.understanding.decision import Weighed
from hive_mind.understanding.repair import Candidate

DUCKED = 0.2
"""Factor of the amplitude (-14 dB) while somebody speaks over the answer."""

LONGEST_S = 2.0
"""A "stop" is shorter than this: what takes no breath for so long was not for us."""

CALM_S = 4.0
"""After a false alarm the answer is not said low again for so long, though "stop" still counts: a television
would make it come and go."""

LONGEST_MORE_S = 4.0
"""The same for what may belong to the order before."""

MOST_READINGS = 4
"""Readings of the recogniser that are looked at: one word alone is heard badly."""

BY_EAR_S = 1.6
"""What is longer is no single word, and not compared with one."""

GATE_MS = 400
"""Silence after which speech that said nothing to us is over."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What speech over an answer was.

    Attributes:
        verdict: stop: be silent; wait: be silent and listen; amend: the order goes on.
        end_sample: where the speech ended.
        samples: of it.
        heard_to: position of the last of them.
        transcript: of the whole order when it goes on, else of the short word.
        begun: the order that goes on.
    """

    verdict: Literal["stop", "wait", "amend"]
    end_sample: int
    samples: Samples
    heard_to: int
    transcript: Transcript
    begun: Begun | None = None


class BargeIn:
    """Listens while an answer sounds: `begin`, then `hear` and `tick` until it has decided.

    Args:
        parts: engines and records.
        ear: that hears it.
        settle: told the gate that the transcript calls for.
        decide: told once what it was; None when it was not for us.
    """

    def __init__(
        self,
        parts: Parts,
        ear: Ear,
        settle: Callable[[int], None],
        decide: Callable[[Judgement | None], None],
    ) -> None:
        self._parts = parts
        self._ear = ear
        self._settle = settle
        self._decide = decide
        self._said: Callable[[], str] = str
        self._begun: Begun | None = None
        self._since: int | None = None
        self._over = False
        self._judged_to = -1  # end of what is judged now, or was judged last
        self._task: asyncio.Task[None] | None = None
        self._calm_until = 0

    @property
    def active(self) -> bool:
        """Whether somebody speaks over the answer and it is not known why."""
        return self._since is not None

    @property
    def calm(self) -> bool:
        """Whether there was a false alarm a moment ago."""
        return self._ear.position < self._calm_until

    def begin(self, sample: int, said: Callable[[], str], begun: Begun | None = None) -> None:
        """Somebody speaks since `sample`.

        Args:
            sample: position.
            said: the answer, as far as it is known: our own voice is no interruption.
            begun: the order that may go on.
        """
        self.drop()
        self._since, self._said, self._begun, self._over = sample, said, begun, False
        if begun is not None:
            self._ear.hold(begun.utterance.heard_to)

    def hear(self, event: EndpointEvent) -> None:
        """What the ear makes of that speech."""
        match event:
            case Speculate(speech_end_sample=end):
                self._stop_judging()
                self._judged_to = end
                self._task = asyncio.ensure_future(self._judge(end, self._ear.samples()))
            case SpeechResumed():
                pass  # "stop" was enough, whatever follows; more of an order is judged at the next pause
            case Endpoint(speech_end_sample=end) | TooLong(speech_end_sample=end):
                self._ended(end, self._ear.take())

    def _ended(self, end_sample: int, samples: Samples) -> None:
        self._over = True
        if self._task is None or self._judged_to != end_sample:
            self._stop_judging()
            self._judged_to = end_sample
            self._task = asyncio.ensure_future(self._judge(end_sample, samples))
        elif self._task.done():
            self._not_for_us()

    def tick(self) -> None:
        """A frame more was heard."""
        longest = LONGEST_S if self._begun is None else LONGEST_MORE_S
        late = self._since is not None and self._ear.position - self._since > int(longest * SAMPLE_RATE)
        if late and (self._task is None or self._task.done()):
            self._not_for_us()

    def drop(self) -> None:
        """The answer is over, or was stopped: nothing more to decide."""
        self._stop_judging()
        self._since = self._begun = None

    def _stop_judging(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._task = None

    def _not_for_us(self) -> None:
        self.drop()
        self._calm_until = self._ear.position + int(CALM_S * SAMPLE_RATE)
        self._decide(None)

    async def _judge(self, end_sample: int, samples: Samples) -> None:
        to = self._ear.position
        try:
            found = await self._more(end_sample, samples, to) or await self._word(end_sample, samples, to)
        except SpeechError as error:
            _log.warning("speech over an answer not recognised", code=error.code)
            found = None
        if found is not None:
            self.drop()
            self._decide(found)
        elif self._over:
            self._not_for_us()
        else:
            self._settle(GATE_MS)  # it may go on, and then mean something

    async def _more(self, end_sample: int, samples: Samples, heard_to: int) -> Judgement | None:
        """The order that was carried out and what follows it, as one."""
        begun, parts = self._begun, self._parts
        if begun is None or begun.plan is None:
            return None
        transcript = await recognise(parts, np.concatenate([begun.utterance.samples, samples]))
        text = without_call(transcript.text, begun.utterance.calls)
        whole = parts.dialogue.plan(parts.grammar, parts.keeper, text, parts.clock.today())
        if amended(begun.plan, whole) is None:
            return None
        return Judgement("amend", end_sample, samples, heard_to, transcript, begun)

    async def _word(self, end_sample: int, samples: Samples, heard_to: int) -> Judgement | None:
        """A word that silences, and not our own voice saying it."""
        transcript = await recognise(self._parts, samples)
        others = (hypothesis.text for hypothesis in transcript.alternatives[1:MOST_READINGS])
        said = self._said()
        wish = silencing((transcript.text, *others), said)
        if wish is None and len(samples) <= BY_EAR_S * SAMPLE_RATE and not is_echo(transcript.text, said):
            wish = await self._by_ear(transcript)
        return None if wish is None else Judgement(wish, end_sample, samples, heard_to, transcript)

    async def _by_ear(self, transcript: Transcript) -> Interruption | None:
        """A word that the recogniser writes wrongly: does it sound like one that silences?"""
        stt, words = self._parts.stt, by_ear()
        if not isinstance(stt, ScoresTexts):
            return None
        score, texts = stt.score, (*words, transcript.text)
        try:
            evidence = await self._parts.stt_worker.run(lambda token: score(transcript, texts, cancel=token))
        except ModelError as error:  # its weights are gone: the words are known by their spelling alone
            _log.warning("word not compared with the audio", code=error.code)
            return None
        for text, needed, found in zip(words, words.values(), evidence, strict=False):
            weighed = Weighed(Candidate(text, None, 0.0), found.log_probability, found.prior, found.tokens)
            if weighed.gain(evidence[-1].log_probability) >= needed:
                return "stop"
        return None
