"""The conversation of the house as this process sees it: its newest part in memory, all of it in Redis.

When Redis is away, turns go on from memory; what is said meanwhile waits here (bounded) and is written when
Redis returns. Entries are in Redis before `append` returns, as long as it is there.
"""

import asyncio
import contextlib
import itertools
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

from hive_mind.errors import ConfigError, ContextError
from hive_mind.server.core.asked import Asked, AskedBefore
from hive_mind.server.core.entry import Entry, span
from hive_mind.server.core.store import ContextStore, Stored
from hive_mind.server.logs import get_logger

TAIL = 60
"""Entries kept in memory."""

REREAD = 400
"""Entries that are looked at after a start, for questions that come again."""

_ANSWER_S = 5.0  # to wait for another server to finish an answer

WAITING = 2000
"""Entries that wait for Redis at most; then the oldest are given up."""

_RETRY_S = (0.25, 0.5, 1.0, 2.0, 5.0)
_BATCH = 200
_TRIM_EVERY_S = 24 * 3600.0

Listener = Callable[[Entry], None]
StateListener = Callable[[str], Awaitable[None]]


class Context:
    """Shared conversation.

    Args:
        store: where it is kept.
        revive: brings the embedded Redis back when it is down; None when Redis is not ours.
    """

    def __init__(self, store: ContextStore, revive: Callable[[], Awaitable[None]] | None = None) -> None:
        self._store = store
        self._revive = revive
        self.origin = secrets.token_hex(8)
        self.on_event: Callable[[str, Mapping[str, Any]], bool] = lambda *_: False
        self.on_joined: Callable[[], None] = lambda: None
        self.others: Callable[[], bool] = lambda: True
        self._asked = AskedBefore()
        self._answered = asyncio.Condition()
        self._tail: deque[Entry] = deque(maxlen=TAIL)
        self._waiting: deque[Entry] = deque(maxlen=WAITING)
        self._states: dict[str, bytes | None] = {}
        self._lost = asyncio.Event()
        self._write = asyncio.Lock()
        self._batch: list[tuple[Entry, asyncio.Future[None]]] = []
        self._saving: asyncio.Task[None] | None = None
        self._listeners: list[Listener] = []
        self._state_listeners: list[StateListener] = []
        self._log = get_logger("context")

    @property
    def available(self) -> bool:
        """Whether Redis answers, as far as is known."""
        return not self._lost.is_set()

    @property
    def tail(self) -> tuple[Entry, ...]:
        """The newest entries, oldest first."""
        return tuple(self._tail)

    @property
    def unsaved(self) -> int:
        """Messages that wait for Redis to come back."""
        return len(self._waiting)

    def listen(self, listener: Listener) -> None:
        """Call `listener` for every entry, of this server and of others."""
        self._listeners.append(listener)

    def listen_to_states(self, listener: StateListener) -> None:
        """Call `listener` with the name of every state that another server has changed and told of.

        The name is empty when Redis is back: any state may be another one then.
        """
        self._state_listeners.append(listener)

    async def start(self) -> None:
        """Read the newest part. If Redis is away, start empty and go on trying.

        Raises:
            ConfigError: SCHEMA_NEWER.
        """
        try:
            await self._store.migrate()
            await self._reload()
            await self._store.trim(datetime.now(UTC))
        except ContextError as error:
            self._now_lost(error)

    async def run(self) -> None:
        """Keep in touch with Redis until cancelled: other servers' entries, recovery, daily trimming."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._recover())
            group.create_task(self._trim())

    async def append(self, entry: Entry) -> None:
        """Add an entry; it is on disk when this returns, unless Redis is away."""
        await self.add(entry)

    def add(self, entry: Entry) -> asyncio.Future[None]:
        """Add an entry; it is on disk when what this returns is done, unless Redis is away."""
        self._take(entry, self.origin)
        saved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._batch.append((entry, saved))
        if self._saving is None:
            self._saving = asyncio.create_task(self._save_batches())
        return saved

    async def _save_batches(self) -> None:
        """Write what came together, together: the disk is waited for once."""
        try:
            while self._batch:
                async with self._write:
                    batch, self._batch = self._batch, []
                    entries = [entry for entry, _ in batch]
                    kept = await self._save_all(entries)
                for _, saved in batch:
                    if not saved.done():
                        saved.set_result(None)
                if kept and self.others():
                    with contextlib.suppress(ContextError):
                        await self.publish({"entries": [e.model_dump(mode="json") for e in entries]})
        finally:
            self._saving = None

    async def _save_all(self, entries: list[Entry]) -> bool:
        """Write entries, or keep them for when Redis is back."""
        if not self._lost.is_set() and not self._waiting:
            try:
                await self._store.append_all(entries)
            except ContextError as error:
                self._now_lost(error)
            else:
                return True
        self._waiting.extend(entries)
        return False

    async def refresh(self) -> None:
        """Another server was met: read what it may have written before it knew of us."""
        with contextlib.suppress(ContextError):
            async with self._write:
                await self._reload()

    async def asked_before(
        self, client_id: str, utterance_id: str, alive: frozenset[str], *, fresh: bool
    ) -> Asked | None:
        """See `Memory.asked_before`."""
        found = self._asked.find(client_id, utterance_id)
        if found is None and fresh:
            with contextlib.suppress(ContextError):
                self._note_all(await self._store.tail(REREAD))
            found = self._asked.find(client_id, utterance_id)
        if found is None or found.answer is not None or found.server not in alive:
            return found
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S), self._answered:
                while found is not None and found.answer is None:
                    await self._answered.wait()
                    found = self._asked.find(client_id, utterance_id)
        return found

    async def claim(self, name: str, seconds: float) -> bool:
        """Whether this server has a thing of which the house needs one; yes while Redis is away."""
        try:
            return await self._store.claim(name, self.origin, seconds) == self.origin
        except ContextError:
            return True

    @property
    def fields(self) -> ContextStore:
        """Sealed values under a name and a key, as they are in Redis now."""
        return self._store

    async def between(self, start: datetime | None, end: datetime | None) -> list[Entry]:
        """See `ContextStore.between`; raises as that."""
        return [stored.entry for stored in await self._store.between(start, end)]

    async def newest(self, count: int, before: datetime | None = None) -> list[Entry]:
        """See `ContextStore.tail`; raises as that."""
        return [stored.entry for stored in await self._store.tail(count, before)]

    async def forget(
        self, scope: Literal["turn", "day", "all"], turn_id: str | None, day: date | None
    ) -> int:
        """Erase from Redis and from memory; answer how many entries of Redis went.

        Raises:
            ContextError: Redis is away, so nothing was erased there; or FORGET_INVALID.
        """
        start, end = span(scope, day)
        if scope == "turn" and not turn_id:
            raise ContextError("Which turn to forget is not said.", code="FORGET_INVALID", retryable=False)

        def goes(entry: Entry) -> bool:
            if scope == "turn":
                return entry.turn_id == turn_id
            return (start is None or entry.timestamp >= start) and (end is None or entry.timestamp < end)

        async with self._write:
            self._keep_only(lambda entry: not goes(entry))
            self._asked.forget()
            if scope == "turn":
                erased = await self._store.forget_turn(turn_id or "")
            else:
                erased = await self._store.forget_between(start, end)
            await self._store.forget_finished()
        await self._store.compact()
        with contextlib.suppress(ContextError):
            await self.publish({"forgotten": "wished"})
        return erased

    async def cut_answer(self, turn_id: str, heard: str) -> None:
        """Remember of a turn's answer only what was heard.

        Raises:
            ContextError: Redis is away; in memory it is done all the same.
        """
        async with self._write:
            answer = next((e for e in self._tail if e.turn_id == turn_id and e.role == "assistant"), None)
            if answer is None:
                return
            cut = answer.model_copy(update={"text": heard, "complete": False})
            kept = (cut if e is answer else e for e in self._tail)
            self._tail = deque((e for e in kept if e.text), maxlen=TAIL)
            if answer in self._waiting:
                waiting = (cut if e is answer else e for e in self._waiting)
                self._waiting = deque((e for e in waiting if e.text), maxlen=WAITING)
                return
            await self._store.forget_turn(turn_id, "assistant", answer.timestamp)
            if heard:
                await self._store.append(cut)
        with contextlib.suppress(ContextError):
            await self.publish({"forgotten": True})

    async def save_state(self, name: str, value: bytes | None, *, tell: bool = False) -> None:
        """Keep a small state; while Redis is away, in memory.

        Args:
            name: of the state.
            value: None removes it.
            tell: let the other servers of this house know.
        """
        try:
            await self._store.save(name, value)
        except ContextError as error:
            self._states[name] = value
            self._now_lost(error)
            return
        if tell:
            with contextlib.suppress(ContextError):
                await self.publish({"kept": name})

    async def load_state(self, name: str) -> bytes | None:
        """A state kept by `save_state`."""
        if name in self._states:
            return self._states[name]
        try:
            return await self._store.load(name)
        except ContextError as error:
            self._now_lost(error)
            return None

    def _keep_only(self, keep: Callable[[Entry], bool]) -> None:
        kept = [entry for entry in self._tail if keep(entry)]
        self._tail = deque(kept, maxlen=TAIL)
        self._waiting = deque((entry for entry in self._waiting if keep(entry)), maxlen=WAITING)

    def _now_lost(self, error: ContextError) -> None:
        if not self._lost.is_set():
            self._lost.set()
            self._log.warning("redis away, going on from memory", reason=error.message)

    async def publish(self, event: dict[str, object]) -> int:
        """Tell the other servers; answer how many listen, this one included.

        Raises:
            ContextError: Redis is away.
        """
        return await self._store.publish(json.dumps({"origin": self.origin, **event}).encode(), self.origin)

    def _take(self, entry: Entry, server: str) -> None:
        """Something was said: keep it in the order in which it was, whichever server heard it."""
        later: list[Entry] = []
        while self._tail and self._tail[-1].timestamp > entry.timestamp and len(later) < TAIL:
            later.append(self._tail.pop())
        self._tail.append(entry)
        self._tail.extend(reversed(later))
        self._asked.note(entry, server)
        for listener in self._listeners:
            listener(entry)

    async def _reload(self) -> None:
        """Take the newest part from Redis, and keep what still waits to be written."""
        stored = await self._store.tail(REREAD)
        self._note_all(stored)
        self._tail = deque([s.entry for s in stored[-TAIL:]] + list(self._waiting), maxlen=TAIL)

    def _note_all(self, stored: list[Stored]) -> None:
        """Note questions and answers that nobody told us of."""
        for each in stored:
            if self._asked.find(each.entry.client_id, each.entry.utterance_id or "") is None:
                self._asked.note(each.entry, "")

    async def _follow(self) -> None:
        """Take in what other servers say."""
        while True:
            try:
                async for raw in self._store.events(self.origin, self.on_joined):
                    await self._take_in(raw)
            except ContextError as error:
                self._now_lost(error)
                await asyncio.sleep(_RETRY_S[1])

    async def _take_in(self, raw: bytes) -> None:
        try:
            event = json.loads(raw)
            if self.on_event(event["origin"], event):
                return
            if "kept" in event:
                for listen in self._state_listeners:
                    await listen(str(event["kept"]))
                return
            entries = [Entry.model_validate(entry) for entry in event.get("entries", ())]
        except (ValueError, KeyError, TypeError, AttributeError):
            self._log.warning("event of another version ignored")
            return
        if not entries:
            if event.get("forgotten") == "wished":
                self._asked.forget()
            await self._reload()
            return
        for entry in entries:
            self._take(entry, str(event["origin"]))
        async with self._answered:
            self._answered.notify_all()

    async def _recover(self) -> None:
        """Whenever Redis is lost, bring it back or wait for it, then write what waited."""
        while True:
            await self._lost.wait()
            attempt = 0
            while not await self._try_to_return(attempt):
                attempt += 1
            self._log.info("redis back")

    async def _try_to_return(self, attempt: int) -> bool:
        try:
            if self._revive is not None:
                await self._revive()
            await self._store.migrate()
            async with self._write:
                await self._write_back()
                await self._reload()
                self._lost.clear()
            for listen in self._state_listeners:
                await listen("")
        except (ContextError, ConfigError) as error:
            self._log.debug("redis still away", reason=error.message)
            await asyncio.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
            return False
        return True

    async def _write_back(self) -> None:
        while self._waiting:
            batch = list(itertools.islice(self._waiting, _BATCH))
            await self._store.append_again(batch)
            for _ in batch:
                self._waiting.popleft()
        for name in list(self._states):
            await self._store.save(name, self._states[name])
            del self._states[name]

    async def _trim(self) -> None:
        while True:
            await asyncio.sleep(_TRIM_EVERY_S)
            with contextlib.suppress(ContextError):
                await self._store.trim(datetime.now(UTC))
