"""`hive-mind wer`: the person sees what was heard, corrects it, and only the figure stays."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hive_mind.cli.main import build
from hive_mind.cli.wer import judge
from hive_mind.server.core.metrics.word_errors import Sample, Score, load_sample, sample_path
from tests.fakes.running_server import running_server
from tests.fakes.scripted_console import ScriptedConsole
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient

HEARD = [
    {"turn_id": "3", "begun": "2026-01-06T14:02:00+00:00", "room": "salon", "heard": "éteins la lampe"},
    {"turn_id": "2", "begun": "2026-01-06T14:01:00+00:00", "room": "salon", "heard": "étant la lampe"},
    {"turn_id": "1", "begun": "2026-01-06T14:00:00+00:00", "room": "cuisine", "heard": "Bonjour."},
]


def test_right_wrong_and_passed() -> None:
    console = ScriptedConsole("", "éteins la lampe", "-")
    sample, pairs = judge(console, HEARD, Sample())
    assert sample.rooms == {"cuisine": Score(1, 1, 0), "salon": Score(1, 3, 1)}
    assert sample.until is not None and sample.until.minute == 2
    assert pairs[1] == {"said": "éteins la lampe", "heard": "étant la lampe"}


def test_stopping_leaves_the_rest_for_another_time() -> None:
    sample, _ = judge(ScriptedConsole("", "q"), HEARD, Sample())
    assert sample.until is not None and sample.until.minute == 0


@pytest.mark.anyio
async def test_against_a_server(tmp_path: Path) -> None:
    from anyio import to_thread

    def asked(answers: str) -> str:
        arguments = ["wer", "--server", running.ws, "--data", str(tmp_path)]
        result = CliRunner().invoke(build("wer"), arguments, input=answers)
        assert result.exit_code == 0, result.output
        return result.output

    ear = {"capabilities": {"stt": True}, "room": "salon"}
    async with (
        running_server(tmp_path, ScriptedModel()) as running,
        TextClient(running.ws, hello=ear) as client,
    ):
        await client.ask("Quel d'or est-il ?")
        told = await to_thread.run_sync(asked, "Quelle heure est-il ?\nn\n")
        assert "mal entendus" in told
        assert "Rien de nouveau" in await to_thread.run_sync(asked, "")
    assert load_sample(sample_path(tmp_path)).rooms["salon"].turns == 1
    assert not (tmp_path / "wer-samples").exists()
