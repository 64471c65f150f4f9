"""The fuzzer of `./hive bench fuzz_frames`, for a short while: no crash, no hang, an answer after it."""

import pytest
from benchmarks.fuzz_frames import HANG_S, Report, fuzz_codec, fuzz_house, fuzz_sockets

from hive_mind.protocol.codec import CLIENT_MESSAGES
from tests.fakes.running_server import running_server

pytestmark = pytest.mark.anyio


def unharmed(report: Report) -> None:
    assert not report.crashes
    assert report.slowest_s < HANG_S


def test_the_codec_and_the_session() -> None:
    report = fuzz_codec(5_000, seed=7)
    unharmed(report)
    assert {"NOT_JSON", "INVALID_MESSAGE", "UNKNOWN_TYPE", "INVALID_AUDIO", "NOT_AN_OBJECT"} <= set(
        report.codes
    )


async def test_a_house_and_real_sockets(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fuzzed")
    async with running_server(folder, speech="off") as running:
        report = await fuzz_house(running.house, 300, seed=8)
        unharmed(report)
        assert report.codes
        unharmed(await fuzz_sockets(running.ws, 60, seed=9))
        assert len(running.house.remotes) <= len(CLIENT_MESSAGES) * 3
