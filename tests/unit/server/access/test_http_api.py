"""The HTTP API against requests that nobody should send: Schemathesis makes them from its description."""

import asyncio
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from hive_mind.server.core.access.tokens import owner_token
from tests.fakes.front_desk import HOUSE_KEY, FrontDesk

LEAKS = ("Traceback", "pydantic", "site-packages", "hive_mind.")

front = FrontDesk()
asyncio.run(front.desk.start())
schema = schemathesis.openapi.from_asgi("/openapi.json", front.app)
operations: list[APIOperation[Any, Any, Any, Any]] = [
    found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)
]


async def ask(told: dict[str, Any]) -> httpx.Response:
    async with front.at() as http:
        known = {
            name: told[name]
            for name in ("method", "url", "params", "json", "content", "headers")
            if told.get(name)
        }
        return await http.request(**known)


def check(case: Any, headers: dict[str, str]) -> None:
    told = case.as_transport_kwargs(base_url="http://hive.local")
    told["headers"] = {**{k: v for k, v in told["headers"].items() if v.isascii()}, **headers}
    answer = asyncio.run(ask(told))
    front.close()
    assert answer.status_code < 500, answer.text
    assert answer.headers["content-security-policy"]
    assert not any(leak in answer.text for leak in LEAKS), answer.text
    if answer.status_code >= 400:
        assert set(answer.json()) == {"code", "message", "recoverable"}


@pytest.mark.parametrize("operation", operations, ids=lambda found: found.label)
def test_no_request_breaks_it(operation: APIOperation[Any, Any, Any, Any]) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def as_who_runs_the_house_and_as_a_stranger(case: Any) -> None:
        front.wait(minutes=2)  # so that wrong tries are not all that is seen
        check(case, {"Authorization": f"Bearer {owner_token(HOUSE_KEY, front.now)}"})
        check(case, {})

    as_who_runs_the_house_and_as_a_stranger()


def test_all_routes_are_seen() -> None:
    assert len(operations) >= 14
