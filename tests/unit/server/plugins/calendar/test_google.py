"""The calendar plugin on Google Calendar's interface."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hive_mind.server.plugins.calendar.google_account import Application, GoogleAccount
from hive_mind.server.plugins.calendar.google_backend import GoogleBackend
from hive_mind.server.plugins.calendar.handler import CalendarPlugin
from hive_mind.server.plugins.failure import Failure
from tests.fakes.google_calendar import CLIENT_ID, CLIENT_SECRET, GoogleServer, google_calendar
from tests.fakes.scripted_services import ScriptedServices
from tests.fakes.web import Fault
from tests.unit.server.plugins.calendar.conftest import House
from tests.unit.server.plugins.playing import NOW, playing

pytestmark = pytest.mark.anyio

DENTIST = {
    "start": {"dateTime": "2026-01-07T09:00:00+01:00"},
    "end": {"dateTime": "2026-01-07T10:00:00+01:00"},
}


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with google_calendar() as server:
        yield server


@asynccontextmanager
async def living(google: GoogleServer, services: ScriptedServices, **config: Any) -> AsyncIterator[House]:
    account = {
        "google_client_id": CLIENT_ID,
        "google_client_secret": CLIENT_SECRET,
        "google_url": google.url,
        "google_oauth_url": google.oauth_url,
        **config,
    }
    async with playing(CalendarPlugin, "calendar", services, **account) as plugin:
        yield House(plugin, services)


@pytest.fixture
async def home(google: GoogleServer) -> AsyncIterator[House]:
    async with living(google, ScriptedServices(NOW), google_refresh_token="refresh-0") as house:
        yield house


async def test_added_read_moved_deleted(google: GoogleServer, home: House) -> None:
    assert await home.told("calendar_add", title="dentiste", when="demain à 9h") == (
        "C'est noté : Dentiste, demain à 9 heures."
    )
    assert google.items["event2"]["start"] == {
        "dateTime": "2026-01-07T09:00:00+01:00",
        "timeZone": "Europe/Paris",
    }
    await home.ask("calendar_add", title="vacances", when="demain", time="toute la journée")
    assert await home.told("calendar_query", when="demain") == (
        "Demain, tu as 2 rendez-vous : toute la journée, Vacances ; et à 9h, Dentiste."
    )
    assert await home.told("calendar_move", title="dentiste", to="jeudi à 14h") == (
        "Dentiste, c'est déplacé : après-demain à 14 heures."
    )
    assert google.items["event2"]["start"]["dateTime"] == "2026-01-08T14:00:00+01:00"
    assert await home.told("calendar_delete", title="dentiste") == (
        "C'est supprimé : Dentiste, après-demain à 14 heures."
    )
    assert "event2" not in google.items


async def test_pages_zones_and_cancelled_ones(google: GoogleServer, home: House) -> None:
    for hour in (9, 11, 13, 15, 17):
        end = f"2026-01-07T{hour:02d}:30:00Z"
        google.add(
            {
                "summary": f"Point {hour}",
                "start": {"dateTime": f"2026-01-07T{hour:02d}:00:00Z"},
                "end": {"dateTime": end},
            }
        )
    google.items["event3"]["status"] = "cancelled"
    google.items["event1"]["location"] = "salle 3"
    result = await home.ask("calendar_query", when="demain")
    assert result["events"] == ["Point 9", "Point 11", "Point 15", "Point 17"]
    assert "à 10h, point 9" in result["speech"]
    assert await home.told("calendar_query", question="where", title="point 9") == (
        "Point 9, demain à 10 heures : salle 3."
    )


async def test_tokens_are_renewed_and_kept(google: GoogleServer) -> None:
    services = ScriptedServices(NOW)
    async with living(google, services, google_refresh_token="refresh-0") as house:
        await house.ask("calendar_query", when="demain")
        await house.ask("calendar_query", when="demain")
        assert len(google.forms) == 1
        google.access_tokens.clear()  # withdrawn before its time
        assert await house.told("calendar_query", when="demain") == "Demain, tu n'as rien de prévu."
        assert len(google.forms) == 2
        await services.pass_time(3600)
        await house.ask("calendar_query", when="demain")
        assert len(google.forms) == 3
    async with living(google, services) as house:
        assert await house.told("calendar_query", when="demain") == "Demain, tu n'as rien de prévu."
        assert len(google.forms) == 3


async def test_a_withdrawn_leave_is_asked_for_again(google: GoogleServer) -> None:
    services = ScriptedServices(NOW)
    async with living(google, services, google_refresh_token="refresh-0") as house:
        await house.ask("calendar_query", when="demain")
        google.access_tokens.clear()
        google.refresh_tokens.clear()
        assert await house.told("calendar_query", when="demain") == "L'agenda refuse mes identifiants."
    async with living(google, services) as house:
        assert (await house.ask("calendar_query", when="demain"))["error"] == "CALENDAR_SIGN_IN"


async def test_sign_in_by_code(google: GoogleServer) -> None:
    services = ScriptedServices(NOW)
    async with living(google, services) as house:
        sentence = (
            "Pour me donner accès à l'agenda, va sur google.com/device "
            "et entre le code G, Q, V, Q, tiret, J, K, E, C."
        )
        assert await house.told("calendar_query", when="demain") == sentence
        assert await house.told("calendar_query", when="demain") == sentence
        assert len(google.forms) == 1
        await services.pass_time(6)
        assert services.announced == []
        google.signed_in = True
        await services.pass_time(6)
        assert [a.text for a in services.announced] == ["C'est bon, j'ai accès à l'agenda."]
        assert await house.told("calendar_query", when="demain") == "Demain, tu n'as rien de prévu."
        asked = len(google.forms)
        await services.pass_time(60)
        assert len(google.forms) == asked


async def test_a_code_that_nobody_types_in_expires(google: GoogleServer) -> None:
    services = ScriptedServices(NOW)
    async with living(google, services) as house:
        await house.ask("calendar_query", when="demain")
        await services.pass_time(1801)
        asked = len(google.forms)
        google.signed_in = True
        await services.pass_time(60)
        assert len(google.forms) == asked
        assert services.announced == []


async def test_google_may_allow_no_code(google: GoogleServer) -> None:
    google.device_flow = False
    async with living(google, ScriptedServices(NOW)) as house:
        assert await house.told("calendar_query", when="demain") == (
            "Il faut d'abord me donner accès à l'agenda. Le guide explique comment faire."
        )


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("refused", "L'agenda refuse mes identifiants."),
        ("unknown", "Je ne trouve pas cet agenda sur ton compte."),
        ("busy", "L'agenda me demande de patienter."),
        ("broken", "L'agenda ne répond pas."),
        ("not_json", "L'agenda a répondu n'importe quoi."),
    ],
)
async def test_faults_of_the_service(google: GoogleServer, home: House, fault: Fault, answer: str) -> None:
    await home.ask("calendar_query", when="demain")
    google.fault = fault
    assert await home.told("calendar_query", when="demain") == answer


async def test_no_answer_in_time(google: GoogleServer) -> None:
    services = ScriptedServices(NOW)
    services.patience_s = 0.05
    async with living(google, services, google_refresh_token="refresh-0") as house:
        google.fault = "silent"
        assert await house.told("calendar_query", when="demain") == "L'agenda ne répond pas."


async def test_an_entry_that_is_gone(google: GoogleServer) -> None:
    services = ScriptedServices(NOW)
    google.add({"summary": "Dentiste", **DENTIST})
    async with services.http() as client:
        application = Application(CLIENT_ID, CLIENT_SECRET, google.oauth_url)
        account = GoogleAccount(client, application, services.storage, "refresh-0")
        backend = GoogleBackend(client, account, services.now, url=google.url)
        event = (await backend.between(NOW, NOW.replace(day=9)))[0]
        await backend.delete(event)
        with pytest.raises(Failure) as caught:
            await backend.delete(event)
    assert caught.value.code == "EVENT_GONE"
