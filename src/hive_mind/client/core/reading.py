"""From the audio of an utterance to what it asks for."""

import asyncio
import re
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from hive_mind.client.core.dialogue import Plan, amended, is_for_us
from hive_mind.client.core.door import Reason
from hive_mind.client.core.parts import Parts
from hive_mind.errors import SpeechError
from hive_mind.language.called import without_call
from hive_mind.language.messages import error_message
from hive_mind.speech.audio import Samples, silence
from hive_mind.speech.engines import Transcript
from hive_mind.speech.waiting import wait_until
from hive_mind.understanding.decision import REJECTED, Decision

MOST_HEADS = 8
"""Beginnings of a noisy transcript that are tried as an order."""

MEND_BY_S = 2.0
"""After the end of the utterance: what was heard is answered as it was heard rather than later."""

_NOISE_PROBABILITY = 0.8
_END_MARK = re.compile(r"[.!?;,](?!\d)")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said, as the ear cut it out.

    Attributes:
        end: when it ended, on the client's clock.
        end_sample: the same as a position in what was heard.
        samples: of it.
        heard_to: position of the last of them.
        why: the door was open to it.
        calls: wake words that may still stand at its head.
        transcript: when it was recognised already.
        amends: what was done already of its beginning.
        noisy: it took no breath: what is not understood of it was a television, or the like.
        brief: it was over so soon after its name that it may be the end of that: only an order counts.
        name_samples: its name, at the head of `samples`, is so long.
        wake_ms: how long it took to be sure of the name that it follows.
    """

    end: float
    end_sample: int
    samples: Samples = field(default_factory=lambda: silence(0), repr=False)
    heard_to: int = 0
    why: Reason = "always"
    calls: Sequence[str] = ()
    transcript: Transcript | None = None
    amends: Plan | None = None
    noisy: bool = False
    brief: bool = False
    name_samples: int = 0
    wake_ms: float | None = None

    @property
    def wake(self) -> dict[str, float]:
        """The stage before it, if there was one."""
        return {} if self.wake_ms is None else {"wake": self.wake_ms}

    @property
    def goes_on(self) -> bool:
        """Whether there is something behind the name: the recogniser may stop at it."""
        return self.name_samples > 0 and not self.brief


@dataclass(frozen=True, slots=True)
class Begun:
    """What was said and answered, and may go on.

    Attributes:
        utterance: what was said of it.
        plan: what was done; None when nothing was.
    """

    utterance: Utterance
    plan: Plan | None


async def recognise(parts: Parts, samples: Samples) -> Transcript:
    """Recognise speech, before whatever else wants the processor.

    Raises:
        SpeechError: the recogniser failed.
    """
    with parts.preparer.given_way():
        return await parts.stt_worker.run(
            lambda token: parts.stt.transcribe(samples, vocabulary=parts.vocabulary, cancel=token)
        )


class Reading:
    """What became of one utterance.

    Args:
        parts: engines and records.
        utterance: to be read.
        at: when it was said.
    """

    def __init__(self, parts: Parts, utterance: Utterance, at: datetime) -> None:
        self.text = ""
        """What was heard, without the wake word; empty when that was nothing, or not for us."""
        self.plan: Plan | None = None
        """What it asks for."""
        self.ask: Decision | None = None
        """What must be asked back before anything is done."""
        self.taken_for = ""
        """The sentence that a misheard transcript was taken for."""
        self.excuse = ""
        """Why it could not be recognised, for the user."""
        self.timings = utterance.wake
        self._parts = parts
        self._utterance = utterance
        self._at = at
        self._transcript = Transcript("")

    async def hear(self) -> None:
        """Recognise it."""
        transcript = self._utterance.transcript
        if transcript is None:
            began = self._parts.clock.now()
            try:
                transcript = await recognise(self._parts, self._utterance.samples)
            except SpeechError as error:
                self.excuse = error_message(error.code)
                transcript = Transcript("")
            self.timings["stt"] = self._since(began)
        self._transcript = transcript
        text = without_call(transcript.text.strip(), self._utterance.calls)
        if not text and self._utterance.goes_on:
            self._transcript = transcript = await self._behind_name()
            text = transcript.text.strip()
        noise = transcript.no_speech_probability > _NOISE_PROBABILITY
        self.text = "" if noise or not any(c.isalnum() for c in text) else text

    def understand(self) -> Plan | None:
        """Understand it as it was heard; None when it is nothing to be answered."""
        began = self._parts.clock.now()
        before, plan = self._utterance.amends, self._plan_of(self.text)
        if before is not None:
            left = amended(before, plan)
            plan = left if left is not None else plan
            for_us = left is not None
        else:
            if self._utterance.noisy:
                plan = self._head_of_noise(plan)
            doubtful = self._utterance.noisy or self._utterance.brief
            why = "wake_word" if self._named else self._utterance.why
            for_us = (plan.understood or not doubtful) and is_for_us(why, plan, self.text)
        self.plan = plan if for_us else None
        self.timings["understanding"] = self._since(began)
        return self.plan

    @property
    def _named(self) -> bool:
        """Whether its name stands at the head of what was heard: then it is for us, however the door is."""
        return self.text != self._transcript.text.strip()

    @property
    def may_be_misheard(self) -> bool:
        """Whether to look for what was meant instead: nothing, or a doubtful place, was understood."""
        plan = self.plan
        if self._parts.mender is None or plan is None or self._utterance.why in ("answer", "ringing"):
            return False
        return not plan.understood or plan.doubtful

    async def mend(self) -> None:
        """Understand what was misheard."""
        parts, plan = self._parts, self.plan
        if parts.mender is None or plan is None:
            return
        began = parts.clock.now()
        decision = await self._in_time(
            parts.mender.mend(
                self._transcript,
                expecting=parts.keeper.expecting(self._at),
                calls=self._utterance.calls,
                unnamed=self._behind_name if self._utterance.name_samples else None,
            )
        )
        took = self._since(began)
        self.timings["understanding"] += took
        if decision.verdict != "reject":
            self.timings["repair"] = took
        if decision.verdict == "ask" and not plan.understood:
            self.ask = decision
        if decision.verdict == "accept":
            self.taken_for = decision.text
            self.plan = self._plan_of(decision.text)

    async def _in_time(self, mending: Coroutine[None, None, Decision]) -> Decision:
        """What comes of it; nothing when it takes too long."""
        task = asyncio.ensure_future(mending)
        try:
            in_time = await wait_until(self._utterance.end + MEND_BY_S, self._parts.clock, task)
            return task.result() if in_time else REJECTED
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # it is heard, also where nobody waits for it any more

    async def _behind_name(self) -> Transcript:
        """What follows the name, recognised by itself."""
        try:
            return await recognise(self._parts, self._utterance.samples[self._utterance.name_samples :])
        except SpeechError:
            return self._transcript

    def _head_of_noise(self, plan: Plan) -> Plan:
        """The order that was said before a television took over."""
        ends = [match.start() for match in _END_MARK.finditer(self.text)]
        plans = (plan, *(self._plan_of(self.text[:end]) for end in reversed(ends[:MOST_HEADS])))
        found = next((p for p in plans if p.orders), plan)
        return replace(found, rest=None) if found.orders else plan

    def _plan_of(self, text: str) -> Plan:
        return self._parts.dialogue.plan(self._parts.grammar, self._parts.keeper, text, self._at)

    def _since(self, began: float) -> float:
        return round((self._parts.clock.now() - began) * 1000, 1)
