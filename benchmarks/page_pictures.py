"""Pictures of the page for the guide, and how heavy it is: `./hive bench page_pictures docs/images/page`.

Prints a table and a JSON line: what a first visit fetches (bytes on the wire), when it has painted, and that
again on a processor six times slower. Needs Chromium and Pillow.
"""

import asyncio
import io
import json
import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.async_api import Browser, Page
from tests.fakes.browser import ScriptedSocket, open_browser, scripted_socket, visit
from tests.fakes.running_server import running_server

from hive_mind.speech.audio import to_pcm16

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1}
COLOURS = 256
SLOWER = 6
SETTLED_MS = 2600

ASKED = "Quel temps fera-t-il demain à Belfort ?"
TOLD = "Demain à Belfort, beau temps le matin, quelques averses l'après-midi. Il fera entre 9 et 17 degrés."
BEFORE = (
    ("Mets un minuteur de dix minutes pour les pâtes", "Minuteur pâtes de 10 minutes lancé."),
    ("Combien font douze fois treize ?", "Douze fois treize font 156."),
)


async def idle(page: Page, server: ScriptedSocket) -> None:
    """Just opened."""
    del page, server


async def listening(page: Page, server: ScriptedSocket) -> None:
    """Somebody speaks, and is shown what was understood so far."""
    await talk(page, server)
    await page.locator(".big").click()
    while not (started := [m for m in server.heard if m["type"] == "audio_start"]):
        await page.wait_for_timeout(50)
    words = "Quel temps fera-t-il demain"
    server.say(type="transcript", text=words, is_final=False, utterance_id=started[0]["utterance_id"])


async def thinking(page: Page, server: ScriptedSocket) -> None:
    """A question is being thought about."""
    await talk(page, server)
    await ask(page, server)


async def speaking(page: Page, server: ScriptedSocket) -> None:
    """The answer is written and sounds."""
    await talk(page, server)
    await answer(server, await ask(page, server), TOLD)
    server.send(json.dumps({"type": "speech_start", "rate": 16000, "turn_id": TOLD[:9].strip()}))
    for at in range(40):
        time = np.arange(at * 4000, (at + 1) * 4000) / 16000
        loud = 0.12 * np.abs(np.sin(2 * math.pi * 2.3 * time))
        server.send(to_pcm16((loud * np.sin(2 * math.pi * 180 * time)).astype(np.float32)))


async def talk(page: Page, server: ScriptedSocket) -> None:
    """What was said before."""
    for question, told in BEFORE:
        await answer(server, await ask(page, server, question), told)
        server.say(
            type="turn_end", outcome="completed", route="command", intent="x", turn_id=told[:9].strip()
        )


async def answer(server: ScriptedSocket, utterance: str, told: str) -> None:
    """Answer a question in writing."""
    reply = {"turn_id": told[:9].strip(), "utterance_id": utterance}
    server.say(type="response_chunk", content=told, is_final=True, chunk_index=0, **reply)


async def ask(page: Page, server: ScriptedSocket, question: str = ASKED) -> str:
    """Ask in writing; gives the name of the question."""
    if await page.locator(".keys").is_visible():
        await page.locator(".keys").click()
    await page.get_by_role("textbox").fill(question)
    await page.keyboard.press("Enter")
    if await page.locator(".keys").is_visible():
        await page.locator(".keys").click()
    await page.evaluate("document.activeElement.blur()")
    while not (asked := [m for m in server.heard if m.get("transcription") == question]):
        await page.wait_for_timeout(50)
    name: str = asked[-1]["utterance_id"]
    return name


PICTURES: dict[str, tuple[dict[str, Any], str, Any]] = {
    "phone_dark_idle": (PHONE, "dark", idle),
    "phone_dark_listening": (PHONE, "dark", listening),
    "phone_light_speaking": (PHONE, "light", speaking),
    "desktop_dark_speaking": (DESKTOP, "dark", speaking),
    "desktop_light_idle": (DESKTOP, "light", idle),
    "desktop_light_thinking": (DESKTOP, "light", thinking),
}


async def picture(browser: Browser, address: str, name: str, folder: Path) -> int:
    """Write one picture; gives its size in bytes."""
    device, scheme, scene = PICTURES[name]
    async with visit(browser, "about:blank", color_scheme=scheme, **device) as visitor:
        page = visitor.page
        server = await scripted_socket(page)
        await page.goto(address)
        await page.locator("#link-state[data-state=connected]").wait_for()
        await scene(page, server)
        await page.wait_for_timeout(SETTLED_MS)
        shot = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    path = folder / f"{name}.png"
    shot.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    return path.stat().st_size


async def weigh(browser: Browser, address: str, slower: int) -> dict[str, float]:
    """A first visit, on a processor that is so many times slower."""
    async with visit(browser, "about:blank", **PHONE) as visitor:
        page = visitor.page
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        await page.goto(address)
        await page.locator("#link-state[data-state=connected]").wait_for()
        await page.wait_for_timeout(1000)
        told: dict[str, float] = await page.evaluate(
            """() => {
                const kinds = ["navigation", "resource"];
                const loads = kinds.flatMap((kind) => performance.getEntriesByType(kind));
                const paint = performance.getEntriesByName("first-contentful-paint")[0];
                return {
                    files: loads.length,
                    kilobytes: loads.reduce((sum, load) => sum + load.transferSize, 0) / 1024,
                    unpacked_kilobytes: loads.reduce((sum, load) => sum + load.decodedBodySize, 0) / 1024,
                    first_paint_ms: paint.startTime,
                };
            }"""
        )
        return {key: round(value, 1) for key, value in told.items()}


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        async with running_server(Path(data), speech="off") as server, open_browser() as browser:
            visits = {f"cpu/{n}": await weigh(browser, server.address, n) for n in (1, SLOWER)}
            sizes = {name: await picture(browser, server.address, name, folder) for name in PICTURES}
    for name, told in visits.items():
        print(f"first visit, {name:6}", "  ".join(f"{key} {value:g}" for key, value in told.items()))
    for name, size in sizes.items():
        print(f"{name:24} {size / 1024:6.1f} KiB")
    print(json.dumps({"visits": visits, "pictures": sizes}))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
