"""The house on the page, in a real browser, with a real server and clients that obey."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, expect

from hive_mind.server.core.access.identity import Rights
from tests.fakes.browser import CHROMIUM, NO_CHROMIUM, PATIENCE_MS, Visit, open_browser, visit
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually
from tests.unit.client.house import house

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

SERIOUS = ("serious", "critical")
HOSTILE = "<img src=x onerror=alert(1)><b>gras</b> 🧨🦆 \u202eבוקר טוב\u202c {t} %s"
WRONG = "Ce code n'est pas le bon, ou il est trop vieux."
NAMED = ("name", "room", "title", "description", "about", "persona", "text", "heard", "label", "licence")
PARTS = ("conversation", "rooms", "assistant", "plugins", "models", "devices")


class Home(NamedTuple):
    """What the tests share."""

    server: Running
    browser: Browser

    async def api(self, method: str, path: str, **body: object) -> httpx.Response:
        async with httpx.AsyncClient(base_url=f"{self.server.address}/api", trust_env=False) as client:
            return await client.request(method, path, json=body or None, timeout=30)


@pytest.fixture(scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    folder: Path = tmp_path_factory.mktemp("house")
    async with running_server(folder, ScriptedModel(), speech="off") as server, open_browser() as browser:
        yield Home(server, browser)


@pytest.fixture(scope="module")
async def visitor(home: Home) -> AsyncIterator[Visit]:
    """One visitor for all tests, who must see no fault in any of them."""
    async with visit(home.browser, f"{home.server.address}/#house") as visitor:
        expect.set_options(timeout=PATIENCE_MS)
        yield visitor
        assert faults_of(visitor) == []
        assert await visitor.violations() == []


def faults_of(visitor: Visit) -> list[str]:
    """What went wrong; that a view let go of its events when it was left did not."""
    return [fault for fault in visitor.faults if not fault.endswith("/api/events")]


async def go(page: Page, part: str) -> None:
    await page.evaluate("hash => { location.hash = hash; }", part)


async def whole(page: Page) -> None:
    """Nothing is wider than the screen."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


async def test_a_turn_is_seen_as_it_happens_and_forgotten(home: Home, visitor: Visit) -> None:
    page = visitor.page
    await go(page, "#house/conversation")
    async with TextClient(home.server.ws, "cuisine-1", hello={"room": "cuisine"}) as client:
        await expect(page.get_by_role("searchbox")).to_be_visible()
        _, end = await client.ask("Où est le hérisson ?")
    turn = page.locator(f"[data-turn={end['turn_id']}]")
    await expect(turn).to_contain_text("Où est le hérisson ?")
    await expect(turn).to_contain_text("Tu as dit")
    await expect(turn.locator(".where")).to_have_text("cuisine")
    await expect(turn.locator(".route")).to_have_text("modèle")

    await page.get_by_role("searchbox").fill("licorne")
    await expect(turn).to_have_count(0)
    await page.get_by_role("searchbox").fill("herisson")
    await expect(turn).to_be_visible()
    await turn.get_by_role("button", name="Oublier cet échange").click()
    await expect(turn).to_have_count(0)
    stored = await home.server.house.context.between(None, None)
    assert all(entry.turn_id != end["turn_id"] for entry in stored)
    await page.get_by_role("searchbox").fill("")


async def test_a_client_obeys_and_an_undo_too(home: Home, visitor: Visit, tmp_path: Path) -> None:
    page = visitor.page
    (tmp_path / "client").mkdir()
    file = tmp_path / "client" / "client.toml"
    file.write_text("# À moi.\nfollow_up_s = 9.0\n", "utf-8")
    await go(page, "#house/rooms")
    async with house(tmp_path, ScriptedStt(""), home.server.ws) as room:
        keeper = room.client.parts.keeper
        card = page.locator("article.room", has=page.get_by_text("salon", exact=True))
        volume = card.get_by_role("slider", name="Volume")
        await expect(volume).to_have_value("100")
        await volume.focus()
        await volume.press("PageDown")
        await volume.press("Tab")
        set_to = int(await volume.input_value())
        assert set_to < 100
        await eventually(lambda: keeper.state.volume == set_to)
        await expect(card.get_by_text("L'appareil suit ces réglages.")).to_be_visible()

        await go(page, "#house/assistant")
        await page.get_by_role("switch", name="Nuit").check()
        await eventually(lambda: 'night = "22:00-07:00"' in file.read_text("utf-8"))
        assert file.read_text("utf-8").startswith("# À moi.\nfollow_up_s = 9.0\n")
        await page.get_by_role("button", name="Défaire le dernier réglage").click()
        await eventually(lambda: "night" not in file.read_text("utf-8"))
        await expect(page.get_by_role("switch", name="Nuit")).not_to_be_checked()
        await page.get_by_role("button", name="Défaire le dernier réglage").click()
        await eventually(lambda: keeper.state.volume == 100)


