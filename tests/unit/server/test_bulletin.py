"""News for pages: everybody hears everything, and a slow reader holds up nobody."""

import asyncio
from pathlib import Path

import pytest

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import Catalogue
from hive_mind.models.progress import Progress, ProgressCallback, silent
from hive_mind.models.store import ModelStore
from hive_mind.server.core.bulletin import MOST_WAITING, Bulletin
from hive_mind.server.core.downloads import Downloads

pytestmark = pytest.mark.anyio


async def test_everybody_hears_until_the_house_closes() -> None:
    bulletin = Bulletin()
    readers = [bulletin.read(60.0) for _ in range(2)]
    heard = [asyncio.ensure_future(anext(reader)) for reader in readers]
    await asyncio.sleep(0)
    bulletin.tell("rooms")
    assert await asyncio.gather(*heard) == [("rooms", None)] * 2
    bulletin.close()
    for reader in readers:
        assert [news async for news in reader] == []
    bulletin.tell("rooms")  # nobody hears


async def test_a_slow_reader_is_told_to_look_anew() -> None:
    bulletin = Bulletin()
    reader = bulletin.read(60.0)
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    for _ in range(MOST_WAITING + 5):
        bulletin.tell("rooms")
    assert await first == ("lost", None)
    bulletin.close()


class Store(ModelStore):
    """Fetches what it is told to."""

    fault: ModelError | None = None

    def pull(self, model_id: str, progress: ProgressCallback = silent) -> Path:
        progress(Progress(model_id, 5, 10))
        if self.fault is not None:
            raise self.fault
        progress(Progress(model_id, 10, 10))
        return self.root


async def states(bulletin: Bulletin) -> list[object]:
    found: list[object] = []
    async for news in bulletin.read(60.0):
        assert news is not None
        download = news[1]
        assert isinstance(download, dict)
        found.append(download["state"])
        if download["state"] in ("done", "failed"):
            return [*found, download["done"], download["message"]]
    return found


@pytest.mark.parametrize("code", [None, "MODEL_DISK_FULL"])
async def test_a_download_is_followed_to_its_end(tmp_path: Path, code: str | None) -> None:
    bulletin = Bulletin()
    downloads = Downloads(bulletin)
    store = Store(tmp_path, catalogue=Catalogue(()))
    store.fault = None if code is None else ModelError("full", code=code)
    seen = asyncio.ensure_future(states(bulletin))
    await asyncio.sleep(0)
    downloads.begin("whisper-base", store)
    *begun, end, done, message = await seen
    assert begun[0] == "waiting"
    assert (end, done) == (("done", 10) if code is None else ("failed", 5))
    assert (message is None) is (code is None)
    downloads.close()
