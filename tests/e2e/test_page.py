"""A visitor talks to the house through the page: real browser, recogniser, voice; a microphone of ours."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from hive_mind.server.config import ServerConfig
from hive_mind.server.core.speech.engines import SpeechEngines, loader
from hive_mind.speech.audio import SAMPLE_RATE, Clip, silence
from hive_mind.speech.files import resample, write_wav
from tests.fakes.browser import CHROMIUM, NO_CHROMIUM, PATIENCE_MS, Visit, open_browser, visit
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel

pytestmark = [
    pytest.mark.models,
    pytest.mark.anyio,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]
SUM, RESULT = "Combien font douze fois treize ?", "156"
TWO = "Mets un minuteur de dix minutes et dis-moi quelle heure il est"
LONG = "Raconte"
STORY = " ".join(["Il était une fois une ruche où chaque abeille racontait sa journée."] * 12)
WAIT_S = 0.03
PAUSE_S = 0.5


class Home:
    """What the tests share."""

    server: Running
    browser: Browser

    def __init__(self, engines: SpeechEngines, microphone: Path) -> None:
        self.engines = engines
        self.microphone = microphone

    def say(self, *words: str) -> None:
        """What a microphone hears that is opened from now on, with pauses between."""
        rate = self.engines.voice.capabilities.rate
        samples = [silence(0.7)]
        for each in words:
            said = Clip(np.concatenate(list(self.engines.voice.synthesize(each))), rate)
            samples += [resample(said, SAMPLE_RATE).samples, silence(PAUSE_S)]
        write_wav(self.microphone, Clip(np.concatenate([*samples, silence(60)]), SAMPLE_RATE))


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def home(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    folder = tmp_path_factory.mktemp("house")
    (folder / "models").symlink_to(models_dir)
    engines = loader(ServerConfig(data=folder, voice="kokoro:ff_siwis"))()
    home = Home(engines, folder / "question.wav")
    home.say(SUM)
    model = ScriptedModel({LONG: (STORY,)})
    async with (
        running_server(folder, model, lambda: engines, announce=False) as home.server,
        open_browser(home.microphone) as home.browser,
    ):
        yield home


@pytest.fixture
async def visitor(home: Home) -> AsyncIterator[Visit]:
    """A page that is connected; nothing in it may have failed by the end."""
    async with visit(home.browser, home.server.address) as visitor:
        await expect(visitor.page.locator("#link-state")).to_have_attribute(
            "data-state", "connected", timeout=PATIENCE_MS
        )
        yield visitor
        assert visitor.faults == []
        assert await visitor.violations() == []


async def answered(page: Page, words: str) -> None:
    await expect(page.locator(".told").last).to_contain_text(words, timeout=PATIENCE_MS)


async def heard_by(home: Home, visitor: Visit) -> str:
    """What the loudspeaker said, as the recogniser hears it.

    Where the machine is too busy to render a voice in time the page waits in silence: that is left out.
    """
    sounded = await visitor.sounded()
    loud = np.flatnonzero(sounded.samples)
    silent_for = np.arange(len(sounded.samples)) - np.maximum.accumulate(
        np.where(sounded.samples != 0, np.arange(len(sounded.samples)), 0)
    )
    voice = Clip(sounded.samples[: loud[-1]][silent_for[: loud[-1]] < WAIT_S * sounded.rate], sounded.rate)
    return home.engines.stt.transcribe(
        np.concatenate([silence(0.2), resample(voice, SAMPLE_RATE).samples, silence(0.5)])
    ).text


async def test_a_press_a_question_an_answer_heard(home: Home, visitor: Visit) -> None:
    page = visitor.page
    await page.locator(".big").click()
    await expect(page.locator(".talk")).to_have_attribute("data-mood", "listening")
    await expect(page.locator(".asked")).to_contain_text("Combien font", timeout=PATIENCE_MS)
    await answered(page, RESULT)
    await expect(page.locator(".talk")).to_have_attribute("data-mood", "speaking", timeout=PATIENCE_MS)
    await expect(page.locator(".talk")).to_have_attribute("data-mood", "idle", timeout=PATIENCE_MS)
    heard = await heard_by(home, visitor)
    assert RESULT in heard
    trace = home.server.house.traces.last()
    assert trace is not None
    assert trace.playout_ms is not None  # the page told how long it took


async def test_an_answer_is_stopped_by_a_key_and_by_speaking(home: Home, visitor: Visit) -> None:
    page = visitor.page
    await page.get_by_role("button", name="Écrire").click()
    await page.get_by_role("textbox").fill(TWO)
    await page.keyboard.press("Enter")
    await expect(page.locator(".talk")).to_have_attribute("data-mood", "speaking", timeout=PATIENCE_MS)
    await page.keyboard.press("Escape")
    await expect(page.locator(".talk")).to_have_attribute("data-mood", "idle")
    await visitor.falls_silent(0.5)
    assert visitor.told("speech_end")[-1]["outcome"] == "interrupted"
    await page.get_by_role("textbox").fill(TWO)
    await page.keyboard.press("Enter")
    await expect(page.locator(".talk")).to_have_attribute("data-mood", "speaking", timeout=PATIENCE_MS)
    await page.get_by_role("button", name="Mains libres").click()
    await expect(page.locator(".asked").last).to_contain_text("Combien font", timeout=PATIENCE_MS)
    await answered(page, RESULT)
    await page.get_by_role("button", name="Mains libres").click()


async def test_an_order_that_goes_on_after_its_answer_began_is_one_order(home: Home, visitor: Visit) -> None:
    page = visitor.page
    home.say("Mets un minuteur", "de dix minutes")
    await page.locator(".big").click()
    await expect(page.locator(".asked").last).to_contain_text(
        re.compile("(10|dix) minutes"), timeout=PATIENCE_MS
    )
    await answered(page, "10 minutes")
    await expect(page.locator(".talk")).to_have_attribute("data-mood", "idle", timeout=PATIENCE_MS)
    await expect(page.locator(".asked")).to_have_count(1)
    await expect(page.locator(".told")).to_have_count(1)
    remote = next(each for each in home.server.house.remotes.values() if each.link is not None)
    assert [timer.duration_s for timer in (await remote.keeper.state()).timers] == [600.0]


@pytest.mark.parametrize(("word", "wish"), [("Stop !", "stop"), ("Attends !", "wait")])
async def test_a_word_over_the_answer_silences_it_with_free_hands(
    home: Home, visitor: Visit, word: str, wish: str
) -> None:
    page = visitor.page
    home.say(word)
    try:
        await page.get_by_role("button", name="Écrire").click()
        await page.get_by_role("textbox").fill(LONG)
        await page.keyboard.press("Enter")
        await expect(page.locator(".talk")).to_have_attribute("data-mood", "speaking", timeout=PATIENCE_MS)
        await page.get_by_role("button", name="Mains libres").click()
        await expect(page.locator(".asked").nth(1)).to_be_visible(timeout=PATIENCE_MS)
        await expect(page.locator(".talk")).to_have_attribute("data-mood", "follow_up", timeout=PATIENCE_MS)
        await visitor.falls_silent(0.5)
        assert visitor.told("speech_end")[-1]["outcome"] == "interrupted"
        assert visitor.told("transcript")[-1]["wish"] == wish
        assert len(visitor.told("turn_end")) == 1  # it was no question
        await page.get_by_role("button", name="Mains libres").click()
    finally:
        home.say(SUM)


async def test_no_serious_fault_for_people_who_see_hear_or_move_otherwise(home: Home) -> None:
    for scheme in ("light", "dark"):
        async with visit(home.browser, home.server.address, color_scheme=scheme) as visitor:
            page = visitor.page
            await page.locator(".idea").first.click()
            await answered(page, "est")
            for view in ("#talk", "#house", "#quality"):
                await page.goto(f"{home.server.address}/{view}")
                await expect(page.locator("main h1")).to_have_count(1)
                found = (await Axe().run(page)).response["violations"]
                serious = [v for v in found if v["impact"] in ("serious", "critical")]
                assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious] == [], view
