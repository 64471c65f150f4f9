"""What the server's tests share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel


@pytest.fixture
async def model() -> ScriptedModel:
    return ScriptedModel(
        {"Quelle est la capitale de l'Italie ?": ("La capitale", " de l'Italie", " est Rome.")}
    )


@pytest.fixture
async def running(tmp_path: Path, model: ScriptedModel) -> AsyncIterator[Running]:
    async with running_server(tmp_path, model) as server:
        yield server
