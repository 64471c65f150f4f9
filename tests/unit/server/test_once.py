"""What may be asked for again is done once."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from hive_mind.errors import ContextError
from hive_mind.server.core.acting import Done
from hive_mind.server.core.once import once
from hive_mind.server.core.redis_client import connect
from hive_mind.server.core.redis_server import EmbeddedRedis
from hive_mind.server.core.store import ContextStore
from hive_mind.server.core.trace import OrderTrace
from hive_mind.understanding.grammar import Match
from tests.fakes.running_server import Running
from tests.fakes.text_client import TextClient
from tests.unit.server.test_context import VAULT, entry

pytestmark = pytest.mark.anyio
TEXT = TypeAdapter(str)


class Marks:
    """In memory."""

    def __init__(self, *, away: bool = False) -> None:
        self.kept: dict[str, bytes] = {}
        self.away = away

    async def begin(self, name: str, _seconds: float) -> bytes | None:
        if self.away:
            raise ContextError("away")
        known = self.kept.get(name)
        self.kept.setdefault(name, b"")
        return known

    async def finish(self, name: str, _seconds: float, result: bytes) -> None:
        self.kept[name] = result


async def did(marks: Marks, what: list[str]) -> str:
    async def work() -> str:
        what.append("done")
        return "Voilà."

    return await once(marks, "t-1:1:lamp_on", TEXT, work, lambda: "Je ne sais pas.")


async def test_what_was_done_is_told_again_and_not_done_again() -> None:
    marks, what = Marks(), list[str]()
    assert [await did(marks, what) for _ in range(3)] == ["Voilà."] * 3
    assert what == ["done"]


async def test_what_was_only_begun_is_not_done_again() -> None:
    marks, what = Marks(), list[str]()
    await marks.begin("t-1:1:lamp_on", 1)
    assert await did(marks, what) == "Je ne sais pas." and not what


async def test_without_redis_it_is_simply_done() -> None:
    marks, what = Marks(away=True), list[str]()
    assert await did(marks, what) == "Voilà." and what == ["done"]


def test_what_came_of_an_order_is_read_back_as_it_was() -> None:
    kind = TypeAdapter(Done)
    order = Match("list_add", {"item": "du lait"}, replaces=Match("list_add", {"item": "du pain"}))
    done = Done(order, "C'est noté.", OrderTrace("list_add", {"item": "du lait"}, plugin="lists"), asks=True)
    assert kind.validate_json(kind.dump_json(done)) == done


async def test_marks_are_sealed_and_forgotten(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    await server.start()
    redis = connect(f"unix://{server.socket}")
    store = ContextStore(redis, VAULT, days=7)
    assert await store.begin("x", 60) is None
    assert await store.begin("x", 60) == b""
    await store.finish("x", 60, b"C'est fait.")
    raw = await redis.get("hive:once:x")
    assert raw is not None and "fait" not in str(raw)
    assert await store.begin("x", 60) == b"C'est fait."
    await store.forget_finished()
    assert await store.begin("x", 60) is None
    await redis.aclose()
    await server.stop()


async def test_an_order_whose_answer_was_lost_with_its_server_is_told_and_not_repeated(
    shared: Running,
) -> None:
    context, sentence = shared.house.context, "Ajoute du pain à la liste de courses"
    async with TextClient(shared.ws) as client:
        asked = entry(sentence, datetime.now(UTC), "t-lost").model_copy(
            update={"client_id": "salon", "utterance_id": "u-1", "intent": "list_add"}
        )
        await context.append(asked)  # a server took the question, did it, noted it, and died
        await context.fields.begin("t-lost:1:list_add", 60)
        result = Done(Match("list_add"), "C'était déjà fait.", OrderTrace("list_add", plugin="lists"))
        await context.fields.finish("t-lost:1:list_add", 60, TypeAdapter(Done).dump_json(result))
        answer, end = await client.ask(sentence, utterance_id="u-1")
        assert (answer, end["turn_id"]) == ("C'était déjà fait.", "t-lost")
        assert "pain" not in (await client.ask("Qu'y a-t-il sur la liste de courses ?"))[0]
        assert "pain" in (await client.ask(sentence, utterance_id="u-2"))[0]
        assert "pain" in (await client.ask("Qu'y a-t-il sur la liste de courses ?"))[0]


async def test_a_connection_to_redis_hears_its_cancellation_at_any_moment(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    await server.start()
    store = ContextStore(connect(f"unix://{server.socket}"), VAULT, days=7)

    async def ask_for_ever() -> None:
        while True:
            await store.ping()

    for steps in range(60):
        asking = asyncio.create_task(ask_for_ever())
        for _ in range(20 + steps):
            await asyncio.sleep(0)
        asking.cancel()
        done, _ = await asyncio.wait({asking}, timeout=5)
        assert done, f"it goes on, cancelled after {steps} steps"
    await store.close()
    await server.stop()
