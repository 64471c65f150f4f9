"""Units, quantities, weekdays and the slots made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import UnderstandingError
from hive_mind.language.words import keys_of, words_of
from hive_mind.understanding.slots import SLOT_TYPES
from hive_mind.understanding.units import convert, read_quantities, unit
from hive_mind.understanding.weekdays import read_weekdays


@pytest.mark.parametrize(
    ("text", "value", "key"),
    [
        ("trois miles", 3, "mile"),
        ("un demi litre", 0.5, "litre"),
        ("deux litres et demi", 2.5, "litre"),
        ("moins 40 degrés fahrenheit", -40, "fahrenheit"),
        ("1,5 kg", 1.5, "kilogram"),
        ("dix cuillères à soupe", 10, "tablespoon"),
        ("90 km/h", 90, "kmh"),
        ("un quart d'heure", 900, "second"),
    ],
)
def test_quantities(text: str, value: float, key: str) -> None:
    keys = keys_of(text)
    assert (value, key, len(keys)) in [(q.value, q.unit, q.end) for q in read_quantities(keys)]


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        (1, "mile", "metre", 1609.344),
        (100, "celsius", "fahrenheit", 212),
        (32, "fahrenheit", "celsius", 0),
        (1, "week", "hour", 168),
        (2, "pound", "gram", 907.18474),
    ],
)
def test_conversions(value: float, source: str, target: str, result: float) -> None:
    assert convert(value, unit(source), unit(target)) == pytest.approx(result)


def test_what_cannot_be_converted() -> None:
    with pytest.raises(UnderstandingError) as raised:
        convert(1, unit("litre"), unit("metre"))
    assert raised.value.code == "UNITS_DIFFER"
    with pytest.raises(UnderstandingError):
        unit("parsec")


@given(st.floats(-1e6, 1e6), st.sampled_from(["mile", "celsius", "fahrenheit", "pound", "kmh", "acre"]))
def test_there_and_back_is_the_same(value: float, key: str) -> None:
    base = {"celsius": "kelvin", "fahrenheit": "kelvin", "mile": "metre", "pound": "gram"}.get(key, key)
    there = convert(value, unit(key), unit(base))
    assert convert(there, unit(base), unit(key)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("tous les jours", range(7)),
        ("chaque matin", range(7)),
        ("tous les jours de la semaine", range(5)),
        ("du lundi au vendredi", range(5)),
        ("du vendredi au lundi", (0, 4, 5, 6)),
        ("tous les lundis", (0,)),
        ("chaque mardi", (1,)),
        ("les mardis et jeudis", (1, 3)),
        ("tous les lundis mercredis et vendredis", (0, 2, 4)),
        ("le lundi et le jeudi", (0, 3)),
        ("le week-end", (5, 6)),
        ("en semaine", range(5)),
    ],
)
def test_weekdays(text: str, days: tuple[int, ...]) -> None:
    keys = keys_of(text)
    assert (tuple(days), len(keys)) in read_weekdays(keys)


@pytest.mark.parametrize("text", ["lundi", "le lundi", "demain", "la semaine prochaine", ""])
def test_a_single_day_is_a_date(text: str) -> None:
    keys = keys_of(text)
    assert all(end < len(keys) for _, end in read_weekdays(keys))


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("place", "Saint-Jean-de-Luz", ["Saint", "Saint Jean", "Saint Jean de Luz"]),
        ("place", "Paris demain", ["Paris"]),
        ("place", "La Rochelle ce soir", ["La Rochelle"]),
        ("place", "demain", []),
        ("percent", "quarante pour cent", [40, 40]),
        ("number", "moins douze", [-12]),
        ("moment", "demain à sept heures", ["demain à sept heures", "demain"]),
        ("sum", "sept", []),
    ],
)
def test_slots(kind: str, text: str, found: list[object]) -> None:
    reads = SLOT_TYPES[kind].read(words_of(text), 0)
    assert [read.value for read in reads] == found


@given(st.sampled_from(sorted(SLOT_TYPES)), st.text(max_size=50))
def test_any_words_are_safe(kind: str, text: str) -> None:
    words = words_of(text)
    for at in range(len(words)):
        assert all(at < read.end <= len(words) for read in SLOT_TYPES[kind].read(words, at))
        assert SLOT_TYPES[kind].begins(words, at) in (True, False)
