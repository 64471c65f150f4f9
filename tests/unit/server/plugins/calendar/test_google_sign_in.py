"""Signing in by hand, with a browser that is played."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hive_mind.server.plugins.calendar.google_account import Application
from hive_mind.server.plugins.calendar.google_sign_in import Attempt, sign_in
from hive_mind.server.plugins.phrases import Phrases
from tests.fakes.google_calendar import CLIENT_ID, CLIENT_SECRET, GoogleServer, google_calendar
from tests.unit.server.plugins.playing import FOLDER

pytestmark = pytest.mark.anyio

PHRASES = Phrases.of_folder(FOLDER / "calendar")


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with google_calendar() as server:
        yield server


async def signed_in(google: GoogleServer, **back: str) -> str | None:
    """Sign in; the browser comes back with what Google sends, changed by `back`."""
    loop = asyncio.get_running_loop()
    shown: asyncio.Future[str] = loop.create_future()
    application = Application(CLIENT_ID, CLIENT_SECRET, google.oauth_url)

    def say(text: str) -> None:
        loop.call_soon_threadsafe(shown.set_result, text)

    signing = asyncio.create_task(asyncio.to_thread(sign_in, application, PHRASES, say))
    query = parse_qs(urlsplit((await shown).splitlines()[-1]).query)
    assert query["client_id"] == [CLIENT_ID]
    assert query["access_type"] == ["offline"]
    google.challenge = query["code_challenge"][0]
    async with httpx.AsyncClient() as browser:
        params = {"code": "code-1", "state": query["state"][0], **back}
        page = await browser.get(query["redirect_uri"][0], params=params)
        assert page.text == "C'est fait. Vous pouvez fermer cette page."
    return await signing


async def test_the_token_is_what_google_gave(google: GoogleServer) -> None:
    assert await signed_in(google) == "refresh-2"


async def test_another_state_is_somebody_else(google: GoogleServer) -> None:
    assert await signed_in(google, state="volé") is None
    assert google.forms == []


async def test_google_refuses_the_code(google: GoogleServer) -> None:
    assert await signed_in(google, code="autre") is None


def test_the_secret_is_not_in_the_address() -> None:
    attempt = Attempt("http://127.0.0.1:1/")
    assert attempt.verifier not in attempt.address(CLIENT_ID)
    assert attempt.code_of(f"/?state={attempt.state}&error=access_denied") is None
