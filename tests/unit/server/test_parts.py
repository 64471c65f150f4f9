"""Small parts: settings, encryption, origins, what waits to be sent, pauses."""

import asyncio
import base64
import stat
from contextlib import aclosing
from pathlib import Path

import pytest

from hive_mind.errors import ConfigError, ContextError
from hive_mind.server.config import load_config
from hive_mind.server.core.crypto import Vault, load_key
from hive_mind.server.core.llm.engine import ChatMessage, Gate, generate_with_pauses
from hive_mind.server.core.llm.factory import make_model
from hive_mind.server.core.origin import is_loopback, origin_allowed
from hive_mind.server.core.outbox import Outbox
from hive_mind.server.core.redis_server import runtime_dir
from tests.fakes.scripted_llm import ScriptedModel


def test_every_setting_is_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_PORT", "9000")
    monkeypatch.setenv("HIVE_MIND_ALLOWED_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("HIVE_MIND_TIMEZONE", "Europe/Paris")
    assert load_config().port == 9000
    assert load_config(port=9001, host=None).port == 9001
    assert load_config().allowed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "99999"),
        ("REDIS_URL", "http://x"),
        ("TIMEZONE", "Paris"),
        ("LLM_ENGINE", "openai"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"HIVE_MIND_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert f"HIVE_MIND_{name}" in caught.value.message and "\n" not in caught.value.message


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_LLM_API_KEY", "abricot")
    assert "abricot" not in repr(load_config())


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "context.key"
    key = load_key(None, path)
    assert len(key) == 32 and load_key(None, path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    load_key(None, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["context.key"]


def test_a_key_of_the_environment(tmp_path: Path) -> None:
    given = base64.b64encode(bytes(range(32))).decode()
    assert load_key(given, tmp_path / "none") == bytes(range(32))
    for wrong in ("abc", "é", base64.b64encode(b"short").decode()):
        with pytest.raises(ConfigError) as caught:
            load_key(wrong, tmp_path / "none")
        assert caught.value.code == "KEY_INVALID"


def test_what_is_sealed_opens_in_its_place_alone() -> None:
    vault = Vault(bytes(32))
    sealed = vault.seal(b"bonjour", "a|1")
    assert b"bonjour" not in sealed and vault.seal(b"bonjour", "a|1") != sealed
    assert vault.open(sealed, "a|1") == b"bonjour"
    for other, text, place in (
        (vault, sealed, "a|2"),
        (vault, sealed[:-1] + b"?", "a|1"),
        (vault, b"", "a|1"),
        (Vault(b"k" * 32), sealed, "a|1"),
    ):
        with pytest.raises(ContextError) as caught:
            other.open(text, place)
        assert caught.value.code == "CONTEXT_UNREADABLE"


@pytest.mark.parametrize(
    ("origin", "host", "accepted"),
    [
        (None, "x", True),
        ("http://localhost:8000", "localhost:8000", True),
        ("http://192.168.1.5:8000", "192.168.1.5:8000", True),
        ("http://maison.local:8000", "maison.local:8000", True),
        ("http://evil.example", "192.168.1.5:8000", False),
        ("http://rebound.example:8000", "rebound.example:8000", False),
        ("http://localhost:3000", "localhost:8000", False),
        ("null", "localhost:8000", False),
        ("file://", "", False),
        ("http://[::1", "x", False),
        ("https://maison.example", "10.0.0.2:8000", True),
    ],
)
def test_origins(origin: str | None, host: str, accepted: bool) -> None:
    assert origin_allowed(origin, host, ("https://maison.example/",)) is accepted


@pytest.mark.parametrize(
    ("address", "yes"),
    [("127.0.0.1", True), ("::1", True), ("192.168.1.2", False), ("x", False), (None, False)],
)
def test_loopback(address: str | None, yes: bool) -> None:
    assert is_loopback(address) is yes


def test_the_runtime_folder_is_private_short_and_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = runtime_dir(tmp_path / "data")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and len(str(folder)) < 90
    folder.chmod(0o755)
    with pytest.raises(ConfigError):
        runtime_dir(tmp_path / "data")


def test_an_outbox_has_bounds() -> None:
    async def scenario() -> None:
        box = Outbox(max_frames=2, max_bytes=10)
        assert box.put("é" * 4) and not box.put("abc") and box.put("ab") and not box.put("")
        assert [await box.get(), await box.get()] == ["éééé", "ab"]
        assert box.put("x")
        box.close()
        assert box.put("swallowed")
        assert [await box.get(), await box.get()] == ["x", None]

    asyncio.run(scenario())


def test_a_pause_ends_by_itself_and_has_a_budget() -> None:
    async def scenario() -> None:
        gate = Gate(longest_s=0.05, altogether_s=0.05)
        gate.go()
        gate.hold()
        assert gate.held
        async with asyncio.timeout(1):
            await gate.wait_open()
        gate.hold()
        assert not gate.held

    asyncio.run(scenario())


def test_a_model_that_reads_the_question_is_not_stopped() -> None:
    async def scenario() -> None:
        model, gate = ScriptedModel(stop_after=0), Gate()
        async with aclosing(generate_with_pauses(model, [ChatMessage("user", "Oui")], gate)) as pieces:
            first = asyncio.ensure_future(anext(pieces))
            await asyncio.sleep(0)
            gate.hold()
            await asyncio.sleep(0)
            gate.go()
            model.release.set()
            async with asyncio.timeout(5):
                assert [await first, *[p async for p in pieces]] == ["Tu as dit : ", "Oui."]
        assert model.begun_with == [""]

    asyncio.run(scenario())


def test_an_engine_elsewhere_is_not_paused() -> None:
    async def scenario() -> None:
        model, gate = ScriptedModel(), Gate()
        model.capabilities = type(model.capabilities)("remote")
        gate.hold()
        async with aclosing(generate_with_pauses(model, [ChatMessage("user", "Oui")], gate)) as pieces:
            assert [p async for p in pieces] == ["Tu as dit : ", "Oui."]
        gate.go()

    asyncio.run(scenario())


def test_a_model_that_is_not_installed_refuses_with_what_to_do(tmp_path: Path) -> None:
    model = make_model(load_config(data=tmp_path))
    assert model.state == "off"
    with pytest.raises(ConfigError):
        make_model(load_config(data=tmp_path, llm_model=str(tmp_path / "x.gguf")))
