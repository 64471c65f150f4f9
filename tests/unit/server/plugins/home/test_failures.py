"""What goes wrong with Home Assistant, and what is said then: never that it is done."""

import pytest

from hive_mind.server.core.plugin_trial import trial
from tests.fakes.web import Fault
from tests.unit.server.plugins.home.conftest import House
from tests.unit.server.plugins.playing import FOLDER

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("refused", "HOME_TOKEN_REFUSED"),
        ("unknown", "HOME_REFUSED"),
        ("broken", "HOME_BROKEN"),
        ("silent", "HOME_UNREACHABLE"),
        ("not_json", "HOME_UNREADABLE"),
        ("wrong_shape", "HOME_UNREADABLE"),
    ],
)
async def test_faults_of_the_service(house: House, fault: Fault, code: str) -> None:
    house.server.fault = fault
    assert (await house.order("light_on", area="salon"))[:2] == (False, code)
    house.server.fault = None
    assert await house.say("Allume la lumière du salon") == "C'est allumé dans le salon."


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "HOME_REFUSED"), (401, "HOME_TOKEN_REFUSED"), (404, "HOME_REFUSED"), (500, "HOME_REFUSED")],
)
async def test_a_call_that_is_refused(house: House, status: int, code: str) -> None:
    house.server.call_status = status
    assert (await house.order("light_on", area="salon"))[:2] == (False, code)
    assert house.server.state("light.salon") == "off"


async def test_a_device_that_does_not_follow_is_not_said_to_have(house: House) -> None:
    house.server.deaf.add("light.bureau")
    assert await house.order("light_on", area="bureau") == (
        False,
        "HOME_NOT_DONE",
        "Home Assistant a reçu l'ordre, mais Bureau n'a pas encore changé.",
    )


async def test_one_of_several_does_not_follow(house: House) -> None:
    house.server.deaf.add("light.lampadaire")
    assert await house.say("Allume la lumière du salon") == (
        "C'est allumé dans le salon. Mais Lampadaire du salon ne suit pas."
    )


@pytest.mark.parametrize(
    ("intent", "params", "code"),
    [
        ("light_on", {"area": "orangerie"}, "HOME_DEVICE_AWAY"),
        ("light_on", {"area": "piscine"}, "AREA_UNKNOWN"),
        ("light_on", {"area": "entrée"}, "NOTHING_THERE"),
        ("light_on", {"name": "guirlande"}, "DEVICE_UNKNOWN"),
        ("light_set", {"area": "cuisine", "color": "rouge"}, "LIGHT_NO_COLOUR"),
        ("light_set", {"area": "salon", "color": "puce"}, "COLOUR_UNKNOWN"),
        ("light_set", {"area": "orangerie", "brightness": 20}, "LIGHT_NOT_DIMMED"),
        ("garage_open", {"kind": "portail"}, "DEVICE_UNKNOWN"),
        ("scene_on", {"name": "lecture"}, "SCENE_UNKNOWN"),
    ],
)
async def test_what_the_house_has_not(
    house: House, intent: str, params: dict[str, object], code: str
) -> None:
    assert (await house.order(intent, **params))[:2] == (False, code)
    assert not house.server.calls


async def test_without_a_token_it_says_what_is_missing() -> None:
    async with trial(FOLDER / "home") as home:
        answer = await home.ask("Allume la lumière")
    assert (answer.success, answer.error) == (False, "PLUGIN_NEEDS_CONFIG")
    assert (
        answer.speech == "Le plugin maison n'est pas encore configuré : il lui manque HOME_ASSISTANT_TOKEN."
    )
