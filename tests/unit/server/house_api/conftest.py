"""One server for all tests of the page's interface."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient


@pytest.fixture(scope="package")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with running_server(tmp_path_factory.mktemp("house"), ScriptedModel()) as server:
        yield server


@pytest.fixture(scope="package")
async def api(home: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{home.address}/api", timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
async def cuisine(home: Running) -> AsyncIterator[TextClient]:
    async with TextClient(home.ws, "cuisine-1", hello={"room": "cuisine"}) as client:
        yield client
