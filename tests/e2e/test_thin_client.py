"""A spoken question streamed by a client without engines: real recogniser, real voice, a real socket."""

from pathlib import Path

import numpy as np
import pytest

from hive_mind.server.config import ServerConfig
from hive_mind.server.core.speech.engines import loader
from hive_mind.speech.audio import SAMPLE_RATE, Clip, silence
from hive_mind.speech.files import resample
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.thin_client import ThinClient

pytestmark = [pytest.mark.models, pytest.mark.anyio]


async def test_a_streamed_question_gets_a_spoken_answer_that_says_what_is_written(
    models_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    engines = loader(ServerConfig(data=tmp_path, voice="kokoro:ff_siwis"))()
    voice = engines.voice
    asked = np.concatenate(list(voice.synthesize("Quelle est la capitale de l'Italie ?")))
    question = resample(Clip(asked, voice.capabilities.rate), SAMPLE_RATE).samples
    model = ScriptedModel(
        {"Quelle est la capitale de l'Italie ?": ("La capitale de l'Italie est la ville de Rome.",)}
    )
    async with running_server(tmp_path, model, lambda: engines) as server, ThinClient(server.ws) as page:
        await page.stream(np.concatenate([silence(0.4), question, silence(1.5)]), pace=True)
        await page.answered()
        transcripts = page.of_type("transcript")
        assert transcripts[-1]["is_final"]
        assert "capitale de l'Italie" in transcripts[-1]["text"]
        assert not transcripts[0]["is_final"]  # shown before it was sure
        answer = resample(page.spoken(), SAMPLE_RATE).samples
        heard = engines.stt.transcribe(answer).text
        assert "Rome" in heard
        assert "Italie" in heard
