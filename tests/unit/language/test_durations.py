import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.durations import (
    duration_text,
    may_begin_duration,
    parse_duration,
    read_durations,
    spoken_duration,
)
from hive_mind.language.words import keys_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("dix minutes", 600),
        ("une heure et demie", 5400),
        ("1h30", 5400),
        ("1 h 30", 5400),
        ("1h30min", 5400),
        ("dix minutes trente", 630),
        ("2 minutes 30", 150),
        ("deux minutes et demie", 150),
        ("trois quarts d'heure", 2700),
        ("3/4 d'heure", 2700),
        ("une demi-heure", 1800),
        ("demi-heure", 1800),
        ("un quart d'heure", 900),
        ("une heure et quart", 4500),
        ("une heure trois quarts", 6300),
        ("deux heures moins le quart", 6300),
        ("une minute et demie", 90),
        ("une demi-minute", 30),
        ("30 s", 30),
        ("30s", 30),
        ("10 min", 600),
        ("10min30", 630),
        ("une heure dix minutes et 30 secondes", 4230),
        ("1 heure et 5 minutes et 30 secondes", 3930),
        ("deux heures trente", 9000),
        ("1,5 heure", 5400),
        ("1.5h", 5400),
        ("1/4h", 900),
        ("un mois", 2_592_000),
        ("exactement 2 ans", 63_072_000),
        ("une virgule cinq heure", 5400),
        ("pendant 20 minutes", 1200),
        ("environ une dizaine de minutes", 600),
        ("une quinzaine de minutes", 900),
        ("nonante secondes", 90),
        ("un jour", 86400),
        ("trois jours et deux heures", 266_400),
        ("cinq jours et demi", 475_200),
        ("une semaine", 604_800),
        ("90 minutes", 5400),
        ("quatre-vingt-dix minutes", 5400),
        ("vingt et une secondes", 21),
        ("zéro seconde", 0),
        ("une heure et un quart d'heure", 4500),
        ("deux heures un quart", 8100),
        ("une demi-seconde", 0.5),
        ("un quart de minute", 15),
        ("une heure moins cinq", 3300),
        ("toute la journée", 86400),
        ("une journée entière", 86400),
        ("deux jours et un mois", 2_764_800),
        ("quelques minutes", 180),
        ("une quinzaine", 1_296_000),
        ("une quinzaine de jours", 1_296_000),
        ("un trimestre", 7_862_400),
        ("une décennie", 315_360_000),
        ("trois ans et demi", 110_376_000),
        ("vingt et quatre heures", 86400),
        ("2h30", 9000),
        ("encore une bonne heure", 3600),
    ],
)
def test_parses(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dix",
        "minutes",
        "dix minutes de repos",
        "à dix heures moins",
        "demain",
        "le quart",
        "trente minutes heure",
        "s'il te plaît",
    ],
)
def test_refuses(text: str) -> None:
    assert parse_duration(text) is None


@given(st.integers(1, 40 * 86400))
def test_spoken_and_written_durations_are_read_back(seconds: int) -> None:
    assert parse_duration(spoken_duration(seconds)) == seconds
    assert parse_duration(duration_text(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (154, "deux minutes trente-quatre secondes"),
        (1, "une seconde"),
        (21, "vingt et une secondes"),
        (3600, "une heure"),
        (86_400, "un jour"),
        (21 * 86_400 + 3660, "vingt et un jours une heure une minute"),
        (0, "zéro seconde"),
        (0.9, "zéro seconde"),
        (-3, "zéro seconde"),
    ],
)
def test_says(seconds: float, spoken: str) -> None:
    assert spoken_duration(seconds) == spoken


def test_writes() -> None:
    assert duration_text(154) == "2 minutes 34 secondes"
    assert duration_text(3601) == "1 heure 1 seconde"


@pytest.mark.parametrize(
    "text",
    [
        "dix",
        "un quart",
        "un quart d'",
        "une heure et",
        "deux heures trente",
        "une heure et trois",
        "vingt et une",
    ],
)
def test_knows_the_beginning_of_a_duration(text: str) -> None:
    assert may_begin_duration(keys_of(text), 0)


@pytest.mark.parametrize("text", ["", "bonjour", "dix pommes", "une heure pile"])
def test_knows_what_begins_no_duration(text: str) -> None:
    assert not may_begin_duration(keys_of(text), 0)


@given(st.integers(0, 400 * 86_400))
def test_what_is_said_or_written_is_read_back(seconds: int) -> None:
    assert parse_duration(spoken_duration(seconds)) == seconds
    assert parse_duration(duration_text(seconds)) == seconds


def test_gives_the_longest_reading_first() -> None:
    assert [read.seconds for read in read_durations(keys_of("deux minutes trente"))] == [150, 120]


WORDS = [
    "une",
    "deux",
    "dix",
    "trente",
    "heure",
    "heures",
    "minute",
    "minutes",
    "seconde",
    "et",
    "demie",
    "demi",
    "quart",
    "quarts",
    "d",
    "h",
    "s",
    "min",
    "5",
    "1,5",
    "moins",
    "le",
    "trois",
    "virgule",
    "zero",
    "jours",
    "quinzaine",
    "/",
    "toute",
    "la",
]


@given(st.lists(st.sampled_from(WORDS), max_size=10))
def test_any_words_in_any_order_are_safe(keys: list[str]) -> None:
    for at in range(len(keys)):
        may_begin_duration(keys, at)
        for read in read_durations(keys, at):
            assert at < read.end <= len(keys)
            assert read.seconds >= 0
