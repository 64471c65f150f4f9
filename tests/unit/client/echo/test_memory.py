"""How a room answers outlives the program; what is in the file is checked."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hive_mind.client.core.echo.base import BLOCK
from hive_mind.client.core.echo.kalman import PARTITIONS
from hive_mind.client.core.echo.memory import RoomFile

ROOM = np.linspace(-0.5, 0.5, PARTITIONS * BLOCK, dtype=np.float32)


def test_what_was_learnt_is_there_after_a_restart(tmp_path: Path) -> None:
    async def until_cancelled() -> None:
        keeping = asyncio.ensure_future(RoomFile(tmp_path / "state" / "room.bin").keep(lambda: ROOM))
        await asyncio.sleep(0)
        keeping.cancel()
        await asyncio.wait({keeping})

    asyncio.run(until_cancelled())
    loaded = RoomFile(tmp_path / "state" / "room.bin").load()
    assert loaded is not None and np.allclose(loaded, ROOM, atol=1e-3)
    assert (tmp_path / "state" / "room.bin").stat().st_size < 12_000


@pytest.mark.parametrize(
    "content",
    [
        np.zeros(PARTITIONS * BLOCK, np.float16),
        np.full(PARTITIONS * BLOCK, np.nan, np.float16),
        np.full(PARTITIONS * BLOCK, 1000, np.float16),
        np.ones(7, np.float16),
        np.ones(PARTITIONS * BLOCK, np.float64),
        b"",
        b"\x93NUMPY rubbish",
        b"PK\x03\x04 rubbish",
        None,
    ],
)
def test_a_file_that_is_no_room_is_nothing(
    tmp_path: Path, content: NDArray[np.floating[Any]] | bytes | None
) -> None:
    path = tmp_path / "room.bin"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.write_bytes(content.tobytes())
    assert RoomFile(path).load() is None


def test_what_is_not_known_or_kept_already_is_not_written(tmp_path: Path) -> None:
    file = RoomFile(tmp_path / "room.bin")
    file.save(None)
    assert not (tmp_path / "room.bin").exists()
    file.save(ROOM)
    (tmp_path / "room.bin").unlink()
    file.save(ROOM.copy())
    assert not (tmp_path / "room.bin").exists()


def test_a_disk_that_refuses_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    RoomFile(tmp_path / "file" / "room.bin").save(ROOM)
