"""Pictures of the house's page for the guide: `./hive bench house_pictures docs/images/house`.

A house of three rooms that has lived for a week; its figures are made up, its turns are real. Prints the size
of each picture. Needs Chromium and Pillow.
"""

import asyncio
import io
import json
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import Browser
from tests.fakes.browser import open_browser, visit
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

from benchmarks.page_pictures import COLOURS, DESKTOP, PHONE
from hive_mind.server.core.quality.rows import Day, ReturnRow, TurnRow, WakeRow

SETTLED_MS = 1200
ROOMS = {"cuisine-1": "cuisine", "salon-1": "salon", "chambre-1": "chambre de Zoé"}
WORDS = ("hey_jarvis", "alexa", "hey_mycroft")
ANSWERS: dict[str, Sequence[str]] = {
    "Pourquoi le ciel est bleu ?": ("Parce que l'air disperse ", "la lumière bleue plus que la rouge."),
    "Raconte-moi une blague.": (
        "Que fait un crocodile ",
        "quand il rencontre une superbe femelle ? Il Lacoste.",
    ),
}
TALKS = (
    ("salon-1", "Pourquoi le ciel est bleu ?"),
    ("cuisine-1", "Ajoute des œufs et du beurre à la liste de courses"),
    ("chambre-1", "Réveille-moi à sept heures moins le quart"),
    ("salon-1", "Lance le chronomètre"),
    ("cuisine-1", "Mets un minuteur de neuf minutes pour les pâtes"),
    ("salon-1", "Qu'est-ce qu'il y a sur la liste de courses ?"),
    ("chambre-1", "Raconte-moi une blague."),
    ("cuisine-1", "Combien font douze fois treize ?"),
)
STAGES_MS = {"wake": 235.0, "endpoint": 262.0, "stt": 304.0, "tts": 118.0}
PICTURES = (
    ("house/conversation", "phone", "dark"),
    ("house/conversation", "desktop", "light"),
    ("house/rooms", "phone", "light"),
    ("house/rooms", "desktop", "dark"),
    ("house/assistant", "desktop", "light"),
    ("house/plugins", "phone", "dark"),
    ("house/models", "desktop", "dark"),
    ("house/devices", "phone", "light"),
    ("quality", "phone", "dark"),
    ("quality", "desktop", "light"),
)
DEVICES = {"phone": PHONE, "desktop": DESKTOP}


@asynccontextmanager
async def lived_in(folder: Path) -> AsyncIterator[Running]:
    """A house in which something has happened."""
    async with (
        running_server(folder, ScriptedModel(ANSWERS), speech="off") as server,
        AsyncExitStack() as stack,
        httpx.AsyncClient(base_url=f"{server.address}/api", trust_env=False) as api,
    ):
        await _a_week(server)
        await eventually(lambda: "list_add" in server.house.plugins.host.intents(), within=60)
        clients = {}
        for name, room in ROOMS.items():
            can = {"settings": True, "local_commands": False, "plays": True, "tts": True, "wake_word": True}
            client = TextClient(server.ws, name, hello={"room": room, "capabilities": can})
            clients[name] = await stack.enter_async_context(client)
        for name, question in TALKS:
            _, end = await clients[name].ask(question)
            heard = {"llm": 1380.0, "plugin": 520.0}.get(end["route"], 410.0)
            told = {"turn_id": end["turn_id"], "since_question_ms": heard, "stages_ms": STAGES_MS}
            await clients[name].send("playout", state="started", **told)
            if question is not TALKS[-1][1]:
                await clients[name].send("playout", turn_id=end["turn_id"], state="finished")
        await api.post(
            "/rooms/salon-1/alarms",
            json={"hour": 18, "minute": 30, "days": [0, 1, 2, 3, 4], "name": "devoirs"},
        )
        changes = {
            "facts": ["On habite à Belfort.", "Zoé a huit ans.", "Le chat s'appelle Moustache."],
            "night": "21:30-06:45",
            "clients.salon-1.volume": 60,
            "clients.chambre-1.name": "Lampe de Zoé",
        }
        for path, value in changes.items():
            version = (await api.get("/settings")).json()["version"]
            await api.patch("/settings", json={"version": version, "changes": {path: value}})
        version = server.house.settings.version
        for name, room in ROOMS.items():
            volume = 60 if name == "salon-1" else 85
            state = {
                "volume": volume,
                "room": room,
                "night": "21:30-06:45",
                "wake_words": {"hey_jarvis": 0.5},
            }
            await clients[name].send("settings_state", version=version, known_words=WORDS, **state)
        await clients["chambre-1"].send("device_state", battery=0.64)
        for client in clients.values():
            await client.send("ping", state="connected", timestamp="2026-11-22T10:30:00Z")
            await client.until("pong")
        yield server


