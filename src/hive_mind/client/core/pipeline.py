"""The voice loop: a straight line from an audio source to a playout sink, one turn after the other."""

import asyncio
from collections.abc import Callable

import numpy as np

from hive_mind.client.core.announcing import play_chime
from hive_mind.client.core.attempt import Attempt
from hive_mind.client.core.barge_in import DUCKED, BargeIn, Judgement
from hive_mind.client.core.calling import Calling, Verify
from hive_mind.client.core.door import Door, Reason, TurnTaking
from hive_mind.client.core.floor import Floor, Outcome
from hive_mind.client.core.parts import Parts
from hive_mind.client.core.reading import Begun, Utterance
from hive_mind.client.core.source import AudioSource
from hive_mind.client.core.state import Effect, Event, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.language.messages import message
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.endpointing import Endpoint, NoSpeech, Speculate, SpeechResumed, SpeechStarted, TooLong
from hive_mind.speech.engines import Transcript, Wake
from hive_mind.speech.listening import Ear, Heard


class VoiceLoop:
    """Listens and answers.

    Args:
        parts: engines, link and records.
        ear: finds utterances, and its name if it has one.
        taking: how it takes turns.
        verify: may veto a wake word before anything is shown; None trusts the first detector.
        on_turn: told of each turn that ended.
    """

    def __init__(
        self,
        parts: Parts,
        ear: Ear,
        taking: TurnTaking | None = None,
        *,
        verify: Verify | None = None,
        on_turn: Callable[[TurnRecord], None] = lambda _: None,
    ) -> None:
        self._parts = parts
        self._ear = ear
        self._taking = taking or TurnTaking()
        self._calling = Calling(parts, ear, verify, self._woken, lambda sample: self._time_of(sample))
        self._door = Door(self._taking.listening)
        self._floor = Floor(parts, self._over, on_turn)
        self._barge_in = BargeIn(parts, ear, self._settle, self._judged)
        self._time_of: Callable[[int], float] = lambda _: parts.clock.now()
        self._begun: Begun | None = None  # what the present utterance goes on from
        self._words: tuple[str, ...] = ()  # names that may stand at its head
        self._asked_s: float | None = None  # the server asks back, and listens so long
        self._cue_at: int | None = None
        self._yielded_at: int | None = None
        self._tasks = asyncio.TaskGroup()

    async def run(self, source: AudioSource) -> None:
        """Listen until the source ends, and let the last answer finish."""
        self._time_of = source.time_of
        self._ear.restart()
        async with asyncio.TaskGroup() as self._tasks:
            async for frame in source.frames():
                heard = np.zeros_like(frame) if self._parts.status.state.muted else frame
                self._heard_frame(heard)
                self._handle(self._ear.hear(heard, source.own))
                self._look_at_the_time()
            self._handle(self._ear.finish())

    async def one_turn(self, source: AudioSource) -> TurnRecord | None:
        """Listen until one question is answered; None when the source ends without a question."""
        first: asyncio.Future[TurnRecord] = asyncio.get_running_loop().create_future()
        with self._floor.telling(lambda record: None if first.done() else first.set_result(record)):
            listening = asyncio.ensure_future(self.run(source))
            listening.add_done_callback(lambda _: first.cancel())
            try:
                await asyncio.wait([first])
                if listening.done():
                    listening.result()
                return None if first.cancelled() else first.result()
            finally:
                listening.cancel()
                await asyncio.wait([listening])

    @property
    def words(self) -> tuple[str, str]:
        """What is being said, by the user and by us, for subtitles."""
        return self._floor.words

    # What others tell it.

    def press(self) -> None:
        """The button: silences what rings, ends what is being said to us, else opens the ear."""
        if self._door.rings:
            self._silence(self._ear.position, Transcript("stop"))
        elif self._door.called and self._ear.in_utterance and not self._floor.answering:
            self._handle(self._ear.finish())
        else:
            self.listen()

    def listen(self) -> None:
        """The user asks for an ear: stop what is being said, take the next utterance. Nothing while muted."""
        if self._parts.status.state.muted:
            return
        self._stop(Event.WOKEN)
        self._open("button", self._taking.question_s)

    def interrupt(self) -> None:
        """Stop recognition, synthesis and playout, and tell the server what was heard."""
        self._floor.hushed = True
        self._stop(Event.INTERRUPTED)

    def mute(self, *, on: bool) -> None:
        """Switch the microphone off, or on again. An answer goes on."""
        self._tell(Event.MUTED if on else Event.UNMUTED)
        if on:
            if not self._floor.answering:
                self._floor.drop()
            self._barge_in.drop()
            self._door.close()
            self._ear.forget()
        self._settle_floor()

    def ringing(self, *, on: bool) -> None:
        """Something rings until it is silenced: meanwhile "stop" alone counts."""
        self._door.rings = on
        self._tell(Event.RING_STARTED if on else Event.RING_STOPPED)

    def follow_up(self, seconds: float | None = None) -> None:
        """The server expects an answer: the next utterance counts without being asked for."""
        self._parts.dialogue.server_asks = True
        self._asked_s = seconds or self._taking.follow_up_s
        if not self._floor.busy and self._parts.status.state.turn is Turn.IDLE:
            self._over(True, "nothing")

    def verdict(self, *, accepted: bool) -> None:
        """Whether this client answers the wake word, or another one that heard it better."""
        if not accepted and self._calling.recent:
            self._stop(Event.YIELDED)
            self._yielded_at = self._ear.position

    async def announce(
        self, text: str, *, ring: bool = False, wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Say something unasked, as soon as nobody speaks; see `Announcer`."""
        await self._floor.announcer.announce(text, ring=ring, wanted=wanted)

    # What the ear hears.

    def _heard_frame(self, frame: Samples) -> None:
        """Each frame, before the ear has it."""

    def _handle(self, heard: tuple[Heard, ...]) -> None:
        for event in heard:
            if isinstance(event, Wake):
                self._called(event)
            elif isinstance(event, SpeechStarted):
                self._speech_started(event.sample)
            elif self._barge_in.active:
                self._barge_in.hear(event)
            else:
                self._question(event)

    def _speech_started(self, sample: int) -> None:
        self._begun = None
        why = self._door.why
        if self._floor.answering and not self._takes_over(sample):
            return
        if why is None and not self._floor.answering:
            self._ear.forget()
            return
        if why != "ringing":
            self._tell(Event.SPEECH_STARTED)
        self._cue_at = None
        self._calling.spoken_to(unnamed=not self._words)
        self._settle_floor()

    def _question(self, event: Heard) -> None:
        match event:
            case Speculate(speech_end_sample=end):
                self._begin(end, self._ear.samples())
            case SpeechResumed():
                self._floor.drop()
            case Endpoint(reason=reason, speech_end_sample=end):
                samples, attempt = self._ear.take(), self._floor.attempt
                if attempt is None or attempt.utterance.end_sample != end:
                    self._begin(end, samples, noisy=reason == "unbroken")
                self._commit()
            case TooLong(speech_end_sample=end):
                self._ear.take()
                self._say_instead(end, "too_long", "too_long")
            case NoSpeech(sample=at):
                if self._taking.answer_silence and self._door.why == "always" and not self._floor.answering:
                    self._say_instead(at, "no_speech", "not_heard")

    def _begin(
        self, end: int, samples: Samples, judged: Judgement | None = None, *, noisy: bool = False
    ) -> None:
        begun = self._begun
        if begun is not None:
            samples = np.concatenate([begun.utterance.samples, samples])
        utterance = Utterance(
            end=self._time_of(end),
            end_sample=end,
            samples=samples,
            heard_to=self._ear.position if judged is None else judged.heard_to,
            why=self._door.why or "always",
            calls=self._words or (self._ear.words if self._door.reason == "answer" else ()),
            transcript=None if judged is None else judged.transcript,
            amends=None if begun is None else begun.plan,
            noisy=noisy,
            brief=self._calling.just_named(end),
            name_samples=self._calling.name_in(samples) if begun is None else 0,
            wake_ms=self._wake_ms if begun is None else None,
        )
        self._work_on(utterance)

    def _say_instead(self, end: int, intent: str, key: str) -> None:
        """There is nothing to recognise: say this."""
        self._work_on(Utterance(self._time_of(end), end), (intent, message(key)))
        self._commit()

    def _work_on(self, utterance: Utterance, instead: tuple[str, str] | None = None) -> None:
        attempt = Attempt(
            self._parts,
            utterance,
            lambda gate_ms: None if attempt.committed else self._settle(gate_ms, attempt),
            instead=instead,
            answer_silence=self._taking.answer_silence,
            hears_more=self._taking.barge_in != "button",
        )
        self._floor.begin(attempt, self._tasks)

    def _settle(self, gate_ms: int, attempt: Attempt | None = None) -> None:
        if attempt is None or attempt is self._floor.attempt:
            self._handle(self._ear.settle(gate_ms))

    def _commit(self) -> None:
        if self._floor.attempt is not None:
            self._floor.attempt.commit()

    def _look_at_the_time(self) -> None:
        """Doors that close, and lamps that go out, because nobody came."""
        self._barge_in.tick()
        at = self._ear.position
        if self._cue_at is not None and at >= self._cue_at:
            self._cue_at = None
            if self._door.called and not self._floor.busy:
                self._tasks.create_task(play_chime(self._parts, "wake"))
        if self._yielded_at is not None and at - self._yielded_at > self._taking.yield_s * SAMPLE_RATE:
            self._yielded_at = None
            self._tell(Event.YIELD_OVER)
        if self._door.overdue(at) and not self._ear.in_utterance and not self._floor.busy:
            why = self._door.close()
            if why == "button" and self._taking.answer_silence:
                self._say_instead(at, "no_speech", "not_heard")
            else:
                # After a mere answer the eyes close without a sound: nobody was waiting for anything.
                self._tell(Event.FOLLOW_UP_CLOSED if why == "answer" else Event.EAR_CLOSED)
        self._settle_floor()

    # Speech over an answer.

    def _takes_over(self, sample: int) -> bool:
        """Whether speech over an answer is a question at once; else it is judged, or not heard at all."""
        taking = self._taking
        unheard = self._floor.unheard(sample)
        if unheard is not None:
            self._begun = unheard
            self._ear.hold(unheard.utterance.heard_to)
            return True
        if taking.barge_in == "button":
            self._ear.forget()
            return False
        begun = self._floor.begun(sample)
        if begun is None and taking.barge_in == "speech" and self._door.why == "always":
            return True
        if not self._barge_in.calm:
            self._tell(Event.SPOKEN_OVER)
        self._barge_in.begin(sample, lambda: self._floor.said, begun)
        return False

    def _judged(self, judgement: Judgement | None) -> None:
        """What speech over the answer was."""
        if judgement is None:
            self._tell(Event.NOT_FOR_US)
            self._ear.forget()
        elif judgement.verdict == "amend":
            over = not self._ear.in_utterance
            self._begun = judgement.begun
            self._tell(Event.SPEECH_STARTED)
            self._begin(judgement.end_sample, judgement.samples, judgement)
            if over:
                self._commit()
        else:
            self.interrupt()
            if judgement.verdict == "wait":
                self._tell(Event.WOKEN)
                self._open("wake_word", self._taking.question_s)
            elif self._door.rings:
                self._silence(judgement.end_sample, judgement.transcript)

    def _silence(self, end: int, transcript: Transcript) -> None:
        """Carry out what silences that which rings."""
        self.interrupt()
        self._work_on(Utterance(self._time_of(end), end, why="ringing", transcript=transcript))
        self._commit()

    # Its name.

    def _called(self, wake: Wake) -> None:
        deaf = self._floor.answering and self._taking.barge_in == "button"
        if not (
            self._parts.status.state.muted or (deaf and wake.score < self._taking.wake_score_over_answer)
        ):
            self._calling.heard(wake, self._tasks)

    @property
    def _wake_ms(self) -> float | None:
        """How long the wake took that opened the ear; None where another thing did."""
        return self._calling.wake_ms if self._words else None

    def _woken(self, wake: Wake) -> None:
        if self._floor.answers_what_ended_after(wake.end_sample):
            return  # it was told late, and what was asked with it is being answered
        self._barge_in.drop()
        self._tell(Event.WOKEN)
        self._floor.drop()
        self._open("wake_word", self._taking.question_s)
        self._words = self._ear.words
        self._cue_at = self._ear.position + int(self._taking.cue_s * SAMPLE_RATE)
        self._calling.spoken_to(unnamed=False)
        self._handle(self._ear.begin_after(wake))

    # Whose turn it is.

    def _tell(self, event: Event) -> None:
        for effect in self._parts.status.tell(event):
            if effect is Effect.STOP_ANSWER:
                self._floor.drop()
            elif effect is Effect.DUCK:
                self._parts.sink.duck(DUCKED)
            elif effect is Effect.UNDUCK:
                self._parts.sink.duck(1.0)
            elif effect is Effect.SOUND_CLOSED:
                self._tasks.create_task(play_chime(self._parts, "end"))

    def _stop(self, event: Event) -> None:
        """Stop whatever goes on, for this reason; the door is closed."""
        self._barge_in.drop()
        self._tell(event)
        self._floor.drop()
        self._door.close()
        self._ear.forget()
        self._words = ()
        self._settle_floor()

    def _open(self, why: Reason, seconds: float) -> None:
        self._door.open(why, self._ear.position, seconds)
        self._settle_floor()

    def _over(self, asks: bool, outcome: Outcome) -> None:
        """Nothing is said any more: who is listened to now?"""
        taking = self._taking
        self._tell(Event.ANSWER_ENDED)
        asked_s, self._asked_s = self._asked_s, None
        if outcome == "answered":
            self._door.close()
            self._words = ()
        if asks or asked_s is not None:
            self._open("question", asked_s or taking.follow_up_s)
        elif outcome == "answered" and taking.listening == "wake_word" and taking.after_answer_s > 0:
            self._open("answer", taking.after_answer_s)
        elif outcome == "nothing" and self._door.reason == "wake_word":
            self._cue_at = self._ear.position  # that was no question: it still listens
        if self._door.reason is not None:
            self._tell(Event.WOKEN if self._door.called else Event.FOLLOW_UP_OPENED)
        self._hear_on(sounded=outcome != "nothing")
        self._settle_floor()

    def _hear_on(self, *, sounded: bool) -> None:
        """What is heard at the end of an answer: its echo, or somebody who speaks to us already."""
        if self._barge_in.active:
            self._barge_in.drop()
            if self._ear.in_utterance and self._door.why is not None:
                self._tell(Event.SPEECH_STARTED)
                return
            self._ear.forget()
        elif sounded:
            self._ear.forget(self._taking.echo_ms if self._taking.barge_in == "button" else 0)

    def _settle_floor(self) -> None:
        """Whether announcements may be made now."""
        heard = self._ear.in_utterance and self._door.why is not None
        idle = self._parts.status.state.turn is Turn.IDLE
        self._floor.announcer.settle(free=idle and not heard and not self._floor.busy)
