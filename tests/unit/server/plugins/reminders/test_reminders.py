"""The reminders plugin: said later, where they were asked for, and not lost."""

from typing import Any

import pytest

from hive_mind.server.plugins.reminders.handler import RemindersPlugin
from tests.fakes.scripted_services import Announcement, MemoryStorage, ScriptedServices
from tests.unit.server.plugins.playing import NOW, playing, said

pytestmark = pytest.mark.anyio


async def told(plugin: RemindersPlugin, intent: str, **params: Any) -> str:
    return said("reminders", await plugin.execute(intent, params))


async def test_said_where_it_was_asked_for() -> None:
    house = ScriptedServices(NOW)
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        assert await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes") == (
            "C'est noté, rappel aujourd'hui à 14h40 : sortir le four."
        )
        await house.pass_time(599)
        assert house.announced == []
        await house.pass_time(1)
        assert house.announced == [Announcement("Rappel : sortir le four.", "cuisine", "reminder")]
        await house.pass_time(60)
        assert len(house.announced) == 1
        assert await told(plugin, "reminder_list") == "Il n'y a aucun rappel."


async def test_said_everywhere_when_the_asking_client_is_away() -> None:
    house = ScriptedServices(NOW)
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes")
        house.listening = {"salon"}
        await house.pass_time(600)
        assert house.announced == [Announcement("Rappel : sortir le four.", None, "reminder")]


async def test_a_restart_loses_nothing() -> None:
    storage = MemoryStorage()
    async with playing(RemindersPlugin, "reminders", ScriptedServices(NOW, storage)) as plugin:
        await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes")
        await told(plugin, "reminder_add", task="appeler Paul", when="demain à 9h")
    later = ScriptedServices(NOW.replace(hour=16), storage)
    async with playing(RemindersPlugin, "reminders", later) as plugin:
        await later.pass_time(1)
        assert [a.text for a in later.announced] == ["Je devais te le rappeler à 14h40 : sortir le four."]
        assert await told(plugin, "reminder_list") == "Il y a un rappel : appeler Paul, demain à 9 heures."


async def test_nobody_there_then_somebody() -> None:
    house = ScriptedServices(NOW)
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes")
        house.listening = set()
        await house.pass_time(600)
        await house.pass_time(86400)
        assert house.announced == []
        house.listening = {"cuisine"}
        await house.pass_time(1)
        assert [a.text for a in house.announced] == [
            "Je devais te le rappeler le mardi 6 janvier 2026 à 14h40 : sortir le four."
        ]
        await house.pass_time(60)
        assert len(house.announced) == 1


async def test_every_day() -> None:
    house = ScriptedServices(NOW)
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        assert await told(
            plugin, "reminder_add", task="prendre mes médicaments", every="jours", when="à 8h"
        ) == ("C'est noté, rappel tous les jours à 8h : prendre mes médicaments.")
        for _ in range(3):
            await house.pass_time(86400)
        assert len(house.announced) == 3
        assert await told(plugin, "reminder_list") == (
            "Il y a un rappel : prendre mes médicaments, tous les jours à 8h."
        )


async def test_every_monday_also_when_one_is_missed() -> None:
    house = ScriptedServices(NOW)
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        assert await told(plugin, "reminder_add", task="poubelles", every="lundis", when="à 20h") == (
            "C'est noté, rappel tous les lundis à 20h : poubelles."
        )
        house.listening = set()
        await house.pass_time(7 * 86400)
        house.listening = {"cuisine"}
        await house.pass_time(1)
        assert [a.text for a in house.announced] == [
            "Je devais te le rappeler le lundi 12 janvier 2026 à 20h : poubelles."
        ]
        await house.pass_time(7 * 86400)
        assert len(house.announced) == 2


async def test_questions_back_and_what_cannot_be() -> None:
    house = ScriptedServices(NOW)
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        assert (await plugin.execute("reminder_add", {}))["ask"]["slot"] == "task"
        asked = (await plugin.execute("reminder_add", {"task": "appeler Paul"}))["ask"]
        assert asked == {"slot": "when", "question": "Quand faut-il te le rappeler ?"}
        assert (
            await told(plugin, "reminder_add", task="x", when="blabla") == "Je n'ai pas compris pour quand."
        )
        assert await told(plugin, "reminder_add", task="x", when="hier") == "Ce moment est déjà passé."
        assert await told(plugin, "reminder_cancel", task="x") == "Je ne trouve pas ce rappel."


async def test_cancel() -> None:
    house = ScriptedServices(NOW)
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        await told(plugin, "reminder_add", task="appeler Paul", when="demain à 9h")
        await told(plugin, "reminder_add", task="appeler Marie", when="demain à 10h")
        await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes")
        assert await told(plugin, "reminder_cancel", task="appeler") == (
            "Il y a 2 rappels : appeler Paul, demain à 9 heures ; "
            "et appeler Marie, demain à 10 heures. Lequel ?"
        )
        assert await told(plugin, "reminder_cancel", task="Paul") == "J'ai annulé le rappel : appeler Paul."
        house.clock = NOW.replace(minute=31)
        assert await told(plugin, "reminder_cancel", task="sortir le four", when="dans dix minutes") == (
            "J'ai annulé le rappel : sortir le four."
        )
        assert (
            await told(plugin, "reminder_cancel", when="demain") == "J'ai annulé le rappel : appeler Marie."
        )
        await told(plugin, "reminder_add", task="a", when="demain")
        await told(plugin, "reminder_add", task="b", when="demain")
        assert await told(plugin, "reminder_cancel", all=True) == "J'ai annulé 2 rappels."


async def test_a_client_that_can_keeps_what_is_to_come_and_says_it_when_we_are_away() -> None:
    house = ScriptedServices(NOW)
    house.keepers = {"cuisine"}
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes")
        await told(plugin, "reminder_add", task="prendre mes médicaments", every="jours", when="à 8h")
        await house.pass_time(1)
        kept = house.entrusted["cuisine"]
        assert [one.text for one in kept] == [
            "Rappel : sortir le four.",
            *["Rappel : prendre mes médicaments."] * 7,
        ]
        assert len({one.key for one in kept}) == 8
        house.listening = {"salon"}  # the kitchen's link is cut; it says it by itself
        await house.pass_time(599)
        house.said = {kept[0].key}
        await house.pass_time(60)
        assert house.announced == []
        assert await told(plugin, "reminder_list") == (
            "Il y a un rappel : prendre mes médicaments, tous les jours à 8h."
        )
        await house.pass_time(1)
        assert [one.text for one in house.entrusted["cuisine"]] == ["Rappel : prendre mes médicaments."] * 7


async def test_a_client_that_is_off_for_long_leaves_its_reminders_to_the_others() -> None:
    house = ScriptedServices(NOW)
    house.keepers = {"cuisine"}
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes")
        await house.pass_time(1)
        house.listening = {"salon"}
        await house.pass_time(1100)
        assert house.announced == []
        await house.pass_time(100)
        assert [(a.text, a.client_id) for a in house.announced] == [
            ("Je devais te le rappeler à 14h40 : sortir le four.", None)
        ]


async def test_a_cancelled_reminder_is_taken_back_from_the_client() -> None:
    house = ScriptedServices(NOW)
    house.keepers = {"cuisine"}
    async with playing(RemindersPlugin, "reminders", house) as plugin:
        await told(plugin, "reminder_add", task="sortir le four", when="dans dix minutes")
        await house.pass_time(1)
        await told(plugin, "reminder_cancel", task="four")
        await house.pass_time(1)
        assert house.entrusted["cuisine"] == []
