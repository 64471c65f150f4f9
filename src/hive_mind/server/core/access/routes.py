"""`/api/pair`, `/api/token`, `/api/clients`, `/api/me`: pairing and what comes after it, over HTTP."""

from datetime import datetime
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Cookie, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hive_mind.errors import AccessError
from hive_mind.server.core.access.cookies import drop_cookies, set_cookies
from hive_mind.server.core.access.desk import Desk, as_identity
from hive_mind.server.core.access.gate import Admin, Known, address_of, bearer
from hive_mind.server.core.access.identity import Identity, Name, Rights
from hive_mind.server.core.access.link import pairing_link
from hive_mind.server.core.access.register import Granted, PairedClient
from hive_mind.server.core.access.welcome import Digits, Door, Introduction, Proof, Welcome
from hive_mind.server.core.client_names import called, keep_as_paired
from hive_mind.server.core.trace_access import is_forwarded

router = APIRouter(prefix="/api")


class Entering(Introduction):
    """A client that has a code.

    Attributes:
        code: the digits as they are, over a connection that is trusted already; or
        proof: that it knows them.
        cookies: it is a page: give the tokens as cookies, which no script can read.
    """

    code: Digits | None = None
    proof: Proof | None = None
    cookies: bool = False


class Knocking(Introduction):
    """A client that shows a code of its own."""

    proof: Proof


class Approving(BaseModel):
    """Somebody of the house reads the digits of a client."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Digits
    rights: Rights = Rights()


class Renewing(BaseModel):
    """A client renews its tokens; a page says nothing, its cookie does."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    refresh_token: Annotated[str, StringConstraints(max_length=2048)] = Field(repr=False)


