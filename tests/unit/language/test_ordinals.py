import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.ordinals import read_ordinal
from hive_mind.language.spoken import ordinal
from hive_mind.language.words import keys_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("premier", 1),
        ("Première", 1),
        ("seconde", 2),
        ("deuxième", 2),
        ("vingt et unième", 21),
        ("quatre-vingt-dix-neuvième", 99),
        ("nonante-deuxième", 92),
        ("octantième", 80),
        ("deux centième", 200),
        ("deux cent cinquième", 205),
        ("millième", 1000),
        ("trois milliardième", 3 * 10**9),
        ("155e", 155),
        ("1er", 1),
        ("2nde", 2),
        ("500000eme", 500_000),
    ],
)
def test_reads(text: str, number: int) -> None:
    keys = keys_of(text)
    assert read_ordinal(keys) == (number, len(keys))


@pytest.mark.parametrize("text", ["", "deux", "ciel", "vingt et", "le troisième", "cinéma", "thème"])
def test_reads_nothing(text: str) -> None:
    assert read_ordinal(keys_of(text)) is None


@given(st.integers(1, 10**6) | st.integers(1, 10**12), st.booleans())
def test_what_is_spelled_is_read_back(number: int, feminine: bool) -> None:
    keys = keys_of(ordinal(number, feminine=feminine))
    assert read_ordinal(keys) == (number, len(keys))


@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    keys = keys_of(text)
    read = read_ordinal(keys)
    assert read is None or 0 < read[1] <= len(keys)
