"""The doctor's checks: facts in, findings out."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hive_mind.cli import machine_checks as machine
from hive_mind.cli import part_checks as parts
from hive_mind.cli.audio_devices import devices
from hive_mind.cli.finding import Finding
from hive_mind.models.catalogue import KINDS
from hive_mind.models.store import ModelStore
from tests.fakes.packages import Host, running_host
from tests.fakes.running_server import running_server
from tests.fakes.sources import ScriptedSource, ScriptedSources
from tests.unit.models.catalogues import NAME_A, model, store

GB = 2**30


def assert_advises(finding: Finding, level: str, *words: str) -> None:
    assert finding.level == level, finding
    assert finding.advice or level == "ok"
    for word in words:
        assert word in finding.found + finding.advice, finding


def test_python() -> None:
    assert machine.check_python((3, 11, 0)).level == "ok"
    assert_advises(machine.check_python((3, 10, 9)), "error", "3.10.9", "3.11")


@pytest.mark.parametrize(
    ("features", "level", "word"),
    [
        ({"avx2", "avx512f"}, "ok", "AVX-512"),
        ({"avx2"}, "ok", "AVX2"),
        ({"asimd"}, "ok", "NEON"),
        ({"sse2"}, "warning", "without AVX2"),
        (None, "ok", "4 cores"),
    ],
)
def test_processor(features: set[str] | None, level: str, word: str) -> None:
    assert_advises(machine.check_processor(features, 4), level, word)


def test_processor_features_are_read_as_linux_writes_them(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: sse2 avx2\n\nprocessor\t: 1\nflags\t\t: sse2\n")
    assert machine.processor_features(cpuinfo) == frozenset({"sse2", "avx2"})
    cpuinfo.write_text("Features\t: fp asimd\n")
    assert machine.processor_features(cpuinfo) == frozenset({"fp", "asimd"})
    assert machine.processor_features(tmp_path / "none") is None


def test_memory_must_hold_the_models() -> None:
    assert machine.check_memory(8 * GB, 6 * GB, 2 * GB).level == "ok"
    assert_advises(machine.check_memory(8 * GB, 1 * GB, 2 * GB), "warning", "1.0 of 8.0 GB")
    assert_advises(machine.check_memory(1 * GB, 1 * GB, 2 * GB), "error", "models use")


def test_swap() -> None:
    assert machine.check_swap(0).level == "ok"
    assert machine.check_swap(10**6).level == "ok"
    assert_advises(machine.check_swap(GB), "warning", "1.0 GB")


def test_disk_must_hold_what_is_still_to_come(tmp_path: Path) -> None:
    assert machine.check_disk(50 * GB, GB, tmp_path).level == "ok"
    assert_advises(machine.check_disk(3 * GB, 2 * GB, tmp_path), "warning", "tight")
    assert_advises(machine.check_disk(GB, 2 * GB, tmp_path), "error", "--data")


def test_data_folder(tmp_path: Path) -> None:
    assert machine.check_data_folder(tmp_path).level == "ok"
    assert machine.check_data_folder(tmp_path / "not" / "yet").level == "ok"
    assert not (tmp_path / "not").exists()
    (tmp_path / "file").write_text("")
    assert_advises(machine.check_data_folder(tmp_path / "file"), "error", "HIVE_MIND_DATA")


def test_clock() -> None:
    paris = timezone(timedelta(hours=1))
    assert machine.check_clock(datetime(2026, 11, 22, 12, tzinfo=paris), "Europe/Paris").level == "ok"
    assert_advises(
        machine.check_clock(datetime(1970, 1, 2, tzinfo=UTC), "UTC"), "error", "1970", "timedatectl"
    )
    assert_advises(machine.check_clock(datetime(2026, 11, 22, tzinfo=UTC), "UTC"), "warning", "Europe/Paris")


def test_packages_that_are_all_here() -> None:
    assert {finding.level for finding in parts.check_packages(lambda _: True)} == {"ok"}


def test_a_machine_that_is_only_a_client_is_well() -> None:
    found = list(parts.check_packages(lambda name: name in parts.PACKAGES["client"]))
    assert [finding.level for finding in found] == ["ok", "warning", "warning"]
    assert "fastapi" in found[2].found


def test_a_machine_that_can_do_nothing_is_not() -> None:
    assert {finding.level for finding in parts.check_packages(lambda _: False)} == {"error"}


@pytest.fixture
def models(tmp_path: Path) -> ModelStore:
    default = "default_from_gb = 0"
    return store(
        tmp_path,
        ScriptedSources(ScriptedSource(NAME_A, [b"aaa"])),
        model("brain", {"a.bin": b"aaa"}, kind="llm", extra=default),
        model("ear", {"a.bin": b"aaa"}, kind="stt", extra=default),
        model("mouth", {"a.bin": b"aaa"}, kind="tts", extra=default + "\noptional = true"),
    )


def test_models_that_are_here(models: ModelStore) -> None:
    for model_id in ("brain", "ear", "mouth"):
        models.pull(model_id)
    assert {finding.level for finding in parts.check_models(models, ("llm", "stt", "tts"))} == {"ok"}


def test_models_that_are_not(models: ModelStore) -> None:
    found = {finding.check: finding for finding in parts.check_models(models, ("llm", "tts"))}
    assert_advises(found["model: llm"], "error", "absent", "./hive models pull brain")
    assert_advises(found["model: tts"], "warning", "espeak-ng speaks instead")
    assert len(found) == 2


def test_a_damaged_model_that_is_not_in_use_is_a_warning(tmp_path: Path) -> None:
    content = {"a.bin": b"aaa"}
    stock = store(
        tmp_path,
        ScriptedSources(ScriptedSource(NAME_A, [b"aaa"])),
        model("brain", content, extra="default_from_gb = 0"),
        *(
            model(kind.replace("_", "-"), content, kind=kind, extra="default_from_gb = 0")
            for kind in KINDS
            if kind != "llm"
        ),
        model("other", content),
    )
    for model_id in ("brain", "other"):
        stock.pull(model_id)
    (tmp_path / "other" / "a.bin").write_bytes(b"a")
    found = list(parts.check_models(stock, ["llm"]))
    assert [finding.level for finding in found] == ["ok", "warning"]
    assert "models remove other" in found[1].advice


@pytest.mark.parametrize(
    ("found", "levels"),
    [
        ({"library": "miniaudio", "playback": ["a"], "capture": ["b"], "error": ""}, ["ok", "ok"]),
        ({"library": "miniaudio", "playback": ["a"], "capture": [], "error": ""}, ["warning", "ok"]),
        (
            {"library": "miniaudio", "playback": [], "capture": [], "error": "no backend"},
            ["warning", "warning"],
        ),
        ({"library": None}, ["warning"]),
        ({}, ["warning"]),
    ],
)
def test_audio(found: dict[str, object], levels: list[str]) -> None:
    findings = list(parts.check_audio(found))
    assert [finding.level for finding in findings] == levels
    if found.get("error"):
        assert "no backend" in findings[0].found


@pytest.mark.parametrize(("verdict", "expected"), [("good", "ok"), ("muted", "warning")])
def test_what_the_microphone_sounds_like(verdict: str, expected: str) -> None:
    level = {"microphone": "b", "verdict": verdict, "advice": "Unmute it.", "level_dbfs": -120}
    found: dict[str, object] = {"library": "miniaudio", "playback": ["a"], "capture": ["b"], "level": level}
    *_, finding = parts.check_audio(found)
    assert (finding.check, finding.level) == ("microphone level", expected)
    assert finding.advice == ("" if verdict == "good" else "Unmute it.")


def test_audio_devices_are_asked_in_a_process_of_their_own() -> None:
    found = parts.audio_devices()
    assert {"library", "playback", "capture", "error"} <= found.keys()
    assert devices().keys() | {"level"} == found.keys()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_free_port() -> None:
    assert parts.check_port("127.0.0.1", free_port()).found == "free"
    assert parts.check_port("0.0.0.0", free_port()).found == "free"


@pytest.mark.anyio
async def test_a_port_held_by_us(tmp_path: Path) -> None:
    async with running_server(tmp_path) as running:
        port = urlsplit(running.address).port or 0
        finding = await asyncio.to_thread(parts.check_port, "127.0.0.1", port)
    assert (finding.level, finding.found) == ("ok", "Hive Mind is running")


@pytest.mark.parametrize("body", [b"hello", b"[]", b'{"status": "ok"}', b"\xff\xfe"])
def test_a_port_held_by_somebody_else(body: bytes) -> None:
    with running_host() as host:
        host.files["/health"] = body
        finding = parts.check_port("127.0.0.1", host.server_address[1])
    assert_advises(finding, "error", "another program", f"--port {host.server_address[1] + 1}")


def test_a_host_that_is_not_ours() -> None:
    assert_advises(parts.check_port("192.0.2.1.invalid", 8000), "error", "cannot be opened")


def test_redis() -> None:
    assert parts.check_redis(embedded=True, server=None, url=None).level == "ok"
    assert parts.check_redis(embedded=False, server="/nowhere/redis-server", url=None).level == "ok"
    assert parts.check_redis(embedded=False, server=None, url="redis://house").level == "ok"
    assert_advises(parts.check_redis(embedded=False, server=None, url=None), "error", "apt install")


def test_npm() -> None:
    assert parts.check_npm("/usr/bin/npm", voice_here=False).level == "ok"
    assert parts.check_npm(None, voice_here=True).level == "ok"
    assert_advises(parts.check_npm(None, voice_here=False), "warning", "espeak-ng")


def test_the_fake_host_is_closed_at_the_end() -> None:
    with running_host() as host:
        port = host.server_address[1]
        assert isinstance(host, Host)
    assert parts.check_port("127.0.0.1", port).found == "free"
