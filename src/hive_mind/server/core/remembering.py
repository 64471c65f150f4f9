"""What is remembered of what a client says: by the house, or, for a guest, by nobody.

A guest's talk lives in the memory of this process, so that "et demain ?" still means something, and goes
with its session. It is in no file, no database and no other client, and what others said is not in its
prompt.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hive_mind.protocol.messages import Forget
from hive_mind.server.core.asked import Asked
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.trace import Traces

GUEST_TAIL = 12
"""Entries of a guest's own talk that are kept while it is there."""


class Memory(Protocol):
    """Remembers a conversation, and small states of a client."""

    @property
    def tail(self) -> tuple[Entry, ...]:
        """The newest entries, oldest first."""
        ...

    def add(self, entry: Entry) -> asyncio.Future[None]:
        """Add one; it is safe when what this returns is done."""
        ...

    async def asked_before(
        self, client_id: str, utterance_id: str, alive: frozenset[str], *, fresh: bool
    ) -> Asked | None:
        """What became of an utterance; waits for its answer while the server that makes it is alive.

        Args:
            client_id: who asks.
            utterance_id: its name for the question.
            alive: the other servers.
            fresh: the client has just come, perhaps from a server that died before it could tell of this.
        """
        ...

    async def cut_answer(self, turn_id: str, heard: str) -> None:
        """Remember of an answer only what was heard."""
        ...

    async def between(self, start: datetime | None, end: datetime | None) -> list[Entry]:
        """What was said then."""
        ...

    async def save_state(self, name: str, value: bytes | None) -> None:
        """Keep a small state."""
        ...

    async def load_state(self, name: str) -> bytes | None:
        """A state that was kept."""
        ...


@dataclass(frozen=True, slots=True)
class Remembering:
    """Where what a client says goes.

    Attributes:
        memory: the conversation.
        traces: of its turns.
        forget: erases, and answers how many entries went.
        private: whether it is a guest's.
    """

    memory: Memory
    traces: Traces
    forget: Callable[[Forget], Awaitable[int]]
    private: bool = False


class GuestMemory:
    """See above."""

    def __init__(self) -> None:
        self._tail: deque[Entry] = deque(maxlen=GUEST_TAIL)
        self._states: dict[str, bytes | None] = {}
        self.traces = Traces()

    @property
    def tail(self) -> tuple[Entry, ...]:
        """What was said with this guest."""
        return tuple(self._tail)

    def add(self, entry: Entry) -> asyncio.Future[None]:
        """Add one."""
        self._tail.append(entry)
        added: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        added.set_result(None)
        return added

    async def asked_before(self, *_: object, **__: object) -> Asked | None:
        """Nobody knows: another server was told nothing of a guest."""
        return None

    async def cut_answer(self, turn_id: str, heard: str) -> None:
        """Remember of an answer only what was heard."""
        cut = (
            entry.model_copy(update={"text": heard, "complete": False})
            if entry.turn_id == turn_id and entry.role == "assistant"
            else entry
            for entry in self._tail
        )
        self._tail = deque((entry for entry in cut if entry.text), maxlen=GUEST_TAIL)

    async def between(self, start: datetime | None, end: datetime | None) -> list[Entry]:
        """What was said with this guest then."""
        return [
            entry
            for entry in self._tail
            if (start is None or entry.timestamp >= start) and (end is None or entry.timestamp < end)
        ]

    async def save_state(self, name: str, value: bytes | None) -> None:
        """Keep a small state while the guest is there."""
        self._states[name] = value

    async def load_state(self, name: str) -> bytes | None:
        """A state that was kept."""
        return self._states.get(name)

    async def forget(self, wish: Forget) -> int:
        """Erase of its own talk."""
        before = len(self._tail)
        kept = (entry for entry in self._tail if wish.scope == "turn" and entry.turn_id != wish.turn_id)
        self._tail = deque(kept, maxlen=GUEST_TAIL)
        self.traces.forget(wish.turn_id if wish.scope == "turn" else None)
        return before - len(self._tail)


def of_guest() -> Remembering:
    """What a guest's talk goes to."""
    memory = GuestMemory()
    return Remembering(memory, memory.traces, memory.forget, private=True)
