"""Sums in words, beside Python's own arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import UnderstandingError
from hive_mind.language.numbers import cardinal
from hive_mind.understanding.sums import evaluate


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("douze fois treize", 156),
        ("deux plus trois fois quatre", 14),
        ("dix moins trois moins deux", 5),
        ("deux puissance trois puissance deux", 64),
        ("20 pour cent de 150", 30),
        ("150 plus 20 %", 180),
        ("150 moins 20 %", 120),
        ("la moitié de 7", Fraction(7, 2)),
        ("trois quarts de 80", 60),
        ("le carré de douze", 144),
        ("cinq au carré", 25),
        ("la racine carrée de 144", 12),
        ("la somme de trois et quatre", 7),
        ("la différence entre dix et quatre", 6),
        ("1,5 fois 2", 3),
        ("17 modulo 5", 2),
        ("7", None),
        ("sept fois", None),
        ("fois sept", None),
        ("", None),
        ("douze fois treize pommes", None),
    ],
)
def test_evaluate(text: str, result: int | Fraction | None) -> None:
    assert evaluate(text) == result


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("dix divisé par zéro", "DIVISION_BY_ZERO"),
        ("9 puissance 999", "NUMBER_TOO_LARGE"),
        ("la racine carrée de moins quatre", "ROOT_OF_NEGATIVE"),
    ],
)
def test_sums_without_a_result(text: str, code: str) -> None:
    with pytest.raises(UnderstandingError) as raised:
        evaluate(text)
    assert raised.value.code == code


NUMBERS = st.integers(0, 99_999)
SIGNS = {"plus": "+", "moins": "-", "fois": "*", "x": "*"}


@given(
    st.lists(st.tuples(NUMBERS, st.sampled_from(sorted(SIGNS))), min_size=1, max_size=4),
    NUMBERS,
    st.booleans(),
)
def test_sums_are_what_arithmetic_says(parts: list[tuple[int, str]], last: int, spelled: bool) -> None:
    said, written = "", ""
    for number, sign in parts:
        said += f"{cardinal(number) if spelled else number} {sign} "
        written += f"{number} {SIGNS[sign]} "
    said += cardinal(last) if spelled else str(last)
    assert evaluate(said) == eval(written + str(last))


@given(st.text(max_size=60))
def test_any_text_is_safe(text: str) -> None:
    try:
        evaluate(text)
    except UnderstandingError as error:
        assert error.code in ("DIVISION_BY_ZERO", "NUMBER_TOO_LARGE", "ROOT_OF_NEGATIVE")
