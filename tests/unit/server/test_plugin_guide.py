"""The plugin that the guide writes works as it says."""

import asyncio
import re
from pathlib import Path

import pytest

from hive_mind.cli.plugin_check import check
from hive_mind.server.core.plugin_trial import trial

pytestmark = pytest.mark.anyio

GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "plugins.md").read_text("utf-8")


def block(kind: str, number: int = 0) -> str:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)[number]  # type: ignore[no-any-return]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ma_lampe"
    for name, text in (
        ("plugin.json", block("json")),
        ("handler.py", block("python")),
        ("sentences/fr/lamp_on.yaml", block("yaml")),
        ("replies/fr.toml", block("toml")),
        ("tests/utterances.yaml", block("yaml", 1)),
    ):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, "utf-8")
    return made


def test_it_passes_the_check(folder: Path) -> None:
    found = list(check(folder, {"LAMP_TOKEN": "x"}))
    assert [f for f in found if f.level == "error"] == []
    assert ("examples", "3 of 3") in [(f.check, f.found) for f in found]


async def test_it_asks_and_lights(folder: Path) -> None:
    heard: list[str] = []

    async def lamp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(lamp, "127.0.0.1") as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with trial(folder, environ={"LAMP_TOKEN": "abc"}, config={"address": address}) as plugin:
            asked = await plugin.ask("Allume la lampe")
            assert asked.speech == "Dans quelle pièce ?"
            answer = await plugin.ask("Allume la lampe du salon")
            assert answer.speech == "C'est allumé, salon."
            assert answer.receipt_id is not None
    (request,) = heard
    assert request.startswith("POST /lamp_on ")
    assert "authorization: abc" in request.lower()
