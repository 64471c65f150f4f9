"""One client as the server knows it: its session, its link, its turn. Outlives a lost connection for a while.

One turn at a time: a new question interrupts the answer to the last. Beside it there is room for one draft,
the answer to what the user seems to be saying.
"""

import asyncio
from collections import deque

from hive_mind.errors import ProtocolError
from hive_mind.protocol.messages import (
    Announce,
    Capabilities,
    DeviceState,
    Flow,
    Interrupt,
    LocalTurn,
    ResponseChunk,
    ServerMessage,
    SettingsState,
    VoiceInput,
    WakeDetected,
)
from hive_mind.protocol.session import ServerSession
from hive_mind.server.core.access.identity import HERE, Identity
from hive_mind.server.core.acting import Acting
from hive_mind.server.core.house import House
from hive_mind.server.core.house_orders import HouseOrders
from hive_mind.server.core.ladder import Ladder
from hive_mind.server.core.link import Link
from hive_mind.server.core.listening import Listening
from hive_mind.server.core.remembering import of_guest
from hive_mind.server.core.rooms import Rooms
from hive_mind.server.core.sounding import Sounding
from hive_mind.server.core.speech.delivery import Delivery
from hive_mind.server.core.speech.hearing import Said
from hive_mind.server.core.speech.mouth import Mouth
from hive_mind.server.core.speech.stream import Stream
from hive_mind.server.core.timekeeper import Timekeeper
from hive_mind.server.core.trace import local_trace
from hive_mind.server.core.turn import Turn
from hive_mind.server.logs import get_logger

_UTTERANCES = 64


