"""Replies, health, storage, HTTP, actions, settings: the small parts of the plugin system."""

import asyncio
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import ConfigError, PluginError, ProtocolError
from hive_mind.protocol.messages import Action, ActionConfirm, ServerMessage
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.plugin_actions import Actions
from hive_mind.server.core.plugin_health import FAILURES, FIRST_REST_S, LONGEST_REST_S, Calls, Health
from hive_mind.server.core.plugin_http import allowed_hosts, http_client, is_allowed
from hive_mind.server.core.plugin_manifest import read_manifest
from hive_mind.server.core.plugin_replies import Replies, ReplyFault, written
from hive_mind.server.core.plugin_settings import SETTINGS, enable, read_settings
from hive_mind.server.core.plugin_storage import FileStorage
from tests.fakes.plugin_folder import write_plugin

pytestmark = pytest.mark.anyio


def test_values_are_written_as_french_writes_them() -> None:
    assert [written(v) for v in (21.5, 21.0, -0.5, 3, True, None)] == ["21,5", "21", "-0,5", "3", "oui", ""]
    assert written(["du pain", "du lait", 3]) == "du pain, du lait et 3"


def test_a_reply_needs_its_blanks() -> None:
    replies = Replies({"get": "À {place}, {temperature} degrés."})
    assert replies.say("get", {"place": "Lyon", "temperature": 21.5}) == "À Lyon, 21,5 degrés."
    for name, result in (("get", {"place": "Lyon"}), ("other", {})):
        with pytest.raises(ReplyFault):
            replies.say(name, result)


@pytest.mark.parametrize("sentence", ["{place.__class__}", "{0}", "{place!r}", "{place:>9}", "{place", "{}"])
def test_a_reply_has_simple_blanks_alone(sentence: str) -> None:
    with pytest.raises(ReplyFault):
        Replies({"get": sentence})


def test_health_rests_after_failures_in_a_row_and_longer_each_time() -> None:
    health = Health()
    for _ in range(FAILURES - 1):
        health = health.after("failed", 0.0)
    assert health.after("answered", 0.0) == Health()
    health = health.after("timeout", 0.0)
    assert health.resting(FIRST_REST_S - 1)
    assert health.call(FIRST_REST_S - 1) is None
    trying = health.call(FIRST_REST_S)
    assert trying is not None
    assert trying.call(FIRST_REST_S + 1) is None, "one tries, the others wait"
    assert trying.after("answered", FIRST_REST_S + 1) == Health()
    again = trying.after("failed", FIRST_REST_S + 1)
    assert again.rest_s == 2 * FIRST_REST_S
    late = again.after("failed", FIRST_REST_S + 2)
    assert late.until == again.until, "a call that began before does not lengthen the rest"


@given(
    st.lists(st.tuples(st.sampled_from(["answered", "failed", "timeout"]), st.floats(0, 5000)), max_size=60)
)
def test_health_always_tries_again(steps: "list[tuple[str, float]]") -> None:
    health, now = Health(), 0.0
    for ending, seconds in steps:
        now += seconds
        asked = health.call(now)
        if asked is not None:
            health = asked.after(ending, now)  # type: ignore[arg-type]
        assert health.rest_s <= LONGEST_REST_S
        assert health.call(now + LONGEST_REST_S) is not None


def test_calls_are_counted() -> None:
    calls = Calls()
    for ms in range(100):
        calls.note("answered", float(ms))
    calls.note("timeout", 5000.0)
    assert calls.describe() == {
        "calls": 101,
        "answered": 100,
        "failed": 0,
        "timeout": 1,
        "p50_ms": 50.0,
        "p95_ms": 95.0,
    }


async def test_storage_is_kept_sealed_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "data" / "lists.sealed"
    storage = FileStorage(path, Vault(b"k" * 32), "plugin:lists")
    assert await storage.get("courses") is None
    await asyncio.gather(*(storage.put(f"k{i}", {"n": [i, "du lait"]}) for i in range(20)))
    await storage.put("k0", None)
    again = FileStorage(path, Vault(b"k" * 32), "plugin:lists")
    assert [await again.get(f"k{i}") for i in (0, 1)] == [None, {"n": [1, "du lait"]}]
    assert b"lait" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == ["lists.sealed"]