async def test_timers_and_words_in_a_room(home: Home, visitor: Visit) -> None:
    page = visitor.page
    await go(page, "#house/rooms")
    async with TextClient(home.server.ws, "bureau-1", hello={"room": "bureau"}) as client:
        card = page.locator("article.room", has=page.get_by_text("bureau", exact=True))
        await card.get_by_role("button", name="Mettre un minuteur").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Minutes").fill("9")
        await dialog.get_by_label("Nom, si tu veux").fill("pâtes")
        await dialog.get_by_role("button", name="D'accord").click()
        await expect(card.get_by_text("pâtes")).to_be_visible()
        answer, _ = await client.ask("Combien de temps reste-t-il ?")
        assert "pâtes" in answer
        await card.get_by_role("button", name="Annuler « pâtes »").click()
        await expect(card.get_by_text("pâtes")).to_have_count(0)

        await page.get_by_label("Dire dans toutes les pièces").fill("À table !")
        await page.get_by_role("button", name="Dire", exact=True).click()
        assert (await client.until("announce"))["text"] == "À table !"


async def test_a_device_has_one_name_wherever_it_is_renamed(home: Home, visitor: Visit) -> None:
    page = visitor.page
    code = (await home.api("POST", "/pair/codes")).json()["code"]
    who = {"client_id": "tablette-1", "name": "Tablette", "room": "entrée"}
    entered = (await home.api("POST", "/pair", code=code, **who)).json()
    devices, path = page.locator(".clients"), "/clients/tablette-1"
    hello = {"token": entered["access_token"]}
    async with TextClient(home.server.ws, "tablette-1", hello=hello):
        await go(page, "#house/rooms")
        card = page.locator("article.room", has=page.get_by_text("tablette-1"))
        await expect(card.get_by_role("heading")).to_have_text("Tablette")  # as it was paired
        await card.get_by_text("Nom, pièce, mots de réveil").click()
        await card.get_by_label("Nom", exact=True).fill("Écran du couloir")
        await card.get_by_role("button", name="Enregistrer").first.click()
        await expect(card.get_by_role("heading")).to_have_text("Écran du couloir")
        assert "room" not in home.server.house.settings.values.client("tablette-1").model_dump(
            exclude_none=True
        )
        await go(page, "#house/devices")
        await expect(devices).to_contain_text("Écran du couloir")
        await expect(devices).not_to_contain_text("Tablette")
        assert (await home.api("PATCH", path, name="Ardoise")).json()["name"] == "Ardoise"
        await expect(devices).to_contain_text("Ardoise")
        await go(page, "#house/rooms")
        await expect(card.get_by_role("heading")).to_have_text("Ardoise")
    await home.api("DELETE", path)


async def test_a_plugin_is_set_and_its_secret_not_shown(home: Home, visitor: Visit) -> None:
    page = visitor.page
    await go(page, "#house/plugins")
    card = page.locator("[data-plugin=weather]")
    await card.get_by_text("Réglages").click()
    await card.get_by_label("Ville par défaut").fill("Brest, FR")
    await card.get_by_label("Clé d'OpenWeatherMap").fill("clef-0815")
    await card.get_by_role("button", name="Enregistrer").click()
    await expect(card.locator("details[open]")).to_have_count(0)
    await card.get_by_text("Réglages").click()
    await expect(card.get_by_label("Ville par défaut")).to_have_value("Brest, FR")
    key = card.get_by_label("Clé d'OpenWeatherMap")
    await expect(key).to_have_value("")
    await expect(key).to_have_attribute("placeholder", "enregistré, jamais montré")
    assert home.server.house.plugins.secrets["OPENWEATHER_API_KEY"] == "clef-0815"
    assert "clef-0815" not in await page.content()
    lists = page.locator("[data-plugin=lists]").get_by_role("switch")
    await lists.uncheck()
    await expect(page.locator("[data-plugin=lists]")).to_contain_text("éteint")
    await page.locator("[data-plugin=lists]").get_by_role("switch").check()
    await expect(page.locator("[data-plugin=lists]")).to_contain_text("au travail")


async def test_why_a_turn_went_as_it_did(home: Home, visitor: Visit) -> None:
    page = visitor.page
    async with TextClient(home.server.ws, "cuisine-1", hello={"room": "cuisine"}) as client:
        _, end = await client.ask("Combien font six fois sept ?")
        await client.send("playout", turn_id=end["turn_id"], state="started", since_question_ms=640.0)
        await go(page, f"#quality/{end['turn_id']}")
        shown = page.locator(".shown")
        await expect(shown).to_contain_text("J'ai entendu « Combien font six fois sept")
        await expect(shown.locator(".waterfall .stage").last).to_have_text("premier son")
    await expect(page.locator(".tile").first).to_contain_text("640 ms")
    await go(page, "#quality")
    await expect(shown).to_be_hidden()


