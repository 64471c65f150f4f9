"""The routes of pairing and tokens without a house: a register in memory, and time that a test moves."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI

from hive_mind.errors import ContextError
from hive_mind.server.core.access.desk import Desk
from hive_mind.server.core.access.gate import Known
from hive_mind.server.core.access.routes import router
from hive_mind.server.core.access.tokens import owner_key
from hive_mind.server.core.access.welcome import Door
from hive_mind.server.core.answers import answer_faults
from hive_mind.server.core.settings.values import HouseSettings
from hive_mind.server.core.shield import Shield

LAN = "192.168.1.30"
HOUSE_KEY = bytes(range(32))


class MemorySafe:
    """Keeps states in memory; it can be away."""

    def __init__(self) -> None:
        self.states: dict[str, bytes] = {}
        self.away = False

    async def load(self, name: str) -> bytes | None:
        """What is kept."""
        self._check()
        return self.states.get(name)

    async def change(self, name: str, step: Callable[[bytes | None], bytes]) -> bytes:
        """Change it."""
        self._check()
        self.states[name] = step(self.states.get(name))
        return self.states[name]

    def _check(self) -> None:
        if self.away:
            raise ContextError("Redis does not answer.")


class OneKey:
    """A house whose key stays what it is."""

    async def rotate(self) -> int:
        """Nothing is sealed here."""
        return 0

    def newest(self) -> bytes:
        """The key."""
        return HOUSE_KEY


@dataclass
class FrontDesk:
    """A desk with its routes.

    Attributes:
        now: moves when a test says so.
    """

    safe: MemorySafe = field(default_factory=MemorySafe)
    now: datetime = datetime(2026, 11, 24, 10, tzinfo=UTC)
    work: list[Coroutine[Any, Any, None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(
            self.safe,
            self.work.append,
            now=lambda: self.now,
            monotonic=lambda: self.now.timestamp(),
            owner=owner_key(HOUSE_KEY),
        )
        self.app = FastAPI()
        self.app.state.house = SimpleNamespace(
            access=self.desk,
            door=Door(self.desk),
            remotes={},
            keys=OneKey(),
            settings=SimpleNamespace(values=HouseSettings()),
        )
        self.app.add_middleware(Shield)
        answer_faults(self.app)
        self.app.include_router(router)

        @self.app.get("/api/secret")
        async def secret(who: Known) -> dict[str, str]:
            return {"name": who.name}

    def wait(self, **time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**time)

    async def settle(self) -> None:
        """Do what was put off."""
        while self.work:
            await self.work.pop()

    def close(self) -> None:
        """Drop what was put off."""
        while self.work:
            self.work.pop().close()

    def at(self, address: str = LAN, **headers: str) -> httpx.AsyncClient:
        """A program at an address."""
        transport = httpx.ASGITransport(self.app, client=(address, 4711))
        return httpx.AsyncClient(transport=transport, base_url="http://hive.local:8000", headers=headers)

    def here(self) -> httpx.AsyncClient:
        """A program on the server's own machine."""
        return self.at("127.0.0.1")

    async def code(self, **rights: Any) -> str:
        """Six digits that the server shows."""
        async with self.here() as http:
            answer = await http.post("/api/pair/codes", json=rights)
            return str(answer.raise_for_status().json()["code"])

    async def pair(self, client_id: str = "cuisine", address: str = LAN, **rights: Any) -> dict[str, Any]:
        """Pair a client; its tokens."""
        code = await self.code(**rights)
        async with self.at(address) as http:
            said = {"client_id": client_id, "name": client_id.title(), "code": code}
            answer = await http.post("/api/pair", json=said)
            granted: dict[str, Any] = answer.raise_for_status().json()
            return granted

    async def renew(self, token: str, address: str = LAN) -> httpx.Response:
        """Renew tokens."""
        async with self.at(address) as http:
            return await http.post("/api/token", json={"refresh_token": token})

    async def status(self, access: str, address: str = LAN) -> tuple[int, str]:
        """What a paired client is answered: the status and the code."""
        async with self.at(address, Authorization=f"Bearer {access}") as http:
            answer = await http.get("/api/secret")
            return answer.status_code, answer.json().get("code", "")


async def front_desk() -> FrontDesk:
    """A desk that has opened."""
    made = FrontDesk()
    await made.desk.start()
    return made
