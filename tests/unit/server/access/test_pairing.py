"""Pairing over HTTP: codes, requests, rights, and those who guess."""

from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from hive_mind.protocol.pairing import client_proof, code_key, server_proof
from tests.fakes.front_desk import FrontDesk

pytestmark = pytest.mark.anyio
NONCE = "0123456789abcdef"
WHO = {"client_id": "cuisine", "name": "La cuisine", "room": "cuisine"}


def proof(digits: str, fingerprint: str = "", client_id: str = "cuisine") -> dict[str, str]:
    return {"nonce": NONCE, "proof": client_proof(code_key(digits, NONCE), client_id, fingerprint)}


async def enter(front: FrontDesk, address: str = "192.168.1.30", **said: Any) -> httpx.Response:
    async with front.at(address) as http:
        return await http.post("/api/pair", json={**WHO, **said})


async def test_a_code_is_good_once(front: FrontDesk) -> None:
    code = await front.code()
    assert len(code) == 6
    granted = (await enter(front, code=f"{code[:3]} {code[3:]}")).json()
    assert (await front.status(granted["access_token"]))[0] == 200
    again = await enter(front, code=code)
    assert (again.status_code, again.json()["code"]) == (403, "PAIRING_CODE_WRONG")


async def test_a_code_is_good_for_three_minutes(front: FrontDesk) -> None:
    code = await front.code()
    front.wait(minutes=3)
    assert (await enter(front, code=code)).json()["code"] == "PAIRING_CODE_WRONG"


async def test_both_prove_that_they_know_the_code_and_the_certificate(front: FrontDesk) -> None:
    front.desk.fingerprint = "ab" * 32
    code = await front.code()
    assert (await enter(front, proof=proof(code, "cd" * 32))).status_code == 403  # somebody in the middle
    answer = await enter(front, proof=proof(code, "ab" * 32))
    assert answer.status_code == 200
    assert answer.json()["proof"] == server_proof(code_key(code, NONCE), "cuisine", "ab" * 32)


async def test_behind_a_proxy_its_certificate_is_not_ours(front: FrontDesk) -> None:
    front.desk.fingerprint = "ab" * 32
    forwarded = {"X-Forwarded-For": "192.168.1.30", "X-Forwarded-Proto": "https"}
    said = {**WHO, "proof": proof(await front.code(), "")}
    async with front.at() as http:
        assert (await http.post("/api/pair", json=said)).status_code == 403
        assert (await http.post("/api/pair", json=said, headers=forwarded)).status_code == 200


async def test_who_guesses_is_stopped_and_the_code_given_up(front: FrontDesk) -> None:
    code = await front.code()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    with capture_logs() as logs:
        codes = [(await enter(front, "192.168.1.66", code=wrong)).json()["code"] for _ in range(14)]
    assert codes == ["PAIRING_CODE_WRONG"] * 10 + ["RATE_LIMITED"] * 4
    assert any(entry["event"].startswith("pairing code given up") for entry in logs)
    assert {entry.get("address") for entry in logs if entry["event"] == "refused"} == {"192.168.1.66"}
    assert code not in str(logs)
    assert (await enter(front, code=code)).json()["code"] == "PAIRING_CODE_WRONG"  # it is no more
    fresh = await front.code()
    assert (await enter(front, "192.168.1.66", code=fresh)).status_code == 429
    assert (await enter(front, code=fresh)).status_code == 200  # others are not stopped
    front.wait(minutes=2)
    fresh = await front.code()
    assert (await enter(front, "192.168.1.66", code=fresh)).status_code == 200


async def test_guesses_from_everywhere_are_stopped_too(front: FrontDesk) -> None:
    answers = [(await enter(front, f"10.0.{n}.1", code="123456")).status_code for n in range(70)]
    assert answers == [403] * 60 + [429] * 10


async def test_who_guesses_tokens_is_stopped_and_paired_clients_are_not(front: FrontDesk) -> None:
    granted = await front.pair()
    codes = [await front.status("a.b.c") for _ in range(15)]
    assert codes == [(401, "UNAUTHORISED")] * 10 + [(429, "RATE_LIMITED")] * 5
    assert await front.status(granted["access_token"]) == (200, "")
    assert (await front.renew(granted["refresh_token"])).status_code == 200