async def test_hostile_words_are_words(home: Home, visitor: Visit) -> None:
    page = visitor.page
    await page.set_viewport_size({"width": 390, "height": 844})
    await home.api(
        "PATCH", "/settings", version=home.server.house.settings.version, changes={"facts": [HOSTILE]}
    )
    async with TextClient(home.server.ws, "mal-1", hello={"room": HOSTILE}) as client:
        await client.send(
            "local_turn",
            turn_id="l-1",
            heard=HOSTILE,
            answer="x" * 2000,
            intent=HOSTILE[:90],
            timings_ms={"a b<": 3.0},
        )
        _, end = await client.ask(HOSTILE + "m" * 3500)
        moments = {"due": "2027-01-01T00:00:00Z", "changed": "2026-11-22T10:30:00Z"}
        timer = {"timer_id": "t-1", "name": HOSTILE, "duration_s": 9e5, **moments}
        await client.send("device_state", timers=[timer])
        for part in PARTS:
            await go(page, f"#house/{part}")
            await expect(page.locator(".tabs [aria-current]")).to_have_attribute("data-part", part)
            await expect(page.locator(".part .card, .part .turn").first).to_be_visible()
            await whole(page)
            assert await page.locator("main img, main b, main script").count() == 0
        await go(page, "#house/conversation")
        await expect(page.locator(f"[data-turn={end['turn_id']}] .asked")).to_contain_text("<img src=x")
        await go(page, "#quality/l-1")
        await expect(page.locator(".shown .asked")).to_contain_text("<b>gras</b>")
        await whole(page)


async def test_a_name_without_end_leaves_the_layout_whole(home: Home) -> None:
    """A server that lies: whatever is named in it, by anybody, is 100 KB long."""
    endless = HOSTILE + "x" * 100_000

    def lie(told: Any) -> Any:
        if isinstance(told, list):
            return [lie(one) for one in told]
        if not isinstance(told, dict):
            return told
        return {name: endless if name in NAMED and value else lie(value) for name, value in told.items()}

    async def answer(route: Route) -> None:
        answered = await route.fetch()
        await route.fulfill(response=answered, json=lie(await answered.json()))

    async with (
        TextClient(home.server.ws, "mal-2", hello={"room": "grenier"}) as client,
        visit(home.browser, "about:blank") as visitor,
    ):
        await client.ask("Mets un minuteur de neuf minutes qui s'appelle pâtes")
        code = (await home.api("POST", "/pair/codes")).json()["code"]
        await home.api("POST", "/pair", client_id="mal-3", name="Tablette", code=code)
        page = visitor.page
        await page.route(re.compile("/api/(?!events)"), answer)
        await page.goto(f"{home.server.address}/#house")
        for part in (*(f"house/{part}" for part in PARTS), "quality"):
            await go(page, f"#{part}")
            await expect(page.locator("main .card, main .turn").first).to_be_visible(timeout=PATIENCE_MS)
            await whole(page)
            assert await page.locator("main img, main b, main script").count() == 0
        await page.unroute_all(behavior="wait")  # what is asked just now is still lied to
        assert faults_of(visitor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_keeps_anybody_out(home: Home, scheme: str) -> None:
    """axe-core finds no serious fault, and every part can be reached by the keyboard alone."""
    async with (
        TextClient(home.server.ws, "cuisine-1", hello={"room": "cuisine"}) as client,
        visit(home.browser, f"{home.server.address}/#house", color_scheme=scheme) as visitor,
    ):
        await client.ask("Quelle heure est-il ?")
        page = visitor.page
        for part in (*(f"house/{part}" for part in PARTS), "quality", "pair"):
            await go(page, f"#{part}")
            await expect(page.locator("main .card, main .turn").first).to_be_visible()
            found = await Axe().run(page)
            bad = [f for f in found.response["violations"] if f["impact"] in SERIOUS]
            assert not bad, (part, [(f["id"], [n["html"][:200] for n in f["nodes"]]) for f in bad])
        assert faults_of(visitor) == []


async def test_a_stranger_is_let_in(home: Home, tmp_path: Path) -> None:
    """A page that the house does not know asks for six digits, and belongs to it from then on."""
    async with running_server(tmp_path, ScriptedModel(), speech="off", trust_loopback=False) as server:
        code = await server.house.door.show_code(Rights(admin=True))
        async with visit(home.browser, server.address) as visitor:
            page = visitor.page
            expect.set_options(timeout=PATIENCE_MS)
            await expect(page.get_by_role("heading", name="Faire connaissance")).to_be_visible()
            await page.get_by_label("Code à six chiffres").fill("000 000")
            await page.get_by_label("Nom de cet appareil").fill("Tablette")
            await page.get_by_role("button", name="Entrer").click()
            await expect(page.get_by_role("alert")).to_have_text(
                "Ce code n'est pas le bon, ou il est trop vieux."
            )
            await page.get_by_label("Code à six chiffres").fill(code.digits)
            await page.get_by_role("button", name="Entrer").click()
            await expect(page.locator("#link-state")).to_have_attribute("data-state", "connected")
            await go(page, "#house/devices")
            await expect(page.locator(".clients")).to_contain_text("Tablette")
            assert await visitor.violations() == []