class Changing(BaseModel):
    """What is to be different about a client; an empty room is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name | None = None
    room: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    rights: Rights | None = None


@router.get("/me")
async def me(who: Known) -> dict[str, Any]:
    """Who asks, and what it may do."""
    return described(who)


@router.post("/pair/codes")
async def show_code(_: Admin, request: Request, rights: Rights | None = None) -> dict[str, Any]:
    """Six digits for a new client, and a link with them for a QR code; for whoever runs the house."""
    desk = _desk(request)
    code = await _door(request).show_code(rights or Rights())
    link = pairing_link(request.url, code.digits, seen_by(request))
    return {
        "code": code.digits,
        "expires_in": int((code.expires - desk.now()).total_seconds()),
        "rights": code.rights.model_dump(),
        "link": link,
        "qr": segno.make(link, error="m", micro=False).svg_data_uri(scale=4, border=2),
    }


@router.post("/pair")
async def enter(asked: Entering, request: Request, response: Response) -> dict[str, Any]:
    """Pair with the digits that the server shows."""
    given = asked.proof or asked.code
    if given is None:
        raise AccessError("A code or a proof of it is needed.", code="INVALID_MESSAGE")
    return _given(
        await _door(request).enter(asked, given, address_of(request), seen_by(request)),
        request,
        response,
        asked.cookies,
    )


@router.post("/pair/requests", status_code=202)
async def knock(asked: Knocking, request: Request) -> dict[str, str]:
    """Ask to be let in; the client shows the digits, somebody of the house types them."""
    request_id, secret = await _door(request).knock(asked, asked.proof, address_of(request), seen_by(request))
    return {"request_id": request_id, "secret": secret}


@router.get("/pair/requests")
async def waiting(_: Admin, request: Request) -> list[dict[str, Any]]:
    """The clients that wait to be let in."""
    desk = _desk(request)
    await desk.follow()
    return [
        {
            "request_id": r.request_id,
            "client_id": r.client_id,
            "name": r.name,
            "room": r.room,
            "address": r.address,
            "asked_at": _when(r.asked_at),
            "known": r.client_id in desk.register.clients,
            "approved": r.approved is not None,
        }
        for r in desk.register.tidied(desk.now()).requests
    ]


@router.get("/pair/requests/{request_id}")
async def look(request_id: str, request: Request, response: Response) -> dict[str, Any]:
    """What came of a request: 202 while nobody has decided; its secret is the bearer token."""
    welcome = await _door(request).look(request_id, bearer(request.headers) or "", address_of(request))
    if welcome is None:
        response.status_code = 202
        return {"state": "waiting"}
    return _given(welcome, request, response, cookies=False)


@router.delete("/pair/requests/{request_id}", status_code=204)
async def turn_away(_: Admin, request_id: str, request: Request) -> None:
    """Do not let a client in."""
    await _door(request).turn_away(request_id)


@router.post("/pair/approve")
async def approve(_: Admin, asked: Approving, request: Request) -> dict[str, Any]:
    """Let in the client that shows these digits."""
    approved = await _door(request).approve(asked.code, asked.rights)
    return {"client_id": approved.client_id, "name": approved.name, "room": approved.room}


@router.post("/token")
async def renew(
    request: Request,
    response: Response,
    asked: Renewing | None = None,
    hive_refresh: Annotated[str | None, Cookie(max_length=2048)] = None,
) -> dict[str, Any]:
    """New tokens for a refresh token, which is used up."""
    token = asked.refresh_token if asked is not None else hive_refresh
    if token is None:
        raise AccessError("There is no refresh token.")
    granted = await _desk(request).renew(token, address_of(request))
    return _given(Welcome(granted), request, response, cookies=asked is None)


@router.delete("/token", status_code=204)
async def leave(who: Known, request: Request, response: Response) -> None:
    """A client says that it is no more: its tokens are worth nothing from now on."""
    if who.client_id:
        await _desk(request).revoke(who.client_id)
    drop_cookies(response)


@router.post("/keys/rotate")
async def rotate_keys(_: Admin, request: Request) -> dict[str, int]:
    """A new key for everything that is sealed."""
    house = request.app.state.house
    count = await house.keys.rotate()
    house.access.own(house.keys.newest())
    return {"sealed": count}


@router.get("/clients")
async def clients(_: Admin, request: Request) -> list[dict[str, Any]]:
    """The paired clients."""
    house = request.app.state.house
    return [listed(client, house) for client in house.access.register.clients.values()]


@router.patch("/clients/{client_id}")
async def change(_: Admin, client_id: str, asked: Changing, request: Request) -> dict[str, Any]:
    """Rename a client, put it into another room, give it other rights."""
    desk = _desk(request)
    client = await desk.rename(client_id, asked.name, asked.room)
    house = request.app.state.house
    await keep_as_paired(house, client_id, name=asked.name is not None, room=asked.room is not None)
    if asked.rights is not None:
        client = await desk.allow(client_id, asked.rights)
    return listed(client, house)


@router.delete("/clients/{client_id}", status_code=204)
async def revoke(_: Admin, client_id: str, request: Request) -> None:
    """Shut a client out, at once."""
    await _desk(request).revoke(client_id)


def seen_by(request: Request) -> str:
    """The fingerprint of our authority; empty where a proxy stands between, with a certificate of its own."""
    return "" if is_forwarded(request.headers) else _desk(request).fingerprint


def described(who: Identity) -> dict[str, Any]:
    """A client as it may know itself."""
    return {
        "client_id": who.client_id,
        "name": who.name,
        "room": who.room,
        "rights": who.rights.model_dump(),
        "loopback": who.loopback,
    }


def listed(client: PairedClient, house: Any) -> dict[str, Any]:
    """A client as those see it who run the house; no key of it."""
    remote = house.remotes.get(client.client_id)
    return {
        **described(as_identity(client)),
        "name": called(house, client.client_id),
        "paired_at": _when(client.paired_at),
        "renewed_at": _when(client.chain.issued_at) if client.chain is not None else None,
        "shut_out": client.shut_out,
        "connected": remote is not None and remote.link is not None,
    }


def _given(welcome: Welcome, request: Request, response: Response, cookies: bool) -> dict[str, Any]:
    granted: Granted = welcome.granted
    response.headers["Cache-Control"] = "no-store"
    told = {"client_id": granted.client_id, "expires_in": granted.expires_in, "proof": welcome.proof}
    if cookies:
        set_cookies(response, granted, secure=request.url.scheme == "https")
        return told
    return {**told, "access_token": granted.access, "refresh_token": granted.refresh, "token_type": "Bearer"}


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.house.access
    return desk


def _door(request: Request) -> Door:
    door: Door = request.app.state.house.door
    return door


def _when(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
