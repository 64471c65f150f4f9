"""A page of another site, in a real browser, tries to use the house: it may not speak, change or read.

The browser runs on the server's own machine, which is trusted: only the origin stands between such a page and
the house.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.fakes.browser import CHROMIUM, NO_CHROMIUM, open_browser, visit
from tests.fakes.running_server import Running, running_server

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

_PAGE = b"<!doctype html><title>Gagnez un lot</title>"

_ATTACK = """
async ([house, socket]) => {
  const tried = {};
  tried.socket = await new Promise((resolve) => {
    const ws = new WebSocket(socket);
    ws.onopen = () => resolve("open");
    ws.onerror = () => resolve("refused");
  });
  const post = async (path, init) => {
    try {
      const how = { method: "POST", mode: "no-cors", credentials: "include" };
      return (await fetch(house + path, { ...how, ...init })).type;
    } catch { return "blocked"; }
  };
  tried.code = await post("/api/pair/codes", {});
  tried.rotate = await post("/api/keys/rotate", {});
  try {
    tried.read = await (await fetch(house + "/api/clients", { credentials: "include" })).text();
  } catch { tried.read = "blocked"; }
  tried.frame = await new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.src = house + "/";
    frame.onload = () => { try { resolve(frame.contentDocument ? "readable" : "opaque"); } catch {
    resolve("opaque"); } }; document.body.append(frame);
  });
  return tried;
}
"""


@asynccontextmanager
async def other_site() -> AsyncIterator[str]:
    """A web server of somebody else: any page, at another port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n" + _PAGE)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def attack(running: Running, page_address: str) -> dict[str, str]:
    async with open_browser() as browser, visit(browser, page_address) as seen:
        tried: dict[str, str] = await seen.page.evaluate(_ATTACK, [running.address, running.ws])
        return tried


async def test_a_page_of_another_site_gets_nowhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("house")
    async with running_server(folder, speech="off") as running:
        before = running.house.access.register
        async with other_site() as evil:
            tried = await attack(running, evil)
        assert tried["socket"] == "refused"
        assert tried["read"] == "blocked"
        assert tried["frame"] == "opaque"  # and empty: the page forbids to be framed
        after = running.house.access.register
        assert after.codes == before.codes == ()
        assert len((folder / "context.key").read_text().split()) == 1
        assert running.house.connections == 0
        # The same from the house's own page is allowed: the test would see an attack that succeeds.
        own = await attack(running, running.address + "/")
        assert own["socket"] == "open"
        assert own["read"] == "[]"
        assert len(running.house.access.register.codes) == 1