class RemoteClient:
    """See above.

    Args:
        client_id: its name.
        house: what all clients share.
        session: of its first connection.
        who: as it was let in; of a guest, nothing is remembered.
    """

    def __init__(self, client_id: str, house: House, session: ServerSession, who: Identity = HERE) -> None:
        self.client_id = client_id
        self.session = session
        self.capabilities = Capabilities()
        self.device: DeviceState | None = None
        self.link: Link | None = None
        self._fresh = True
        self.room: str | None = None
        self.told_room: str | None = None  # as the client says it, whatever the household has set
        self.setting: SettingsState | None = None
        self.left_at: float | None = None  # when its last connection was lost, by the loop's clock
        self.who = who
        self.talk = of_guest() if who.rights.private else house.remembering
        self.keeper = Timekeeper(
            client_id,
            self.talk.memory,
            house.now,
            self._ring,
            owned=lambda: self.capabilities.local_commands,
            tell=self.send,
            voiced=lambda: self.voiced,
        )
        rooms = Rooms(house.places)
        about = HouseOrders(client_id, self.talk.traces, self.talk.memory, self.talk.forget)
        host = house.plugins.host
        acting = Acting(
            self.keeper,
            host,
            about,
            lambda: house.grammar,
            rooms,
            self._last_answer,
            lambda: self.who.rights,
            None if who.rights.private else house.context.fields,
        )
        self.ladder = Ladder(
            house.mind("guests" if who.rights.private else client_id, self.talk.memory),
            self.keeper,
            acting,
            rooms,
            house.mender,
            lambda: self.capabilities.stt,
            house.speech.by_ear,
            learns=not who.rights.private,
        )
        self.mouth = Mouth(client_id, self, house.speech, lambda: self.keeper, lambda: self.capabilities)
        self.sounding = Sounding(self.mouth, house.news.on_client)
        self.stream = Stream(client_id, house.speech, Listening(self, house), house)
        self._house = house
        self._turn: Turn | None = None
        self._draft: Turn | None = None
        self.calls: tuple[str, ...] = ()
        self._tasks: dict[Turn, asyncio.Task[None]] = {}
        self._deliveries: dict[Turn, Delivery] = {}
        self._heard: deque[str] = deque(maxlen=_UTTERANCES)
        self._patience: asyncio.TimerHandle | None = None
        self._draft_patience: asyncio.TimerHandle | None = None
        self._log = get_logger("client").bind(client_id=client_id)

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        return any(not task.done() for task in self._tasks.values())

    @property
    def voiced(self) -> bool:
        """Whether the server speaks for it."""
        can = self.capabilities
        return can.plays and not can.tts and self._house.speech.state not in ("off", "failed")

    def attach(self, link: Link, session: ServerSession) -> Link | None:
        """A connection of this client is open; answer the one that it replaces."""
        old, self.link = self.link, link
        self._fresh = self._fresh or session is not self.session
        self.session = session
        self._be_patient(None)
        self._house.spawn(self.keeper.wake())
        self._house.news.on_client()
        self._house.peers.presence_changed()
        return old

    def detach(self, link: Link) -> None:
        """A connection is gone: an answer goes on for a while, in case the client comes back."""
        if self.link is not link:
            return
        self.link = None
        self.left_at = asyncio.get_running_loop().time()
        self._house.peers.presence_changed()
        self.keeper.rest()
        self.stream.drop()
        self.mouth.hush()
        self.sounding.over()
        self._drop_draft()
        self._be_patient(self._house.config.away_s)
        self._house.news.on_client()

    def send(self, message: ServerMessage, audience: ServerSession | None = None) -> None:
        """Send to this client, or keep it for when it resumes.

        Args:
            message: what to send; left out where the client would not understand it.
            audience: the session it is for; another client's question may meanwhile sit at this remote.
        """
        session = self.session
        if audience is not None and audience.session_id != session.session_id:
            return
        if not session.may_send(message):
            return
        try:
            stamped = session.stamp(message)
        except ProtocolError as error:
            self._log.error("message not sent", code=error.code, type=type(message).__name__)
            return
        if self.link is not None:
            self.link.put(stamped)
            if isinstance(message, Announce) and self.voiced:
                self.mouth.say(message.text, message.turn_id)

    def send_audio(self, data: bytes) -> None:
        """Send a piece of voice, if the client is there."""
        if self.link is not None:
            self.link.put_audio(data)

    def on_voice_input(self, said: VoiceInput) -> None:
        """Begin, confirm or replace a turn."""
        text = said.transcription.strip()
        if not text:
            raise ProtocolError("The transcription is empty.", code="EMPTY_TRANSCRIPT")
        utterance = said.utterance_id
        if utterance in self._heard:
            return
        if said.speculative and utterance is None:
            raise ProtocolError("A speculative voice_input needs an utterance_id.", code="INVALID_MESSAGE")
        self.take(text, utterance, speculative=bool(said.speculative))

    def on_wake(self, wake: WakeDetected) -> None:
        """Its name was heard there: the words that follow are for us."""
        self.calls = (wake.word,) if wake.word else ()
        self._house.news.on_wake(wake.word, self.room)
        self._house.spawn(self._house.warm())

    def take(self, text: str, utterance: str | None, *, speculative: bool, said: Said | None = None) -> None:
        """Begin, confirm or replace a turn.

        Args:
            text: of the question.
            utterance: its name.
            speculative: the user may go on speaking.
            said: the same as we heard it, where it was we.
        """
        draft = self._draft
        fits = draft is not None and utterance == draft.utterance_id is not None and draft.text == text
        if speculative:
            if not fits:
                self._drop_draft()
                self._draft = self._begin(text, utterance, draft=True, after=None, said=said)
                later = asyncio.get_running_loop().call_later
                self._draft_patience = later(self._house.config.draft_s, self._drop_draft)
            return
        if utterance is not None:
            self._heard.append(utterance)
        if (old := self._turn) is not None:
            self._turn = None
            self._stop(old, None)
        if fits and self._draft is not None:
            self._turn, self._draft = self._draft, None
            self._turn.confirm()
            if delivery := self._deliveries.get(self._turn):
                delivery.release()
        else:
            self._drop_draft()
            self._turn = self._begin(text, utterance, draft=False, after=old, said=said)
        if said is not None:
            self._turn.trace.stages_ms["endpoint"] = round(said.endpoint_ms, 1)
        self._house.news.on_client()

    def said(self, turn_id: str) -> str:
        """The answer of a turn, as far as it is known."""
        if self._turn is not None and self._turn.turn_id == turn_id:
            return self._turn.saying.text
        trace = self.talk.traces.find(turn_id)
        return "" if trace is None else trace.answer

    def on_device_state(self, told: DeviceState) -> None:
        """The client says which time things it has."""
        self.device = told
        self._house.spawn(self.keeper.mirror(told))
        self._house.news.on_client()

    def on_settings_state(self, told: SettingsState) -> None:
        """The client says how it is set."""
        self.setting = told
        if self.who.rights.may_enter(told.room):
            self.told_room = told.room
            self.room = self._house.settings.values.client(self.client_id).room or told.room
        self._house.news.on_client()

    def on_local_turn(self, told: LocalTurn) -> None:
        """The client answered by itself: keep a trace of it."""
        trace = local_trace(told, self.client_id, self._house.now(), self.room)
        self.talk.traces.add(trace)
        self._house.news.on_turn(trace, self.room, private=self.talk.private)

    def on_interrupt(self, wish: Interrupt) -> None:
        """Stop the answer, or drop the draft."""
        if wish.utterance_id is not None and wish.turn_id is None:
            self.stream.drop(wish.utterance_id)
            self.drop_draft(wish.utterance_id)
            if self._turn is not None and self._turn.utterance_id == wish.utterance_id:
                self._stop(self._turn, wish.spoken)
            return
        if wish.turn_id is None or (self._draft is not None and self._draft.turn_id == wish.turn_id):
            self._drop_draft()
        self.silence(wish.turn_id, wish.spoken)

    def silence(self, turn_id: str | None, spoken: str | None = None) -> None:
        """Stop an answer or an announcement; None: whatever is said.

        Args:
            turn_id: of it.
            spoken: what was heard of it, where the client knows better than we.
        """
        if self._turn is not None and turn_id in (None, self._turn.turn_id):
            self._stop(self._turn, spoken)
        if turn_id is None:
            self.mouth.hush()
        else:
            self.mouth.cut(turn_id)

    def on_flow(self, flow: Flow) -> None:
        """Pause or resume the model, for a client that shares its processor."""
        if self.link is None or not self.link.is_loopback:
            return
        for turn in (self._turn, self._draft):
            if turn is not None and turn.turn_id == flow.turn_id:
                if flow.state == "hold":
                    turn.gate.hold()
                else:
                    turn.gate.go()

    def interrupt(self) -> None:
        """Stop everything."""
        self._drop_draft()
        self.mouth.hush()
        if self._turn is not None:
            self._turn.interrupt()

    async def finished(self) -> None:
        """Return when no turn runs."""
        if running := [task for task in self._tasks.values() if not task.done()]:
            await asyncio.wait(running)

    def _stop(self, turn: Turn, spoken: str | None) -> None:
        """Stop a turn; of an answer that was only still being spoken, remember what was heard."""
        heard = self.mouth.cut(turn.turn_id)
        spoken = heard if spoken is None else spoken
        if turn.over.is_set() and spoken is not None:
            self._house.spawn(self.talk.memory.cut_answer(turn.turn_id, spoken.strip()))
        turn.interrupt(spoken)

    def _begin(
        self, text: str, utterance: str | None, *, draft: bool, after: Turn | None, said: Said | None
    ) -> Turn:
        session = self.session
        delivery = Delivery(lambda message: self.send(message, session), held=draft and said is not None)
        turn = Turn(
            text,
            client_id=self.client_id,
            room=self.room,
            utterance_id=utterance,
            draft=draft,
            send=delivery.take,
            memory=self.talk.memory,
            rooms=self.who.rights.rooms,
            ladder=self.ladder,
            heard=None if said is None else said.transcript,
            alive=lambda: self._house.peers.alive,
            fresh=self._fresh,
        )
        self._fresh = False
        turn.trace.room = self.room
        turn.trace.spoken = said is not None or self.capabilities.stt
        if said is not None:
            turn.trace.stages_ms["stt"] = said.stt_ms
        if self.voiced and self.link is not None:
            delivery.speech = self.mouth.begin(turn.turn_id, turn.gate, turn.trace)
        if draft:
            self._deliveries[turn] = delivery
        else:
            delivery.release()
        self.talk.traces.add(turn.trace)
        task = self._house.spawn(self._house.speech.before_all_else(lambda: turn.run(after)))
        self._tasks[turn] = task
        task.add_done_callback(lambda _: self._gone(turn))
        return turn

    def _gone(self, turn: Turn) -> None:
        self._tasks.pop(turn, None)
        self._deliveries.pop(turn, None)
        self._house.news.on_turn(turn.trace, self.room, private=self.talk.private)

    def drop_draft(self, utterance_id: str) -> None:
        """Forget what was prepared for an utterance."""
        if self._draft is not None and self._draft.utterance_id == utterance_id:
            self._drop_draft()

    def _drop_draft(self) -> None:
        if self._draft_patience is not None:
            self._draft_patience.cancel()
            self._draft_patience = None
        draft, self._draft = self._draft, None
        if draft is not None and (task := self._tasks.get(draft)) is not None:
            draft.trace.outcome = "dropped"
            self.mouth.cut(draft.turn_id)
            task.cancel()

    def _be_patient(self, seconds: float | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if seconds is not None:
            self._patience = asyncio.get_running_loop().call_later(seconds, self._lose_patience)

    def _lose_patience(self) -> None:
        """The client has not come back: stop answering; later, forget its session."""
        if self.busy:
            self.interrupt()
        self._patience = asyncio.get_running_loop().call_later(
            self._house.config.keep_session_s, self._house.forget_client, self
        )

    def _last_answer(self) -> str:
        last = self.talk.traces.last(self.client_id)
        return "" if last is None else last.answer

    def _ring(self, text: str) -> bool:
        if self.link is None:
            return False
        turn_id = self._house.new_turn_id()
        if self.session.said_hello:
            self.send(Announce(text=text, kind="timer", turn_id=turn_id))
        else:
            self.send(ResponseChunk(content=text, is_final=True, chunk_index=0, turn_id=turn_id))
        return True
