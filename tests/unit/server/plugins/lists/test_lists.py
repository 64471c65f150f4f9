"""The lists plugin."""

from typing import Any

import pytest

from hive_mind.server.plugins.lists.handler import ListsPlugin
from hive_mind.server.plugins.lists.shelf import MOST_ITEMS
from tests.fakes.scripted_services import MemoryStorage, ScriptedServices
from tests.unit.server.plugins.playing import NOW, playing, said

pytestmark = pytest.mark.anyio


class House:
    """Somebody who talks to the lists; they survive each call."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()

    async def ask(self, intent: str, text: str = "", **params: Any) -> dict[str, Any]:
        services = ScriptedServices(NOW, self.storage)
        services.text = text
        async with playing(ListsPlugin, "lists", services) as plugin:
            return await plugin.execute(intent, params)

    async def told(self, intent: str, text: str = "", **params: Any) -> str:
        return said("lists", await self.ask(intent, text, **params))


async def test_a_shopping_list() -> None:
    house = House()
    assert await house.told("list_read") == "Il n'y a rien sur la liste de courses."
    text = "ajoute du lait, des œufs et du pain à la liste de courses"
    assert await house.told("list_add", text, item="du lait des œufs et du pain") == (
        "J'ai ajouté du lait, des œufs et du pain à la liste de courses."
    )
    assert await house.told("list_read") == "Sur la liste de courses : lait, œufs et pain."
    assert await house.told("list_add", item="du Lait et du beurre") == (
        "J'ai ajouté du beurre à la liste de courses ; du Lait, c'était déjà dessus."
    )
    assert await house.told("list_add", item="l'œuf") == "C'est déjà sur la liste de courses : l'œuf."
    assert await house.told("list_remove", item="le lait et les bananes") == (
        "J'ai enlevé lait de la liste de courses ; je n'y trouve pas les bananes."
    )
    assert (
        await house.told("list_remove", item="bananes") == "Je ne trouve pas bananes sur la liste de courses."
    )
    assert await house.told("list_read", item="du beurre") == "Oui, beurre est sur la liste de courses."
    assert await house.told("list_read", item="du sel") == "Non, du sel n'est pas sur la liste de courses."


async def test_several_lists() -> None:
    house = House()
    assert await house.told("list_read", all=True) == "Il n'y a pas encore de liste."
    await house.ask("list_add", item="appeler Paul et Marie", list="tâches")
    await house.ask("list_add", item="une valise", list="Vacances")
    await house.ask("list_add", item="du sel", list="achats")
    assert (
        await house.told("list_read", list="à faire")
        == "Sur la liste de choses à faire : appeler Paul et Marie."
    )
    assert await house.told("list_read", list="vacances") == "Sur la liste vacances : valise."
    assert await house.told("list_read", all=True) == (
        "Il y a la liste de choses à faire avec une chose, la liste Vacances avec une chose et "
        "la liste de courses avec une chose."
    )


async def test_what_is_missing_is_asked_for() -> None:
    house = House()
    asked = (await house.ask("list_add"))["ask"]
    assert asked == {"slot": "item", "question": "Que faut-il ajouter à la liste de courses ?"}
    assert await house.told("list_remove") == "Il n'y a rien sur la liste de courses."
    await house.ask("list_add", item="des tomates cerises et des tomates rondes")
    asked = (await house.ask("list_remove", item="tomates"))["ask"]
    assert asked == {"slot": "item", "question": "Lequel : tomates cerises et tomates rondes ?"}


async def test_clearing_needs_a_yes() -> None:
    house = House()
    await house.ask("list_add", item="du lait et du pain")
    asked = (await house.ask("list_remove", all=True))["ask"]
    question = "Il y a 2 choses sur la liste de courses. J'efface tout ?"
    assert asked == {"slot": "sure", "question": question}
    assert (
        await house.told("list_remove", all=True, sure="non merci")
        == "D'accord, je garde la liste de courses."
    )
    assert await house.told("list_read") == "Sur la liste de courses : lait et pain."
    assert (
        await house.told("list_remove", all=True, sure="oui, vas-y") == "Voilà, la liste de courses est vide."
    )
    assert await house.told("list_read") == "Il n'y a rien sur la liste de courses."


async def test_bounds() -> None:
    house = House()
    assert await house.told("list_add", item="x" * 200) == "C'est trop long pour une liste."
    await house.ask("list_add", item=", ".join(f"article {n}" for n in range(MOST_ITEMS)))
    assert await house.told("list_add", item="du lait") == "La liste est pleine."
