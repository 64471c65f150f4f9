"""The turns of one client: one at a time, a new question interrupts the answer to the last.

Beside it there is room for one draft, the answer to what the user seems to be saying.
"""

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from hive_mind.server.core.question import Question
from hive_mind.server.core.speech.delivery import Delivery
from hive_mind.server.core.speech.listener import Reading, Said
from hive_mind.server.core.turn import Turn

if TYPE_CHECKING:
    from hive_mind.server.core.house import House
    from hive_mind.server.core.remote_client import RemoteClient

_UTTERANCES = 64


class Turns:
    """See above.

    Args:
        client: whose turns they are.
        house: what it shares with the others.
    """

    def __init__(self, client: "RemoteClient", house: "House") -> None:
        self._client = client
        self._house = house
        self._turn: Turn | None = None
        self._draft: Turn | None = None
        self._tasks: dict[Turn, asyncio.Task[None]] = {}
        self._deliveries: dict[Turn, Delivery] = {}
        self._heard: deque[str] = deque(maxlen=_UTTERANCES)
        self._draft_patience: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        return any(not task.done() for task in self._tasks.values())

    def take(
        self, text: str, utterance: str | None, *, speculative: bool, said: Said | None = None
    ) -> str | None:
        """Begin, confirm or replace a turn. What comes under the name of one that we heard here amends it.

        Args:
            text: of the question.
            utterance: its name.
            speculative: the user may go on speaking.
            said: the same as we heard it, where it was we.

        Returns:
            The turn in which it is answered; None while it is only prepared.
        """
        draft = self._draft
        fits = draft is not None and utterance == draft.utterance_id is not None and draft.text == text
        if speculative:
            if not fits:
                self.drop_draft()
                self._draft = self._begin(text, utterance, draft=True, after=None, said=said)
                later = asyncio.get_running_loop().call_later
                self._draft_patience = later(self._house.config.draft_s, self.drop_draft)
            return None
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
            self.drop_draft()
            self._turn = self._begin(text, utterance, draft=False, after=old, said=said)
        if said is not None:
            self._turn.trace.stages_ms["endpoint"] = round(said.endpoint_ms, 1)
        self._house.news.on_client()
        return self._turn.turn_id

    async def more(self, said: Said) -> tuple[Said, Reading] | None:
        """The last order and more of it, and what it asks for; None: nothing of the kind."""
        turn = self._turn
        if turn is None or turn.understood is None or not said.text:
            return None
        ladder = self._client.ladder
        found = await ladder.more(said.text, said.transcript, turn.understood, turn.saying.text)
        return None if found is None else (replace(said, text=found), await ladder.reading(found))

    def said(self, turn_id: str) -> str:
        """The answer of a turn, as far as it is known."""
        if self._turn is not None and self._turn.turn_id == turn_id:
            return self._turn.saying.text
        trace = self._client.talk.traces.find(turn_id)
        return "" if trace is None else trace.answer

    def knows(self, utterance: str | None) -> bool:
        """Whether it was answered, or is being answered."""
        return utterance in self._heard

    def pace(self, turn_id: str, *, hold: bool) -> None:
        """Pause the model in a turn, or let it go on."""
        for turn in (self._turn, self._draft):
            if turn is not None and turn.turn_id == turn_id:
                (turn.gate.hold if hold else turn.gate.go)()

    def drop(self, utterance_id: str, spoken: str | None = None) -> None:
        """Forget what was prepared for an utterance, and stop the answer to it."""
        self.drop_draft(utterance_id=utterance_id)
        if self._turn is not None and self._turn.utterance_id == utterance_id:
            self._stop(self._turn, spoken)

    def silence(self, turn_id: str | None, spoken: str | None = None) -> None:
        """Stop an answer or an announcement; None: whatever is said.

        Args:
            turn_id: of it.
            spoken: what was heard of it, where the client knows better than we.
        """
        if self._turn is not None and turn_id in (None, self._turn.turn_id):
            self._stop(self._turn, spoken)
        if turn_id is None:
            self._client.mouth.hush()
        else:
            self._client.mouth.cut(turn_id)

    def interrupt(self) -> None:
        """Stop everything."""
        self.drop_draft()
        self._client.mouth.hush()
        if self._turn is not None:
            self._turn.interrupt()

    async def finished(self) -> None:
        """Return when no turn runs."""
        if running := [task for task in self._tasks.values() if not task.done()]:
            await asyncio.wait(running)

    def _stop(self, turn: Turn, spoken: str | None) -> None:
        """Stop a turn; of an answer that was only still being spoken, remember what was heard."""
        heard = self._client.mouth.cut(turn.turn_id)
        spoken = heard if spoken is None else spoken
        if turn.over.is_set() and spoken is not None:
            self._house.spawn(self._client.talk.memory.cut_answer(turn.turn_id, spoken.strip()))
        turn.interrupt(spoken)

    def _begin(
        self, text: str, utterance: str | None, *, draft: bool, after: Turn | None, said: Said | None
    ) -> Turn:
        client, session = self._client, self._client.session
        delivery = Delivery(lambda message: client.send(message, session), held=draft and said is not None)
        before = self._turn if after is None else after
        if said is None or before is None or before.utterance_id != utterance:
            before = None  # this one stands for itself
        question = Question(
            text,
            client.client_id,
            client.room,
            utterance,
            heard=None if said is None else said.transcript,
            rooms=client.who.rights.rooms,
            fresh=client.fresh,
            amends=None if before is None else before.understood,
        )
        turn = Turn(
            question,
            draft=draft,
            send=delivery.take,
            memory=client.talk.memory,
            ladder=client.ladder,
            alive=lambda: self._house.peers.alive,
        )
        client.fresh = False
        turn.trace.room = client.room
        turn.trace.spoken = said is not None or client.capabilities.stt
        if said is not None:
            turn.trace.stages_ms["stt"] = said.stt_ms
        if client.voiced and client.link is not None:
            delivery.speech = client.mouth.begin(turn.turn_id, turn.gate, turn.trace)
        if draft:
            self._deliveries[turn] = delivery
        else:
            delivery.release()
        client.talk.traces.add(turn.trace)
        task = self._house.spawn(self._house.speech.before_all_else(lambda: turn.run(before or after)))
        self._tasks[turn] = task
        task.add_done_callback(lambda _: self._gone(turn))
        return turn

    def _gone(self, turn: Turn) -> None:
        self._tasks.pop(turn, None)
        self._deliveries.pop(turn, None)
        self._house.news.on_turn(turn.trace, self._client.room, private=self._client.talk.private)

    def drop_draft(self, *, utterance_id: str | None = None, turn_id: str | None = None) -> None:
        """Forget what is prepared; only if it has this name, where one is given."""
        draft = self._draft
        if utterance_id is not None and (draft is None or draft.utterance_id != utterance_id):
            return
        if turn_id is not None and (draft is None or draft.turn_id != turn_id):
            return
        if self._draft_patience is not None:
            self._draft_patience.cancel()
            self._draft_patience = None
        self._draft = None
        if draft is not None and (task := self._tasks.get(draft)) is not None:
            draft.trace.outcome = "dropped"
            self._client.mouth.cut(draft.turn_id)
            task.cancel()
