"""Rooms as they are named."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.server.core.rooms import Elsewhere, InRoom, Rooms
from hive_mind.server.core.timekeeper import Timekeeper


@dataclass
class Client:
    room: str | None

    @property
    def keeper(self) -> Timekeeper:
        raise LookupError("naming a room touches no timer")


def rooms(*names: str | None) -> Rooms:
    clients: list[InRoom] = [Client(name) for name in names]
    return Rooms(lambda: clients)


HOUSE = rooms("cuisine", "l'entrée", "chambre de Léo", None)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Mets un minuteur de 10 minutes dans la cuisine.", ("Mets un minuteur de 10 minutes", "cuisine")),
        ("Dans la cuisine, arrête le minuteur", ("arrête le minuteur", "cuisine")),
        ("combien reste-t-il au minuteur de l'entrée ?", ("combien reste t'il au minuteur", "l'entrée")),
        ("annule le minuteur de la chambre de Léo", ("annule le minuteur", "chambre de Léo")),
        ("annule le minuteur de cuisine", ("annule le minuteur", "cuisine")),
        ("annule le minuteur du garage", None),
        ("la cuisine", None),
        ("cuisine", None),
        ("", None),
    ],
)
def test_a_room_is_found_where_it_is_named(said: str, found: tuple[str, str] | None) -> None:
    assert HOUSE.named_in(said) == (Elsewhere(*found) if found else None)


@given(st.text(max_size=60))
def test_any_text_is_safe(text: str) -> None:
    found = rooms("cuisine").named_in(f"{text} dans la cuisine")
    assert found is None or found.room == "cuisine"
