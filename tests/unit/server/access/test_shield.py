"""What stands before all routes: names, origins, sizes, headers."""

import pytest

from hive_mind.server.core.shield import HEADERS
from tests.fakes.front_desk import FrontDesk

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://hive.local:8000"}, 200),
        ({"Origin": "http://hive.local:8000", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://hive.local:9000", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://evil.example:8000", "Host": "evil.example:8000"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "[::1"}, 403),
    ],
)
async def test_what_changes_something_comes_from_a_page_of_ours(
    front: FrontDesk, headers: dict[str, str], status: int
) -> None:
    async with front.here() as http:
        answer = await http.post("/api/pair/codes", headers=headers)
    assert answer.status_code == status, answer.text


async def test_every_answer_tells_browsers_what_they_may_do(front: FrontDesk) -> None:
    async with front.here() as http:
        for answer in (
            await http.get("/api/me"),
            await http.get("/nothing"),
            await http.post("/api/pair", json={}),
            await http.get("/api/me", headers={"Host": "evil.example"}),
        ):
            assert HEADERS.items() <= {k.title(): v for k, v in answer.headers.items()}.items()
        policy = (await http.get("/api/me")).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "*" not in policy


async def test_no_more_is_read_than_needed(front: FrontDesk) -> None:
    async def endless() -> object:
        for _ in range(100):
            yield b"[" * 4096

    async with front.here() as http:
        assert (await http.post("/api/pair", content=b"x" * 70_000)).status_code == 413
        assert (await http.post("/api/pair", content=endless())).status_code == 422  # type: ignore[arg-type]


async def test_faults_name_a_code_and_nothing_that_was_sent(front: FrontDesk) -> None:
    async with front.here() as http:
        answer = await http.post("/api/pair", json={"client_id": "<secret>", "name": "x", "code": "123456"})
        assert answer.json() == {
            "code": "INVALID_MESSAGE",
            "message": "Ce message est incomplet ou mal formé.",
            "recoverable": False,
        }
        assert (await http.get("/nothing")).json()["code"] == "NOT_FOUND"
        assert (await http.put("/api/pair")).json()["code"] == "METHOD_NOT_ALLOWED"
