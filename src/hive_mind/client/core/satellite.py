"""The voice loop of a client whose server hears and speaks for it.

Wake word, voice activity, timers and the taking of turns stay here. What is said after the name is streamed
as it is said; the server tells when it was over, and its answer is played as it comes. Without a server no
word is understood: the client says so, timers ring all the same, and its name or the button silences them.
"""

from hive_mind.client.core.pipeline import VoiceLoop
from hive_mind.client.core.reading import Utterance
from hive_mind.client.core.remote_attempt import RemoteAttempt
from hive_mind.client.core.state import Turn
from hive_mind.speech.audio import Samples
from hive_mind.speech.endpointing import Endpoint, NoSpeech, Speculate, TooLong
from hive_mind.speech.engines import Transcript, Wake
from hive_mind.speech.listening import Heard

LOCAL_GATE_MS = 1500
"""The server, which knows the words, ends an utterance sooner; this is for when it does not."""


class SatelliteLoop(VoiceLoop):
    """See above."""

    def _heard_frame(self, frame: Samples) -> None:
        attempt = self._remote
        if attempt is not None:
            attempt.feed(frame)

    @property
    def _remote(self) -> RemoteAttempt | None:
        attempt = self._floor.attempt
        return attempt if isinstance(attempt, RemoteAttempt) else None

    def _speech_started(self, sample: int) -> None:
        if self._door.why == "ringing":
            self._ear.forget()  # no word is understood here
            return
        super()._speech_started(sample)
        if self._parts.status.state.turn is not Turn.LISTENING or not self._ear.in_utterance:
            return
        at = self._ear.position
        utterance = Utterance(
            self._time_of(at), at, self._ear.samples(), why=self._door.why or "always", wake_ms=self._wake_ms
        )
        self._floor.begin(RemoteAttempt(self._parts, utterance, self._server_heard), self._tasks)

    def _server_heard(self) -> None:
        self._ear.forget()

    def _question(self, event: Heard) -> None:
        attempt = self._remote
        match event:
            case Speculate(speech_end_sample=end) if attempt is not None:
                attempt.paused(self._time_of(end))
                self._handle(self._ear.settle(LOCAL_GATE_MS))
            case Endpoint() | TooLong():
                self._ear.take()
                if attempt is not None:
                    attempt.close()
            case NoSpeech():
                super()._question(event)

    def _silence(self, end: int, transcript: Transcript) -> None:
        del end, transcript
        self.interrupt()
        self._tasks.create_task(self._parts.keeper.silence())

    def _woken(self, wake: Wake) -> None:
        if self._door.rings:
            self._silence(wake.end_sample, Transcript("stop"))
        super()._woken(wake)
