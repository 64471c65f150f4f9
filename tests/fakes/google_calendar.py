"""Google's OAuth 2 and Calendar services as their documentation describes them, on a local socket."""

import base64
import hashlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tests.fakes.web import Moods, serving

CLIENT_ID, CLIENT_SECRET = "123.apps.example", "a secret"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

Item = dict[str, Any]


class GoogleServer(Moods):
    """The services.

    Attributes:
        url: of the calendar service, with its version.
        oauth_url: of the token service.
        items: the events of the calendar "primary", by identifier.
        refresh_tokens: that are good.
        access_tokens: that are good.
        signed_in: the user has typed in the code.
        device_flow: the scope may be asked for by code.
        challenge: digest of the installed application's secret, as the browser brought it.
        page: most events on a page.
        forms: bodies of the token service's requests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.oauth_url = ""
        self.items: dict[str, Item] = {}
        self.refresh_tokens = {"refresh-0"}
        self.access_tokens: set[str] = set()
        self.signed_in = False
        self.device_flow = True
        self.challenge = ""
        self.page = 2
        self.forms: list[dict[str, str]] = []
        self._numbers = itertools.count(1)

    def add(self, item: Item) -> Item:
        made = {"id": f"event{next(self._numbers)}", "status": "confirmed", **item}
        self.items[made["id"]] = made
        return made

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        low, high = datetime.fromisoformat(query["timeMin"]), datetime.fromisoformat(query["timeMax"])
        inside = [i for i in self.items.values() if _at(i["start"], low) < high and _at(i["end"], low) > low]
        inside.sort(key=lambda item: _at(item["start"], low))
        first = int(query.get("pageToken", 0))
        page: dict[str, Any] = {"kind": "calendar#events", "items": inside[first : first + self.page]}
        if first + self.page < len(inside):
            page["nextPageToken"] = str(first + self.page)
        return page

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.forms.append(form)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh_tokens:
                return 400, {
                    "error": "invalid_grant",
                    "error_description": "Token has been expired or revoked.",
                }
            return 200, self._access()
        if form["grant_type"] == _DEVICE_GRANT and form["device_code"] == "device-1":
            if not self.signed_in:
                return 428, {"error": "authorization_pending"}
            self.refresh_tokens.add("refresh-1")
            return 200, {**self._access(), "refresh_token": "refresh-1"}
        if form["grant_type"] == "authorization_code" and form["code"] == "code-1":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
                return 400, {"error": "invalid_grant"}
            self.refresh_tokens.add("refresh-2")
            return 200, {**self._access(), "refresh_token": "refresh-2"}
        return 400, {"error": "invalid_request"}

    def _access(self) -> dict[str, Any]:
        token = f"access-{next(self._numbers)}"
        self.access_tokens.add(token)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}


def _at(said: dict[str, Any], like: datetime) -> datetime:
    if said.get("date"):
        return datetime.combine(date.fromisoformat(said["date"]), time(), like.tzinfo)
    return datetime.fromisoformat(said["dateTime"])


def _merged(item: Item, change: Item) -> Item:
    """A patch: fields that are null go."""
    for key in ("start", "end"):
        if key in change:
            item[key] = {k: v for k, v in {**item[key], **change.pop(key)}.items() if v is not None}
    return {**item, **change}


def _calendar(fake: GoogleServer, app: FastAPI) -> None:
    async def refused(request: Request) -> Response | None:
        faulty = await fake.faulty(request)
        if faulty is not None:
            return faulty
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in fake.access_tokens:
            return JSONResponse({"error": {"code": 401, "message": "Invalid Credentials"}}, status_code=401)
        return None

    @app.api_route("/calendar/v3/calendars/{calendar}/events", methods=["GET", "POST"])
    async def events(request: Request, calendar: str) -> Response:
        if (fault := await refused(request)) is not None:
            return fault
        if calendar != "primary":
            return JSONResponse({"error": {"code": 404, "message": "Not Found"}}, status_code=404)
        if request.method == "GET":
            return JSONResponse(fake.listed(dict(request.query_params)))
        body = await request.json()
        for key in ("start", "end"):
            body[key] = {k: v for k, v in body[key].items() if v is not None}
        return JSONResponse(fake.add(body))

    @app.api_route("/calendar/v3/calendars/primary/events/{key}", methods=["PATCH", "DELETE"])
    async def event(request: Request, key: str) -> Response:
        if (fault := await refused(request)) is not None:
            return fault
        if key not in fake.items:
            return JSONResponse(
                {"error": {"code": 410, "message": "Resource has been deleted"}}, status_code=410
            )
        if request.method == "DELETE":
            del fake.items[key]
            return Response(status_code=204)
        fake.items[key] = _merged(fake.items[key], await request.json())
        return JSONResponse(fake.items[key])


@asynccontextmanager
async def google_calendar() -> AsyncIterator[GoogleServer]:
    """Start them on a free port."""
    fake = GoogleServer()
    app = FastAPI()
    _calendar(fake, app)

    async def form_of(request: Request) -> dict[str, str]:
        body = (await request.body()).decode()
        return dict(parse_qsl(body))

    @app.post("/device/code")
    async def device_code(request: Request) -> Response:
        fake.forms.append(await form_of(request))
        if not fake.device_flow:
            return JSONResponse({"error": "invalid_scope"}, status_code=400)
        return JSONResponse(
            {
                "device_code": "device-1",
                "user_code": "GQVQ-JKEC",
                "verification_url": "https://www.google.com/device",
                "expires_in": 1800,
                "interval": 5,
            }
        )

    @app.post("/token")
    async def token(request: Request) -> Response:
        if fake.fault == "broken":
            return JSONResponse({"error": "internal_failure"}, status_code=500)
        status, body = fake.token(await form_of(request))
        return JSONResponse(body, status_code=status)

    async with serving(app) as url:
        fake.url, fake.oauth_url = f"{url}/calendar/v3", url
        yield fake
