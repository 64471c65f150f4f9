"""Tokens over HTTP: expiry, rotation, replay, theft, forgery."""

import base64
import json

import jwt
import pytest
from starlette.requests import HTTPConnection

from hive_mind.errors import AccessError
from hive_mind.server.core.access.badge import Badge
from hive_mind.server.core.access.desk import LOOK_AGAIN_S
from tests.fakes.front_desk import FrontDesk

pytestmark = pytest.mark.anyio


async def test_a_token_opens_the_door_until_it_is_too_old(front: FrontDesk) -> None:
    granted = await front.pair()
    assert await front.status(granted["access_token"]) == (200, "")
    front.wait(seconds=granted["expires_in"] - 1)
    assert await front.status(granted["access_token"]) == (200, "")
    front.wait(seconds=1)
    assert await front.status(granted["access_token"]) == (401, "TOKEN_EXPIRED")


async def test_no_token_no_entry_but_on_this_machine(front: FrontDesk) -> None:
    async with front.at() as http:
        answer = await http.get("/api/secret")
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORISED")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    async with front.here() as http:
        assert (await http.get("/api/secret")).status_code == 200
        # A proxy on this machine speaks for somebody else.
        assert (await http.get("/api/secret", headers={"X-Forwarded-For": "1.2.3.4"})).status_code == 401
        assert (await http.get("/api/secret", headers={"Origin": "https://evil.example"})).status_code == 401


async def test_renewing_gives_the_next_tokens_and_lasts_for_months(front: FrontDesk) -> None:
    granted = await front.pair()
    seen = {granted["refresh_token"]}
    for _ in range(12):
        front.wait(days=7)
        answer = await front.renew(granted["refresh_token"])
        assert answer.status_code == 200, answer.text
        granted = answer.json()
        assert granted["refresh_token"] not in seen
        seen.add(granted["refresh_token"])
        assert await front.status(granted["access_token"]) == (200, "")
        await front.settle()


async def test_a_client_that_was_away_for_too_long_is_paired_again(front: FrontDesk) -> None:
    granted = await front.pair()
    front.wait(days=61)
    answer = await front.renew(granted["refresh_token"])
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_REVOKED")


async def test_an_answer_that_was_lost_on_the_way_locks_nobody_out(front: FrontDesk) -> None:
    granted = await front.pair()
    first = (await front.renew(granted["refresh_token"])).json()
    front.wait(days=3)
    again = (await front.renew(granted["refresh_token"])).json()
    assert again["refresh_token"] == first["refresh_token"]
    assert await front.status(again["access_token"]) == (200, "")


async def test_two_tabs_that_renew_at_once_get_the_same(front: FrontDesk) -> None:
    granted = await front.pair()
    one = (await front.renew(granted["refresh_token"])).json()
    assert await front.status(one["access_token"]) == (200, "")
    await front.settle()
    front.wait(seconds=5)
    other = (await front.renew(granted["refresh_token"])).json()
    assert other["refresh_token"] == one["refresh_token"]


async def test_a_stolen_refresh_token_shuts_the_client_out_once_both_have_used_it(front: FrontDesk) -> None:
    owner = await front.pair()
    await front.pair("salon")
    thief = (await front.renew(owner["refresh_token"], "192.168.1.66")).json()
    assert await front.status(thief["access_token"], "192.168.1.66") == (200, "")
    await front.settle()  # the thief's tokens are in use
    front.wait(minutes=1)
    answer = await front.renew(owner["refresh_token"])  # and now the owner comes
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_REVOKED")
    assert await front.status(thief["access_token"]) == (401, "UNAUTHORISED")
    assert (await front.renew(thief["refresh_token"])).json()["code"] == "TOKEN_REVOKED"
    async with front.here() as http:
        listed = {
            client["client_id"]: client["shut_out"] for client in (await http.get("/api/clients")).json()
        }
    assert listed == {"cuisine": "reuse", "salon": None}