async def _a_week(server: Running) -> None:
    """Figures of the days before."""
    chance = random.Random(7)
    now = server.house.now()
    usual = {"command": (380, 90), "plugin": (560, 220), "llm": (1350, 420)}
    for back in range(1, 7):
        at = now - timedelta(days=back)
        day = Day(day=at.date())
        for _ in range(chance.randint(18, 46)):
            route = chance.choice(("command", "command", "plugin", "llm"))
            middle, spread = usual[route]
            sounded = max(180.0, chance.gauss(middle, spread))
            stages = {
                "wake": chance.gauss(240, 30),
                "stt": chance.gauss(300, 40),
                "understanding": chance.gauss(5, 1),
            }
            if route == "llm":
                stages |= {"llm_first_token": chance.gauss(240, 60), "llm": chance.gauss(900, 200)}
            if route == "plugin":
                stages["plugin"] = max(4.0, chance.gauss(140, 90))
            room = chance.choice(list(ROOMS.values()))
            day.turns.append(
                TurnRow(
                    at=at, room=room, turn_id=f"t{chance.random()}", client_id="x", route=route,
                    first_audio_ms=sounded, first_text_ms=sounded * 0.6, stages_ms=stages,
                )
            )  # fmt: skip
            day.wakes.append(WakeRow(at=at, room=room, word="hey_jarvis"))
        for _ in range(chance.randint(0, 2)):
            day.turns.append(
                TurnRow(
                    at=at,
                    room="salon",
                    turn_id=f"t{chance.random()}",
                    client_id="x",
                    route="command",
                    intent="false_wake",
                )
            )
        for _ in range(chance.choice((0, 0, 1, 3))):
            day.returns.append(ReturnRow(at=at, room="cuisine", away_s=chance.uniform(2, 90)))
        await server.house.context.save_state(
            f"quality:{at.date().isoformat()}", day.model_dump_json().encode()
        )
    await server.house.journal.load()


async def picture(
    browser: Browser, address: str, part: str, scheme: str, device: dict[str, Any], path: Path
) -> int:
    """Write one picture; gives its size in bytes."""
    async with visit(browser, f"{address}/#{part}", color_scheme=scheme, **device) as visitor:
        page = visitor.page
        await page.locator("#link-state[data-state=connected]").wait_for()
        if part == "quality":
            await page.locator(".brief a").nth(1).click()
        if part == "house/devices":
            await page.get_by_role("button", name="Afficher un code").click()
        if part == "house/rooms":
            await page.locator("article.room summary").first.click()
        if part == "house/plugins":
            await page.locator("[data-plugin=weather] summary").click()
            await page.locator("[data-plugin=weather]").evaluate("card => card.scrollIntoView()")
        await page.wait_for_timeout(SETTLED_MS)
        await page.evaluate(f"scrollTo(0, {0 if device is DESKTOP else 'scrollY'})")
        shot = Image.open(io.BytesIO(await page.screenshot(full_page=device is DESKTOP))).convert("RGB")
        if visitor.faults or await visitor.violations():
            print(part, visitor.faults, await visitor.violations(), file=sys.stderr)
    small = shot.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    small.save(packed, "PNG", optimize=True)
    return await asyncio.to_thread(path.write_bytes, packed.getvalue())


async def main(folder: Path, wanted: str) -> None:
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as data:
        async with lived_in(Path(data)) as server, open_browser() as browser:
            for part, kind, scheme in PICTURES:
                name = f"{part.rpartition('/')[2]}_{kind}_{scheme}.png"
                if name.startswith(wanted):
                    path = folder / name
                    sizes[name] = await picture(browser, server.address, part, scheme, DEVICES[kind], path)
    print(json.dumps({"pictures": sizes}))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target, sys.argv[2] if len(sys.argv) > 2 else ""))
