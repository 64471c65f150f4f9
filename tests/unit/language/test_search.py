from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.language.search import find_duration, find_moment, find_number, find_ordinal

NOW = datetime(2026, 11, 24, 10, 15, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Rappelle-moi demain à midi d'appeler Paul.", "2026-11-25T12:00"),
        ("quel temps fera-t-il vendredi soir ?", "2026-11-27T18:00"),
        ("On se voit dans deux semaines, d'accord ?", "2026-12-08T10:15"),
        ("Réunion le mer. 24 juin 2027 !", "2027-06-24T00:00"),
        ("le film passe le 2027-04-18 de 20:00 à 22:00 ...", "2027-04-18T20:00"),
    ],
)
def test_finds_the_time_of_a_sentence(text: str, start: str) -> None:
    moment = find_moment(text, NOW)
    assert moment is not None
    assert moment.start.strftime("%Y-%m-%dT%H:%M") == start


@pytest.mark.parametrize(
    "text",
    [
        "Bonne nuit !",
        "Bonne semaine !",
        "J'ai mis 21 pièces dans ma poche.",
        "prends le 12 et le 14",
        "Il y a 10 étudiants et 2-4 professeurs.",
        "le rapport-2002-10-09.xlsx est prêt",
        "https://exemple.fr/3am?jour=demain",
        "le score est de 32/2015",
        "8/1,5 est une formule",
        "la réunion a été annulée",
        "il mange un mars",
        "le dîner est prêt",
        "jour après jour",
    ],
)
def test_reads_no_time_where_there_is_none(text: str) -> None:
    assert find_moment(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("je pars pour une heure et demie", 5400),
        ("le film dure une heure, cinquante-sept minutes", 7020),
        ("il sera absent deux jours et un mois", 32 * 86400),
        ("toute la journée", 86400),
        ("réserve pour une nuit", 86400),
        ("une bonne heure", 3600),
        ("3-min", 180),
        ("les jours", None),
        ("en secondaire", None),
        ("rien", None),
    ],
)
def test_finds_durations(text: str, seconds: float | None) -> None:
    assert find_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("il fait moins douze virgule cinq", -12.5),
        ("- 1.200.000", -1_200_000),
        ("-4/5", -0.8),
        ("6.700,54", 6700.54),
        ("100K", 100_000),
        ("2,5^2", 6.25),
        ("12,5e+2", 1250),
        ("2 1/4", 2.25),
        ("trois sur quatre", 0.75),
        ("un bol et demi", 1.5),
        ("la troisième fois", 3),
        ("point du tout", None),
        ("", None),
    ],
)
def test_finds_numbers(text: str, value: float | None) -> None:
    assert find_number(text) == (None if value is None else pytest.approx(value))


def test_finds_ordinals() -> None:
    assert find_ordinal("c'est la vingt et unième fois") == 21
    assert find_ordinal("c'est bien") is None


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    find_moment(text, NOW)
    find_duration(text)
    find_number(text)
    find_ordinal(text)


@pytest.mark.parametrize(
    "piece",
    [
        "la veille de ",
        "deux jours après ",
        "de lundi à ",
        "cent ",
        "1 000 ",
        "le ",
        "a1",
        "<",
        "virgule zéro ",
        "et demi ",
    ],
)
def test_long_texts(piece: str) -> None:
    text = piece * 400
    find_moment(text, NOW)
    find_duration(text)
    find_number(text)
    find_ordinal(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mille milliards de dollars", 10**12),
        ("deux mille trois cents milliards", 2_300 * 10**9),
        ("un milliard deux mille millions", 3 * 10**9),
        ("dix millions de milliards", 10**16),
        ("une dizaine de milliers", 10_000),
        ("trois centaines de millions", 3 * 10**8),
        ("une demi-douzaine d'oeufs", 6),
        ("un virgule cinq milliard", 1.5e9),
        ("deux virgule vingt-cinq millions", 2.25e6),
        ("un million mille", 1_001_000),
        ("vingt et deux", 22),
        ("cent et un dalmatiens", 101),
        ("soixante et douze", 72),
        ("vingt et trois quarts", 20.75),
        ("vingt et trois et trois quarts", 23.75),
        ("cinq et six", 5),
        ("trente et vingt-cinq", 25),
    ],
)
def test_scales_stand_on_each_other_and_parts_are_joined(text: str, value: float) -> None:
    assert find_number(text) == pytest.approx(value)