async def test_the_owner_comes_first_and_the_thief_shuts_the_client_out(front: FrontDesk) -> None:
    granted = await front.pair()
    stolen = granted["refresh_token"]
    for _ in range(2):
        granted = (await front.renew(granted["refresh_token"])).json()
    assert (await front.renew(stolen)).json()["code"] == "TOKEN_REVOKED"
    assert await front.status(granted["access_token"]) == (401, "UNAUTHORISED")


async def test_nothing_that_was_not_issued_here_is_taken(front: FrontDesk) -> None:
    granted = await front.pair()
    head, body, mac = granted["access_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    kid = jwt.get_unverified_header(granted["access_token"])["kid"]
    unsigned = jwt.encode(claims, "", "none", {"kid": kid})
    other = jwt.encode(claims, "k" * 32, "HS256", {"kid": kid})
    later = {**claims, "exp": claims["exp"] + 10**6}
    forged = base64.urlsafe_b64encode(json.dumps(later).encode()).decode().rstrip("=")
    for token in (unsigned, other, f"{head}.{forged}.{mac}", "x", "a.b.c", "é" * 8, "x" * 5000):
        async with front.at(f"10.0.0.{len(token) % 250}") as http:
            answer = await http.get("/api/secret", headers={b"Authorization": f"Bearer {token}".encode()})
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORISED"), token
    refresh = granted["refresh_token"]
    for token in (refresh[:-2] + "AA", refresh.replace(".0.", ".1."), "hmr1.x.0.AAAA", "hmr1", ""):
        assert (await front.renew(token, f"10.1.0.{len(token)}")).status_code == 401
    assert (await front.renew(refresh)).status_code == 200  # a forged one shuts nobody out


async def test_a_token_of_one_client_is_none_of_another(front: FrontDesk) -> None:
    granted = await front.pair()
    await front.pair("salon")
    register = front.desk.register
    key = register.client("salon").keys[0]
    claims = jwt.decode(granted["access_token"], options={"verify_signature": False})
    crossed = jwt.encode(claims, base64.b64decode(key.secret), "HS256", {"kid": key.kid})
    assert await front.status(crossed) == (401, "UNAUTHORISED")


async def test_signing_keys_rotate_and_running_tokens_stay_good(front: FrontDesk) -> None:
    granted = await front.pair()
    old = front.desk.register.client("cuisine").keys[0].kid
    front.wait(days=6, hours=23, minutes=50)
    granted = (await front.renew(granted["refresh_token"])).json()
    assert await front.status(granted["access_token"]) == (200, "")
    front.wait(minutes=12)
    newer = (await front.renew(granted["refresh_token"])).json()
    keys = front.desk.register.client("cuisine").keys
    assert [key.kid == old for key in keys] == [False, True]
    assert await front.status(granted["access_token"]) == (200, "")
    assert await front.status(newer["access_token"]) == (200, "")
    await front.settle()
    front.wait(minutes=16)
    await front.renew(newer["refresh_token"])
    assert old not in {key.kid for key in front.desk.register.client("cuisine").keys}


async def test_a_clock_that_went_ahead_leaves_no_token_that_lasts(front: FrontDesk) -> None:
    granted = await front.pair()
    front.wait(days=30)  # the clock jumps; a client renews by it
    ahead = (await front.renew(granted["refresh_token"])).json()
    front.wait(days=-30)
    assert await front.status(ahead["access_token"]) == (401, "TOKEN_EXPIRED")
    again = await front.renew(ahead["refresh_token"])
    assert again.status_code == 200, "nobody is shut out by it"
    assert await front.status(again.json()["access_token"]) == (200, "")


async def test_a_connection_lives_no_longer_on_a_stolen_token_than_a_key_does(front: FrontDesk) -> None:
    granted = await front.pair()
    header = (b"authorization", f"Bearer {granted['access_token']}".encode())
    scope = {"type": "websocket", "headers": [header], "client": ("192.168.1.66", 4711)}
    badge = Badge(front.desk, HTTPConnection(scope))
    assert badge.check() and badge.who is not None and badge.who.client_id == "cuisine"
    for _ in range(6):  # the owner renews its own, day by day
        front.wait(days=1)
        granted = (await front.renew(granted["refresh_token"])).json()
        badge.recheck()
    front.wait(days=1)
    badge.recheck(busy=True)  # what is being answered is answered first
    with pytest.raises(AccessError) as refused:
        badge.recheck()
    assert refused.value.code == "TOKEN_EXPIRED" and refused.value.retryable


async def test_connections_are_looked_at_though_nobody_changes_anything(front: FrontDesk) -> None:
    looked: list[str] = []
    front.desk.listen(lambda: looked.append("!"))
    await front.desk.start()
    looked.clear()
    await front.desk.follow()
    assert not looked
    front.wait(seconds=LOOK_AGAIN_S)
    front.safe.away = True
    await front.desk.follow()
    assert not looked, "while nobody can renew, nobody is sent to do so"
    front.safe.away = False
    await front.desk.follow()
    looked.clear()
    front.wait(seconds=LOOK_AGAIN_S)
    await front.desk.follow()
    assert looked == ["!"]
    await front.desk.follow()
    assert looked == ["!"]


async def test_revoked_is_revoked_at_once(front: FrontDesk) -> None:
    granted = await front.pair()
    async with front.here() as http:
        assert (await http.delete("/api/clients/cuisine")).status_code == 204
        assert (await http.get("/api/clients")).json() == []
        assert (await http.delete("/api/clients/cuisine")).json()["code"] == "CLIENT_UNKNOWN"
    assert (await front.status(granted["access_token"]))[0] == 401
    assert (await front.renew(granted["refresh_token"])).json()["code"] == "TOKEN_REVOKED"


async def test_while_redis_is_away_paired_clients_are_known(front: FrontDesk) -> None:
    granted = await front.pair()
    front.safe.away = True
    await front.desk.follow()
    front.wait(minutes=30)
    assert await front.status(granted["access_token"]) == (200, "")
    answer = await front.renew(granted["refresh_token"])
    assert (answer.status_code, answer.json()["recoverable"]) == (503, True)
    front.wait(minutes=60)
    assert await front.status(granted["access_token"]) == (401, "TOKEN_EXPIRED")
    front.safe.away = False
    await front.desk.follow()
    assert (await front.renew(granted["refresh_token"])).status_code == 200


async def test_another_server_of_the_house_hears_of_it(front: FrontDesk) -> None:
    granted = await front.pair()
    other = FrontDesk(safe=front.safe)
    await other.desk.start()
    assert await other.status(granted["access_token"]) == (200, "")
    await front.desk.revoke("cuisine")
    await other.desk.follow()
    assert (await other.status(granted["access_token"]))[0] == 401
    other.close()


async def test_a_page_has_its_tokens_in_cookies_that_no_script_reads(front: FrontDesk) -> None:
    code = await front.code()
    async with front.at(Origin="http://hive.local:8000") as http:
        said = {"client_id": "page", "name": "Page", "code": code, "cookies": True}
        answer = await http.post("/api/pair", json=said)
        assert answer.status_code == 200
        assert "access_token" not in answer.text
        assert "refresh_token" not in answer.text
        for cookie in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in cookie
            assert "SameSite=strict" in cookie
        assert (await http.get("/api/me")).json()["client_id"] == "page"
        front.wait(minutes=16)
        assert (await http.get("/api/me")).json()["code"] == "TOKEN_EXPIRED"
        assert (await http.post("/api/token")).status_code == 200
        assert (await http.get("/api/me")).status_code == 200
        assert (await http.delete("/api/token")).status_code == 204
        assert (await http.get("/api/me")).status_code == 401


async def test_no_secret_is_kept_in_the_clear_or_shown(front: FrontDesk) -> None:
    granted = await front.pair()
    async with front.here() as http:
        told = (await http.get("/api/clients")).text
    client = front.desk.register.client("cuisine")
    assert client.chain is not None
    for secret in (client.keys[0].secret, client.chain.key, client.chain.family, granted["refresh_token"]):
        assert secret not in told
