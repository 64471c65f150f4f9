"""Names: those that everybody uses, and those of this house."""

import pytest

from hive_mind.server.plugins.home.names import Names, key_of
from hive_mind.understanding.grammar import Grammar
from tests.unit.server.plugins.home.conftest import House
from tests.unit.server.plugins.playing import FOLDER

NAMES = Names.read(FOLDER / "home")


@pytest.mark.parametrize(
    ("said", "names", "meant"),
    [
        ("séjour", ["Salon", "Cuisine"], "Salon"),
        ("séjour", ["Salon", "Séjour"], "Séjour"),
        ("salon", ["Salle de séjour"], "Salle de séjour"),
        ("toilettes", ["WC"], "WC"),
        ("Orangerie", ["orangerie"], "orangerie"),
        ("piscine", ["Salon"], None),
        ("chambre", ["Chambre parentale", "Salon"], "Chambre parentale"),
        ("chambre", ["Chambre de Léo", "Chambre de Zoé"], None),
    ],
)
def test_a_room_goes_by_several_names(said: str, names: list[str], meant: str | None) -> None:
    assert NAMES.among("piece", said, names) == meant


def test_case_accents_and_plural_do_not_count() -> None:
    assert key_of("Volets d'Été") == key_of("volet d ete") != key_of("volet")


@pytest.mark.anyio
async def test_the_names_of_the_house_are_understood(house: House) -> None:
    assert await house.say("Allume la lumière de l'orangerie") == (
        "Home Assistant n'atteint pas cet appareil : Cellier."
    )
    lists = house.services.lists
    assert lists["piece"]["Salon"] == ("séjour", "salle de séjour", "pièce à vivre", "living")
    assert "premier" in lists["etage"]["Premier étage"]
    assert "Salon" not in lists["lampe"], "a light that is called as its room is the room's"
    assert "Sun" not in str(lists)


@pytest.mark.anyio
async def test_new_names_are_learnt_and_kept(house: House) -> None:
    version = house.host.version
    await house.services.pass_time(60)
    assert house.host.version == version
    house.server.areas["veranda"] = ("Jardin d'hiver", "rdc")
    await house.services.pass_time(60)
    match = Grammar.load(*house.host.grammar_folders()).match("éteins la lumière du jardin d'hiver")
    assert match is not None
    assert match.slots == {"area": "Jardin d'hiver"}
    kept = await house.services.storage.get("names")
    assert isinstance(kept, dict)
    assert "Jardin d'hiver" in str(kept["piece"])
