"""What is chosen on the page serves from the next turn on: a voice and a wake word, both real."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import expect

from hive_mind.client.app import open_client
from hive_mind.client.config import load_config
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.source import WavSource
from hive_mind.client.core.state import ClientState
from hive_mind.client.engines import load_engines
from hive_mind.models.store import ModelStore
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, silence
from hive_mind.speech.files import resample
from hive_mind.speech.playout import NullSink
from hive_mind.speech.tts.factory import make_voice
from tests.fakes.browser import CHROMIUM, NO_CHROMIUM, PATIENCE_MS, open_browser, visit
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.thin_client import ThinClient
from tests.fakes.waiting import eventually

pytestmark = [
    pytest.mark.models,
    pytest.mark.anyio,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]
FORMANTS = "espeak:fr"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def server(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("house")
    (folder / "models").symlink_to(models_dir)
    async with running_server(folder, ScriptedModel(), announce=False) as server:
        yield server


async def test_another_voice_speaks_from_the_next_answer_on(server: Running) -> None:
    async with (
        open_browser() as browser,
        visit(browser, f"{server.address}/#house/models") as visitor,
        ThinClient(server.ws) as client,
    ):
        rates = []
        for voice in (None, FORMANTS):
            if voice is not None:
                await visitor.page.get_by_label("Voix du serveur").select_option(voice)
                await eventually(lambda: server.house.settings.values.voice == FORMANTS)
            await client.say("Quelle heure est-il ?", utterance_id=f"u-{voice}")
            rates.append((await client.until("speech_start"))["rate"])
            assert (await client.until("speech_end"))["outcome"] == "completed"
        assert rates == [24000, 22050]  # Kokoro's, espeak-ng's


async def test_a_client_answers_to_the_name_that_was_chosen(
    server: Running, models_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    called = make_voice(ModelStore(models_dir).find, "kokoro:af_heart")

    def call(name: str) -> Samples:
        said = Clip(np.concatenate(list(called.synthesize(name))), called.capabilities.rate)
        return np.concatenate([silence(1.0), resample(said, SAMPLE_RATE).samples, silence(3.0)])

    config = load_config(server=server.ws, data=tmp_path, client_id="salon", voice=FORMANTS, room="salon")
    engines = load_engines(config)
    woken: list[str] = []
    states: list[ClientState] = []
    clock = SystemClock()
    sink = NullSink(engines.voice.capabilities.rate, clock)
    async with (
        open_client(config, engines, sink, clock=clock, on_change=states.append) as client,
        open_browser() as browser,
        visit(browser, f"{server.address}/#house/rooms") as visitor,
    ):
        client.parts.on_wake = lambda wake: woken.append(wake.word)
        await client.link.first_contact()
        card = visitor.page.locator("article.room", has=visitor.page.get_by_text("salon", exact=True))
        await card.get_by_text("Nom, pièce, mots de réveil").click(timeout=PATIENCE_MS)
        await card.get_by_role("checkbox", name="hey jarvis").uncheck()
        await card.get_by_role("checkbox", name="alexa").check()
        await card.get_by_role("slider", name="alexa").fill("0.6")
        await card.locator("form", has=visitor.page.get_by_role("group")).get_by_role("button").click()
        await expect(card.get_by_text("L'appareil suit ces réglages.")).to_be_visible(timeout=PATIENCE_MS)
        said = np.concatenate([call("Hey Jarvis!"), call("Alexa!")])
        await client.loop.run(WavSource(Clip(said, SAMPLE_RATE), clock, tail_s=1.0))
        assert woken == ["alexa"]
