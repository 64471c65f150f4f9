"""A browser that looks at the page as a visitor does: Chromium, no window, a microphone of ours."""

import asyncio
import base64
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Browser, ConsoleMessage, Page, Request, WebSocketRoute, async_playwright

from hive_mind.speech.audio import Clip, Samples, from_pcm16

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "Chromium is not installed (Debian: apt install chromium)"
PATIENCE_MS = 90_000
"""How long to wait for what must come; a machine that does other things is slow."""

_AUDIBLE = 0.001
_ALONE = (
    "--no-sandbox",
    "--no-first-run",
    "--lang=fr-FR",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)

# Whatever goes to the loudspeaker is kept; what the policy forbids is written down.
_EAVESDROP = """
(() => {
  window.violations = [];
  addEventListener("securitypolicyviolation", (e) => {
    violations.push(`${e.violatedDirective} ${e.blockedURI}`);
  });
  window.sounded = [];
  const connect = AudioNode.prototype.connect;
  const record = (context) => {
    const tap = context.createMediaStreamDestination();
    const [track] = tap.stream.getAudioTracks();
    const heard = new MediaStreamTrackProcessor({ track, maxBufferSize: 2000 }).readable.getReader();
    const take = async ({ value, done }) => {
      if (done) return;
      const piece = new Float32Array(value.numberOfFrames);
      value.copyTo(piece, { planeIndex: 0, format: "f32-planar" });
      window.soundRate = value.sampleRate;
      sounded.push(piece);
      value.close();
      heard.read().then(take);
    };
    heard.read().then(take);
    return tap;
  };
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) connect.call(this, (this.context.tap ??= record(this.context)));
    return connect.call(this, to, ...rest);
  };
})();
"""

_SOUNDED = """
() => {
  const all = new Int16Array(sounded.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of sounded) {
    for (const sample of piece) all[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
  }
  const bytes = new Uint8Array(all.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
"""


@dataclass
class Visit:
    """A page that is looked at, and everything in it that should not be.

    Attributes:
        page: of Playwright.
        faults: errors of the console and of scripts.
        received: text frames of the server.
    """

    page: Page
    faults: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)

    async def violations(self) -> list[str]:
        """What the content security policy has forbidden."""
        found: list[str] = await self.page.evaluate("violations")
        return found

    async def sounded(self) -> Clip:
        """What came out of the loudspeaker since the last `forget`."""
        told = await self.page.evaluate(_SOUNDED)
        return Clip(from_pcm16(base64.b64decode(told)), await self.page.evaluate("soundRate"))

    async def forget(self) -> None:
        """Forget what came out of the loudspeaker."""
        await self.page.evaluate("sounded.length = 0")

    async def falls_silent(self, seconds: float) -> None:
        """Wait until nothing comes out of the loudspeaker for so long; what was on its way does not count."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while True:
                await self.forget()
                await self.page.wait_for_timeout(1000 * seconds)
                samples: Samples = (await self.sounded()).samples
                if not np.any(np.abs(samples) > _AUDIBLE):
                    return

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The messages of a type that the server has sent."""
        return [message for message in map(json.loads, self.received) if message["type"] == kind]


@asynccontextmanager
async def open_browser(microphone: Path | None = None) -> AsyncIterator[Browser]:
    """A browser.

    Args:
        microphone: a WAV file that each microphone plays from its beginning, once.
    """
    ears = () if microphone is None else (f"--use-file-for-fake-audio-capture={microphone}%noloop",)
    async with async_playwright() as playwright:
        french: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "fr"}
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*_ALONE, *ears], env=french
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visit(browser: Browser, address: str, **settings: Any) -> AsyncIterator[Visit]:
    """A visitor of their own, with nothing remembered.

    Args:
        browser: of `open_browser`.
        address: of the page.
        settings: of Playwright's context, such as `color_scheme`.
    """
    usual = {"viewport": {"width": 390, "height": 844}, "locale": "fr-FR", "service_workers": "block"}
    context = await browser.new_context(**{**usual, **settings})
    try:
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        visit = Visit(page)

        def _console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and "Playwright" not in message.text:
                visit.faults.append(f"{message.type}: {message.text}")

        def _failed(request: Request) -> None:
            visit.faults.append(f"not loaded: {request.url}")

        def _frame(frame: str | bytes) -> None:
            if isinstance(frame, str):
                visit.received.append(frame)

        page.on("console", _console)
        page.on("websocket", lambda socket: socket.on("framereceived", _frame))
        page.on("pageerror", lambda error: visit.faults.append(str(error)))
        page.on("requestfailed", _failed)
        await page.add_init_script(_EAVESDROP)
        await page.goto(address)
        yield visit
    finally:
        await context.close()


class ScriptedSocket:
    """A server's end of the page's link: welcomes it, then says whatever it is told to.

    Attributes:
        heard: the messages of the page.
    """

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self._route: WebSocketRoute | None = None
        self._numbers = count(1)

    def take(self, route: WebSocketRoute) -> None:
        """The page connects."""
        self._route, self._numbers = route, count(1)
        route.on_message(self._hear)

    def say(self, **message: Any) -> None:
        """A numbered message."""
        self.send(json.dumps({**message, "seq": next(self._numbers)}))

    async def leave(self) -> None:
        """The connection is lost; the page will be welcomed as somebody new."""
        if self._route is not None:
            await self._route.close(code=1012)

    def send(self, frame: str | bytes) -> None:
        """Anything."""
        if self._route is None:
            raise RuntimeError("The page has not connected.")
        self._route.send(frame)

    def _hear(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            return
        self.heard.append(json.loads(frame))
        if self.heard[-1]["type"] == "hello":
            self.send(json.dumps({"type": "welcome", "protocol_version": 1, "session_id": "s"}))


async def scripted_socket(page: Page) -> ScriptedSocket:
    """Put a scripted server behind a page that is not loaded yet."""
    server = ScriptedSocket()
    await page.route_web_socket("**/ws", server.take)
    return server