async def test_a_client_shows_digits_and_somebody_types_them(front: FrontDesk) -> None:
    async with front.at() as client, front.here() as owner:
        asked = await client.post("/api/pair/requests", json={**WHO, "proof": proof("482913")})
        assert asked.status_code == 202
        request, secret = asked.json()["request_id"], asked.json()["secret"]
        address = f"/api/pair/requests/{request}"
        bearer = {"Authorization": f"Bearer {secret}"}
        assert (await client.get(address, headers=bearer)).json() == {"state": "waiting"}
        assert (await client.get("/api/pair/requests")).status_code == 401
        listed = (await owner.get("/api/pair/requests")).json()
        assert [(r["client_id"], r["address"], r["known"]) for r in listed] == [
            ("cuisine", "192.168.1.30", False)
        ]
        assert "482913" not in str(listed)
        wrong = await owner.post("/api/pair/approve", json={"code": "482914"})
        assert wrong.json()["code"] == "PAIRING_CODE_WRONG"
        right = await owner.post("/api/pair/approve", json={"code": "482 913", "rights": {"private": True}})
        assert right.json() == {"client_id": "cuisine", "name": "La cuisine", "room": "cuisine"}
        assert (await client.get(address, headers={"Authorization": "Bearer x"})).status_code == 401
        granted = (await client.get(address, headers=bearer)).json()
        assert granted["proof"] == server_proof(code_key("482913", NONCE), "cuisine", "")
        assert (await client.get(address, headers=bearer)).status_code == 404  # tokens are given once
    assert (await front.status(granted["access_token"]))[0] == 200
    assert front.desk.register.client("cuisine").rights.private


async def test_a_request_can_be_turned_away_and_few_can_wait(front: FrontDesk) -> None:
    async with front.here() as owner:
        last = httpx.Response(0)
        for n in range(12):
            async with front.at(f"192.168.1.{10 + n // 3}") as client:
                said = {**WHO, "client_id": f"c{n}", "proof": proof("1" * 6, client_id=f"c{n}")}
                last = await client.post("/api/pair/requests", json=said)
        assert last.status_code == 429
        listed = (await owner.get("/api/pair/requests")).json()
        assert len(listed) == 8
        assert (await owner.delete(f"/api/pair/requests/{listed[0]['request_id']}")).status_code == 204
        assert len((await owner.get("/api/pair/requests")).json()) == 7
        front.wait(minutes=5)
        assert (await owner.get("/api/pair/requests")).json() == []


async def test_rights_come_with_the_code_and_can_be_changed(front: FrontDesk) -> None:
    granted = await front.pair(plugins=["weather"], rooms=["Salon"], private=True)
    async with front.at(Authorization=f"Bearer {granted['access_token']}") as http:
        rights = (await http.get("/api/me")).json()["rights"]
        assert rights == {"admin": False, "private": True, "plugins": ["weather"], "rooms": ["Salon"]}
        for method, path in (
            ("GET", "/api/clients"),
            ("PATCH", "/api/clients/cuisine"),
            ("DELETE", "/api/clients/cuisine"),
            ("POST", "/api/pair/codes"),
            ("POST", "/api/pair/approve"),
            ("GET", "/api/pair/requests"),
        ):
            body = {"code": "123456"} if path.endswith("approve") else {}
            answer = await http.request(method, path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED"), path
    change = {"name": "Cuisine", "room": "cuisine", "rights": {"admin": True}}
    async with front.here() as owner:
        told = (await owner.patch("/api/clients/cuisine", json=change)).json()
        assert (told["name"], told["room"], told["rights"]["admin"]) == ("Cuisine", "cuisine", True)
        wrong = await owner.patch("/api/clients/cuisine", json={"rights": {"god": True}})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "INVALID_MESSAGE")
    async with front.at(Authorization=f"Bearer {granted['access_token']}") as http:
        assert (await http.get("/api/clients")).status_code == 200  # the same token, other rights


async def test_rooms_are_told_apart_as_people_do() -> None:
    from hive_mind.server.core.access.identity import Identity, Rights

    rights = Rights(rooms=("Chambre de Léa",))
    assert rights.may_enter("chambre de lea")
    assert not rights.may_enter("cuisine")
    assert not rights.may_enter(None)
    assert Rights().may_enter(None)
    who = Identity("cuisine", "Cuisine")
    assert who.speaks_as("cuisine")
    assert who.speaks_as("cuisine:text")
    assert not who.speaks_as("cuisine-2")


async def test_a_client_id_that_could_be_taken_for_a_part_of_another(front: FrontDesk) -> None:
    code = await front.code()
    assert (await enter(front, code=code, client_id="cuisine:text")).json()["code"] == "INVALID_MESSAGE"
