"""Several servers of one house: who has which client, and what becomes of a question that comes again."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hive_mind.protocol.messages import ActionConfirm, Announce, ServerMessage
from hive_mind.server.core.asked import KEPT, AskedBefore
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.peers import DEAD_AFTER_S, Peers
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
THEN = datetime(2026, 1, 6, tzinfo=UTC)


class Server:
    """One of several in a made-up house, whose channel is a list."""

    def __init__(self, name: str, house: list["Server"], *clients: str) -> None:
        self.now = 0.0
        self.name = name
        self.house = house
        self.got: list[tuple[str | None, ServerMessage]] = []
        self.confirmed: list[str] = []
        self.changed: list[str] = []
        self.wrong: list[str] = []
        self.clients: dict[str, str | None] = dict.fromkeys(clients, "salon")
        self.peers = Peers(
            self.publish,
            lambda: self.clients,
            lambda client, message: self.got.append((client, message)),
            lambda message, client: self.confirmed.append(message.action_id),
            self.changed.append,
            lambda: self.now,
        )
        self.peers.on_wrong = self.wrong.append
        house.append(self)
        self.running = asyncio.create_task(self.peers.run())
        self.peers.joined()

    async def publish(self, event: Mapping[str, Any]) -> int:
        for other in self.house:
            if other is not self:
                other.peers.take(self.name, event)
        return len(self.house)


def announce() -> Announce:
    return Announce(text="À table !", kind="info", turn_id="a-1")


async def test_servers_find_each_other_and_pass_messages_on() -> None:
    house: list[Server] = []
    one, two = Server("one", house, "cuisine"), Server("two", house, "salon")
    await eventually(lambda: "salon" in one.peers.clients and "cuisine" in two.peers.clients)
    assert one.peers.tell("salon", announce()) and not one.peers.tell("grenier", announce())
    await eventually(lambda: [client for client, _ in two.got] == ["salon"])
    two.peers.confirm(ActionConfirm(action_id="x-1", status="success", client_id="salon"), "salon")
    one.peers.state_changed("salon")
    await eventually(lambda: one.confirmed == ["x-1"] and two.changed == ["salon"])
    one.peers.tell_wrong("192.168.1.66")
    await eventually(lambda: two.wrong == ["192.168.1.66"] and not one.wrong)
    two.clients["bureau"] = None
    two.peers.presence_changed()
    await eventually(lambda: "bureau" in one.peers.clients)
    await two.peers.leave()
    assert not one.peers.clients and not one.peers.alive
    for server in house:
        server.running.cancel()


async def test_a_server_that_falls_silent_has_no_clients_any_more() -> None:
    house: list[Server] = []
    one, _ = Server("one", house), Server("two", house, "salon")
    await eventually(lambda: bool(one.peers.alive))
    one.now += DEAD_AFTER_S + 0.1
    assert not one.peers.alive and not one.peers.clients and not one.peers.tell(None, announce())
    for server in house:
        server.running.cancel()


async def test_a_message_for_nobody_here_or_of_another_version_is_left() -> None:
    house: list[Server] = []
    one = Server("one", house, "salon")
    assert one.peers.take("two", {"to": "cuisine", "message": "{}"})
    assert one.peers.take("two", {"to": "salon", "message": '{"type": "of_tomorrow"}'})
    assert not one.peers.take("two", {"forgotten": True}) and not one.got
    one.running.cancel()


def entry(role: str, number: int, text: str = "x", **fields: Any) -> Entry:
    told = {"client_id": "salon", "turn_id": f"t-{number}", "timestamp": THEN + timedelta(seconds=number)}
    return Entry(role=role, text=text, **told, **fields)


def test_an_utterance_is_known_until_many_others_were_said() -> None:
    asked = AskedBefore()
    asked.note(entry("user", 1, utterance_id="u-1"), "one")
    assert (found := asked.find("salon", "u-1")) is not None and found.answer is None
    asked.note(entry("assistant", 1, "Il est midi."), "one")
    assert (found := asked.find("salon", "u-1")) is not None and found.answer == "Il est midi."
    assert asked.find("cuisine", "u-1") is None
    for number in range(2, KEPT + 2):
        asked.note(entry("user", number, utterance_id=f"u-{number}"), "one")
    assert asked.find("salon", "u-1") is None and asked.find("salon", "u-2") is not None
    asked.note(entry("assistant", 1, "late"), "one")
    asked.forget()
    assert asked.find("salon", "u-2") is None


async def test_a_question_that_comes_again_is_not_done_again(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel()) as one,
        running_server(tmp_path, ScriptedModel()) as two,
    ):
        await eventually(lambda: bool(one.house.peers.alive and two.house.peers.alive))
        async with TextClient(one.ws, "salon") as client:
            first, end = await client.ask("Mets un minuteur de vingt minutes.", utterance_id="u-1")
        async with TextClient(two.ws, "salon") as client:
            again, end_again = await client.ask("Mets un minuteur de vingt minutes.", utterance_id="u-1")
            assert (again, end_again["turn_id"]) == (first, end["turn_id"])
            told, _ = await client.ask("Combien de temps reste-t-il ?")
            assert "minutes" in told and "deux minuteurs" not in told
        users = [e for e in two.house.context.tail if e.role == "user" and e.utterance_id == "u-1"]
        assert len(users) == 1


async def test_orders_for_a_room_whose_client_is_elsewhere(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel()) as one,
        running_server(tmp_path, ScriptedModel()) as two,
        TextClient(one.ws, "a", hello={"room": "cuisine"}) as kitchen,
        TextClient(two.ws, "b", hello={"room": "salon"}) as lounge,
    ):
        await eventually(lambda: "a" in two.house.peers.clients)
        told, _ = await lounge.ask("Mets un minuteur d'une seconde dans la cuisine.")
        assert "Dans la cuisine" in told or "cuisine" in told.lower()
        ringing = await kitchen.until("announce")
        assert ringing["kind"] == "timer" and "minuteur" in ringing["text"].lower()
        assert await two.house.plugins.announce("À table !", "a", "info")
        assert (await kitchen.until("announce"))["text"] == "À table !"


async def test_an_action_of_a_client_that_is_elsewhere(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel()) as one,
        running_server(tmp_path, ScriptedModel()) as two,
        TextClient(one.ws, "a") as client,
    ):
        await eventually(lambda: "a" in two.house.peers.clients)
        asking = asyncio.create_task(
            two.house.plugins.actions.ask("a", "lists", "show", {}, say="", turn_id="t-1", timeout_s=10)
        )
        action = await client.until("action")
        await client.send("action_confirm", action_id=action["action_id"], status="success", result={"ok": 1})
        assert await asking == {"ok": 1}


async def test_only_one_server_does_what_is_done_once(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel()) as one,
        running_server(tmp_path, ScriptedModel()) as two,
    ):
        await eventually(lambda: bool(one.house.peers.alive and two.house.peers.alive))
        assert sorted([await one.house.leads(), await two.house.leads()]) == [False, True]
        store = one.house.context._store
        assert [await store.count("hello", 60) for _ in range(2)] == [1, 2]
        assert await two.house.context._store.count("hello", 60) == 3


async def test_what_a_plugin_keeps_is_the_houses(tmp_path: Path) -> None:
    from hive_mind.server.core.plugin_storage import FileStorage
    from hive_mind.server.core.shared_storage import SharedStorage

    async with (
        running_server(tmp_path, ScriptedModel()) as one,
        running_server(tmp_path, ScriptedModel()) as two,
    ):
        vault = one.house.context._store._vault
        own = FileStorage(tmp_path / "kept.sealed", vault, "plugin:lists")
        await own.put("lists", {"courses": ["lait"]})
        here = SharedStorage(one.house.context.fields, "lists", own)
        there = SharedStorage(two.house.context.fields, "lists", FileStorage(tmp_path / "none", vault, "x"))
        assert await here.get("lists") == {"courses": ["lait"]} and await there.get("lists") is None
        await here.put("lists", {"courses": ["pain"]})
        assert await there.get("lists") == await here.get("lists") == {"courses": ["pain"]}
        await there.put("lists", None)
        assert await here.get("lists") is None
