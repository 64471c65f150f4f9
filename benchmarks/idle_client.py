"""What a client costs while nobody speaks to it: processor and memory of the real process, for some minutes.

    ./hive bench idle_client [--minutes 5] [--profile room|satellite]

`./hive client` runs over a PulseAudio of its own, connected to a real server, in a room with the hum of a
fridge: low noise, which no gate takes for silence. Its start is counted apart.
"""

import json
import os
import platform
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil
from tests.fakes.air import open_air
from tests.fakes.room import Household, Room

from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE, Clip

HUM_DBFS = -55.0
SETTLE_S = 30.0
"""After it listens, likely phrases are prepared, and what that took is given back."""

PIECE_S = 20.0
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process.

    Attributes:
        cpu_percent: of one core, while nobody spoke.
        settled_mib: resident at the end.
        own_mib: of this, what ends with the process and is shared with no other.
        most_mib: resident at most since its start, loading and preparing included.
        start_cpu_s: processor time until it had settled.
    """

    cpu_percent: float
    settled_mib: float
    own_mib: float
    most_mib: float
    start_cpu_s: float


def hum(seconds: float) -> Clip:
    """Low noise of a quiet room."""
    noise = np.random.default_rng(0).normal(0.0, 10.0 ** (HUM_DBFS / 20.0), int(seconds * SAMPLE_RATE))
    return Clip(noise.astype(np.float32), SAMPLE_RATE)


def most_resident(pid: int) -> float:
    """Peak of the resident memory of a process in MiB, proc_pid_status(5)."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return round(int(peak) / 1024, 1)


def measure(room: Room, minutes: float) -> Cost:
    """Let it idle."""
    client = psutil.Process(room.client_pid)
    _quiet(room, SETTLE_S)
    start = sum(client.cpu_times()[:2])
    began = time.monotonic()
    _quiet(room, 60 * minutes)
    spent, took = sum(client.cpu_times()[:2]) - start, time.monotonic() - began
    memory = client.memory_full_info()
    return Cost(
        round(100 * spent / took, 2),
        round(memory.rss / _MIB, 1),
        round(memory.uss / _MIB, 1),
        most_resident(client.pid),
        round(start, 1),
    )


def _quiet(room: Room, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        room.air.play(hum(min(PIECE_S, left))).wait()


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--profile", choices=("room", "satellite"), default="room")
    parser.add_argument("--data", type=Path, default=None, help="data folder that holds the models")
    options = parser.parse_args()
    store = models_dir(data_dir(options.data))
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "models").symlink_to(store)
        if options.profile == "satellite":
            os.environ["HIVE_MIND_CLIENT_PROFILE"] = "satellite"
        os.environ["HIVE_MIND_LLM_MODEL"] = "qwen2.5-coder-0.5b"
        with open_air(data) as air:
            room = Room(air, data, Household(store))
            try:
                room.start_server()
                room.start_client()
                cost = measure(room, options.minutes)
            finally:
                room.stop()
    print("\n| processor | resident | of its own | at most | to start |\n|---|---|---|---|---|")
    print(
        f"| {cost.cpu_percent} % | {cost.settled_mib} MiB | {cost.own_mib} MiB | {cost.most_mib} MiB"
        f" | {cost.start_cpu_s} CPU-s |\n"
    )
    print(json.dumps({"profile": options.profile, "machine": platform.machine()} | asdict(cost)))


if __name__ == "__main__":
    main()
