"""The doctor's checks of the machine: interpreter, processor, memory, disk, clock. Facts are arguments."""

import os
import tempfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from hive_mind.cli.finding import Finding, error, ok, warning

_GB = 2**30
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
# Below this, the log, the conversation and the answers of a day may fill the disk.
_TIGHT_DISK = 2 * _GB


def check_python(version: tuple[int, int, int]) -> Finding:
    """The interpreter must be 3.11 or later."""
    text = ".".join(map(str, version))
    if version < (3, 11, 0):
        return error("python", f"Python {text}", "Install Python 3.11 or later and run ./hive again.")
    return ok("python", f"Python {text}")


def check_processor(features: Collection[str] | None, cores: int) -> Finding:
    """Vector instructions decide whether answers come in time.

    Args:
        features: what the processor offers, as Linux writes it; None where it cannot be told.
        cores: how many there are.
    """
    if features is None:
        return ok("processor", f"{cores} cores")
    if "avx512f" in features or "asimd" in features or "neon" in features:
        best = "AVX-512" if "avx512f" in features else "NEON"
        return ok("processor", f"{cores} cores with {best}")
    if "avx2" in features:
        return ok("processor", f"{cores} cores with AVX2")
    return warning(
        "processor",
        f"{cores} cores without AVX2",
        "The models will be several times slower. Let this machine be a client, with the server elsewhere.",
    )


def processor_features(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str] | None:
    """The processor's features on Linux; None elsewhere."""
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() in {"flags", "features"}:
            return frozenset(value.split())
    return None


def check_memory(total: int, available: int, needed: int) -> Finding:
    """The models in use must fit.

    Args:
        total: bytes of memory.
        available: bytes that programs can still have.
        needed: bytes that the models in use take together.
    """
    found = (
        f"{available / _GB:.1f} of {total / _GB:.1f} GB free; the models in use take {needed / _GB:.1f} GB"
    )
    if needed > total:
        advice = "Choose a smaller language model: ./hive models use qwen2.5-coder-0.5b"
        return error("memory", found, advice)
    if needed > available:
        return warning("memory", found, "Close other programs, or choose a smaller language model.")
    return ok("memory", found)


def check_swap(used: int) -> Finding:
    """A machine that swaps answers late."""
    if used > _GB // 4:
        found = f"{used / _GB:.1f} GB of swap in use"
        return warning("swap", found, "Answers will be late while models swap. Close other programs.")
    return ok("swap", "hardly any swap in use" if used else "no swap in use")


def check_disk(free: int, needed: int, folder: Path) -> Finding:
    """Models that are still to come must fit, and daily life after them.

    Args:
        free: bytes free on the disk of the data folder.
        needed: bytes that the starter models still need.
        folder: the data folder.
    """
    found = f"{free / 1e9:.1f} GB free in {folder}"
    if free < needed:
        return error(
            "disk",
            f"{found}; the starter models need {needed / 1e9:.1f} GB more",
            "Free some space, or use --data.",
        )
    if free - needed < _TIGHT_DISK:
        return warning("disk", found, "This is tight. Free some space.")
    return ok("disk", found)


def check_data_folder(folder: Path) -> Finding:
    """The data folder must take files."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        if not existing.is_dir():
            raise NotADirectoryError(f"{existing} is not a folder")
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as problem:
        advice = f"Make {existing} writable for this user, or choose another folder: --data, HIVE_MIND_DATA."
        return error("data folder", f"{folder}: {problem.strerror or problem}", advice)
    return ok("data folder", f"{folder} " + ("is writable" if existing == folder else "can be made"))


def check_clock(now: datetime, zone: str | None) -> Finding:
    """Timers and "quelle heure est-il" want a right clock.

    Args:
        now: the time as this machine believes it, aware.
        zone: name of the time zone; None or "UTC" may mean that nobody set it.
    """
    found = f"{now:%Y-%m-%d %H:%M} {zone or ''}".rstrip()
    if now < _EARLIEST:
        return error(
            "clock",
            found,
            "The clock is wrong. Set it, or let the network set it (timedatectl set-ntp true).",
        )
    if zone in {None, "UTC", "Etc/UTC"} and now.utcoffset() == UTC.utcoffset(None):
        advice = "If you do not live in UTC, set the time zone: timedatectl set-timezone Europe/Paris, or TZ."
        return warning("clock", found, advice)
    return ok("clock", found)


def time_zone() -> str | None:
    """The name of this machine's time zone, as far as it can be told."""
    if named := os.environ.get("TZ"):
        return named.lstrip(":")
    return datetime.now().astimezone().tzname()
