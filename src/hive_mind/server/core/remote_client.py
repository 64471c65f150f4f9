"""One client as the server knows it: its session, its link, what it can. Outlives a lost link for a while."""

import asyncio

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
from hive_mind.server.core.speech.mouth import Mouth
from hive_mind.server.core.speech.stream import Stream
from hive_mind.server.core.timekeeper import Timekeeper
from hive_mind.server.core.trace import local_trace
from hive_mind.server.core.turns import Turns
from hive_mind.server.logs import get_logger


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
        self.fresh = True  # nothing was asked since it came
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
        self.turns = Turns(self, house)
        self.calls: tuple[str, ...] = ()
        self._patience: asyncio.TimerHandle | None = None
        self._log = get_logger("client").bind(client_id=client_id)

    @property
    def voiced(self) -> bool:
        """Whether the server speaks for it."""
        can = self.capabilities
        return can.plays and not can.tts and self._house.speech.state not in ("off", "failed")

    def attach(self, link: Link, session: ServerSession) -> Link | None:
        """A connection of this client is open; answer the one that it replaces."""
        old, self.link = self.link, link
        self.fresh = self.fresh or session is not self.session
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
        self.turns.drop_draft()
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
        if self.turns.knows(utterance):
            return
        if said.speculative and utterance is None:
            raise ProtocolError("A speculative voice_input needs an utterance_id.", code="INVALID_MESSAGE")
        self.turns.take(text, utterance, speculative=bool(said.speculative))

    def on_wake(self, wake: WakeDetected) -> None:
        """Its name was heard there: the words that follow are for us."""
        self.calls = (wake.word,) if wake.word else ()
        self._house.news.on_wake(wake.word, self.room)
        self._house.spawn(self._house.warm())

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
            self.turns.drop(wish.utterance_id, wish.spoken)
            return
        self.turns.drop_draft(turn_id=wish.turn_id)
        self.turns.silence(wish.turn_id, wish.spoken)

    def on_flow(self, flow: Flow) -> None:
        """Pause or resume the model, for a client that shares its processor."""
        if self.link is None or not self.link.is_loopback:
            return
        self.turns.pace(flow.turn_id, hold=flow.state == "hold")

    def _be_patient(self, seconds: float | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if seconds is not None:
            self._patience = asyncio.get_running_loop().call_later(seconds, self._lose_patience)

    def _lose_patience(self) -> None:
        """The client has not come back: stop answering; later, forget its session."""
        if self.turns.busy:
            self.turns.interrupt()
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