async def test_storage_that_fails_keeps_the_old_value(tmp_path: Path) -> None:
    storage = FileStorage(tmp_path / "x.sealed", Vault(b"k" * 32), "plugin:x")
    await storage.put("a", 1)
    kept = (tmp_path / "x.sealed").read_bytes()
    for key, value in (("a", object()), ("a", float("nan")), ("a", "x" * 9_000_000)):
        with pytest.raises(PluginError) as caught:
            await storage.put(key, value)  # type: ignore[arg-type]
        assert caught.value.code == "STORAGE_FAILED"
    assert await storage.get("a") == 1
    for vault, label in ((Vault(b"z" * 32), "plugin:x"), (Vault(b"k" * 32), "plugin:y")):
        other = FileStorage(tmp_path / "x.sealed", vault, label)
        with pytest.raises(PluginError):
            await other.get("a")
        with pytest.raises(PluginError):
            await other.put("a", 2)
    assert (tmp_path / "x.sealed").read_bytes() == kept, "what cannot be read is not overwritten"


def test_hosts() -> None:
    allowed = frozenset({"api.example.org", "*.example.com"})
    assert is_allowed("API.example.org.", allowed)
    assert is_allowed("a.b.example.com", allowed)
    for host in ("example.org", "xapi.example.org", "example.com", "notexample.com", ""):
        assert not is_allowed(host, allowed), host


async def test_the_client_reaches_no_other_host(tmp_path: Path) -> None:
    manifest = read_manifest(write_plugin(tmp_path, permissions={"hosts": ["api.example.org"]}))
    hosts = allowed_hosts(manifest, {"url": "http://127.0.0.1:9/x", "place": "Belfort", "bad": "http://["})
    assert hosts == {"api.example.org", "127.0.0.1"}
    async with http_client("lamp", hosts, 0.2) as client:
        with pytest.raises(PluginError) as caught:
            await client.get("https://example.net/")
        assert caught.value.code == "HOST_FORBIDDEN"
        with pytest.raises(httpx.TransportError):
            await client.get("http://127.0.0.1:9/")


async def test_an_action_waits_for_its_confirmation() -> None:
    sent: list[ServerMessage] = []

    def send(client_id: str, message: ServerMessage) -> bool:
        sent.append(message)
        return client_id == "salon"

    actions = Actions(send)

    async def ask(client_id: str = "salon", timeout_s: float = 5.0) -> object:
        return await actions.ask(
            client_id, "lamp", "light", {"level": 3}, say="Voilà.", turn_id="t-1", timeout_s=timeout_s
        )

    def confirm(message: ServerMessage, status: str, client_id: str = "salon") -> None:
        assert isinstance(message, Action)
        said = {
            "action_id": message.action_id,
            "status": status,
            "client_id": client_id,
            "result": {"lit": True},
        }
        actions.confirm(ActionConfirm.model_validate(said), client_id)

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    with pytest.raises(ProtocolError):
        confirm(sent[0], "success", "cuisine")
    confirm(sent[0], "success")
    confirm(sent[0], "failure")
    assert await asking == {"lit": True}
    with pytest.raises(ProtocolError):
        confirm(sent[0], "success")
    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    confirm(sent[1], "refused")
    for waiting, code in (
        (asking, "ACTION_FAILED"),
        (ask("away"), "ACTION_FAILED"),
        (ask(timeout_s=0.01), "ACTION_TIMEOUT"),
    ):
        with pytest.raises(PluginError) as caught:
            await waiting
        assert caught.value.code == code


def test_settings_are_read_and_changed(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == {}
    (tmp_path / SETTINGS).write_text('{"weather": {"config": {"default_location": "Lyon"}}}')
    enable(tmp_path, "weather", False)
    enable(tmp_path, "lists", True)
    read = read_settings(tmp_path)
    assert (read["weather"].enabled, read["weather"].config) == (False, {"default_location": "Lyon"})
    assert read["lists"].enabled
    for wrong in ("{", '{"weather": {"enable": true}}', "[]"):
        (tmp_path / SETTINGS).write_text(wrong)
        with pytest.raises(ConfigError) as caught:
            enable(tmp_path, "weather", True)
        assert caught.value.code == "CONFIG_INVALID"
        assert (tmp_path / SETTINGS).read_text() == wrong
