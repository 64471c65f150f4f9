"""Without a calendar of the house: the asking client enters it into its own. And what is asked back."""

from collections.abc import AsyncIterator

import pytest

from hive_mind.errors import PluginError
from hive_mind.server.plugins.calendar.handler import CalendarPlugin
from tests.fakes.scripted_services import ScriptedServices
from tests.unit.server.plugins.calendar.conftest import House
from tests.unit.server.plugins.playing import NOW, playing

pytestmark = pytest.mark.anyio


@pytest.fixture
async def alone() -> AsyncIterator[House]:
    services = ScriptedServices(NOW)
    async with playing(CalendarPlugin, "calendar", services) as plugin:
        yield House(plugin, services)


async def test_the_client_enters_it(alone: House) -> None:
    text = "ajoute un rendez-vous chez le dentiste demain à 9h"
    assert await alone.told("calendar_add", text, title="chez le dentiste", when="demain à 9h") == (
        "C'est noté : rendez-vous chez le dentiste, demain à 9 heures."
    )
    assert alone.services.acted == [
        (
            "create_event",
            {
                "title": "Rendez-vous chez le dentiste",
                "datetime": "2026-01-07T09:00:00+01:00",
                "end": "2026-01-07T10:00:00+01:00",
                "all_day": False,
                "location": "",
                "recurrence": "",
            },
        )
    ]


@pytest.mark.parametrize("code", ["ACTION_FAILED", "ACTION_TIMEOUT"])
async def test_nothing_is_claimed_that_the_client_did_not_confirm(alone: House, code: str) -> None:
    alone.services.action_result = PluginError("no", code=code)
    result = await alone.ask("calendar_add", title="dentiste", when="demain à 9h")
    assert (result["success"], result["error"]) == (False, code)


async def test_a_fault_of_ours_is_not_hidden(alone: House) -> None:
    alone.services.action_result = PluginError("disk", code="STORAGE_FAILED")
    with pytest.raises(PluginError):
        await alone.ask("calendar_add", title="dentiste", when="demain à 9h")


async def test_other_questions_need_a_calendar(alone: House) -> None:
    for intent in ("calendar_query", "calendar_move", "calendar_delete"):
        told = await alone.told(intent, title="dentiste")
        assert told == "Aucun agenda n'est réglé. Le guide explique comment en ajouter un."


async def test_one_thing_after_the_other_is_asked_for(alone: House) -> None:
    text = "ajoute un rendez-vous"
    assert (await alone.ask("calendar_add", text))["ask"] == {
        "slot": "title",
        "question": "C'est pour quoi ?",
    }
    asked = await alone.ask("calendar_add", "le dentiste", title="le dentiste")
    assert asked["ask"] == {"slot": "when", "question": "C'est pour quand ?"}
    assert await alone.told("calendar_add", "demain à 9h", title="le dentiste", when="demain à 9h") == (
        "C'est noté : le dentiste, demain à 9 heures."
    )


async def test_the_kind_is_remembered_while_questions_are_open(alone: House) -> None:
    asked = await alone.ask("calendar_add", "planifie une réunion avec Paul", title="avec Paul")
    assert asked["ask"]["slot"] == "when"
    asked = await alone.ask("calendar_add", "demain", title="avec Paul", when="demain")
    assert asked["ask"] == {"slot": "time", "question": "À quelle heure ?"}
    assert await alone.told("calendar_add", "à 15h", title="avec Paul", when="demain", time="à 15h") == (
        "C'est noté : réunion avec Paul, demain à 15 heures."
    )


async def test_times_that_cannot_be_read(alone: House) -> None:
    assert (
        await alone.told("calendar_add", title="x y", when="un de ces quatre")
        == "Je n'ai pas compris pour quand."
    )
    told = await alone.told("calendar_add", "une réunion", title="", when="demain", time="tôt ou tard")
    assert told == "Je n'ai pas compris pour quand."


async def test_how_long_it_lasts(alone: House) -> None:
    await alone.ask("calendar_add", title="sport", when="demain à 18h", duration_s=5400.0)
    assert alone.services.acted[0][1]["end"] == "2026-01-07T19:30:00+01:00"
