"""What the server's tests share."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel

ANSWERS: dict[str, Sequence[str]] = {
    "Quelle est la capitale de l'Italie ?": ("La capitale", " de l'Italie", " est Rome.")
}


@pytest.fixture
async def model() -> ScriptedModel:
    return ScriptedModel(ANSWERS)


@pytest.fixture
async def running(tmp_path: Path, model: ScriptedModel) -> AsyncIterator[Running]:
    async with running_server(tmp_path, model) as server:
        yield server


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One server for a whole module: for tests that don't mind what others have said there."""
    async with running_server(tmp_path_factory.mktemp("house"), ScriptedModel(ANSWERS)) as server:
        yield server
