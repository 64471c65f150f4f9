import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.numbers import LARGEST, cardinal, read_integer, read_number
from hive_mind.language.words import keys_of

SPELLED = {
    0: "zéro",
    1: "un",
    16: "seize",
    17: "dix-sept",
    21: "vingt et un",
    22: "vingt-deux",
    61: "soixante et un",
    70: "soixante-dix",
    71: "soixante et onze",
    77: "soixante-dix-sept",
    80: "quatre-vingts",
    81: "quatre-vingt-un",
    90: "quatre-vingt-dix",
    91: "quatre-vingt-onze",
    99: "quatre-vingt-dix-neuf",
    100: "cent",
    101: "cent un",
    180: "cent quatre-vingts",
    200: "deux cents",
    201: "deux cent un",
    1000: "mille",
    1998: "mille neuf cent quatre-vingt-dix-huit",
    2026: "deux mille vingt-six",
    80_000: "quatre-vingt mille",
    200_000: "deux cent mille",
    1_000_000: "un million",
    80_000_000: "quatre-vingts millions",
    2_000_000_001: "deux milliards un",
    -5: "moins cinq",
}


@pytest.mark.parametrize(("number", "words"), SPELLED.items())
def test_spells(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "une"),
        (21, "vingt et une"),
        (11, "onze"),
        (71, "soixante et onze"),
        (81, "quatre-vingt-une"),
        (2, "deux"),
    ],
)
def test_spells_before_a_feminine_noun(number: int, words: str) -> None:
    assert cardinal(number, feminine=True) == words


@given(st.integers(0, 10**9) | st.integers(0, LARGEST), st.booleans())
def test_what_is_spelled_is_read_back(number: int, feminine: bool) -> None:
    keys = keys_of(cardinal(number, feminine=feminine))
    assert read_integer(keys) == (number, len(keys))


@given(st.integers(0, 10**9))
def test_digits_are_read_in_one_run_or_in_groups(number: int) -> None:
    assert read_integer(keys_of(str(number))) == (number, 1)
    grouped = keys_of(f"{number:,}".replace(",", " "))
    assert read_integer(grouped) == (number, len(grouped))
    dotted = keys_of(f"{number:,}".replace(",", "."))
    assert read_integer(dotted) == (number, 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("septante", 70),
        ("septante et un", 71),
        ("nonante-neuf", 99),
        ("huitante-trois", 83),
        ("octante", 80),
        ("deux cent nonante", 290),
        ("une douzaine", 12),
        ("quinzaine", 15),
        ("3 millions", 3_000_000),
        ("2 mille", 2000),
        ("trois mille cent", 3100),
        ("soixante et dix", 70),
        ("quatre vingt un", 81),
        ("cent vingt et un mille", 121_000),
        ("mille deux", 1002),
        ("Vingt-Et-Une", 21),
        ("dix-neuf cent soixante-treize", 1973),
        ("onze cents", 1100),
        ("3 cent un", 301),
        ("mille et une", 1001),
        ("soixante et quinze", 75),
        ("zéro huit", 8),
        ("trente 3", 33),
        ("deux mille dix-neuf", 2019),
        ("un billiard deux", 10**15 + 2),
    ],
)
def test_reads(text: str, number: int) -> None:
    keys = keys_of(text)
    assert read_integer(keys) == (number, len(keys))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("14,5", 14.5),
        ("quatorze virgule cinq", 14.5),
        ("trois virgule zéro cinq", 3.05),
        ("1,5 million", 1_500_000),
        ("7", 7),
        ("moins dix", -10),
        ("moins soixante virgule deux quatre zéro zéro", -60.24),
        ("huit cent dix-huit virgule trois zéro trois", 818.303),
        ("zéro virgule zéro cinq", 0.05),
        ("virgule deux", 0.2),
        ("deux et demi", 2.5),
        ("un million et demi", 1_500_000),
        ("cinq milliards et trois quarts", 5_750_000_000),
        ("trois quarts", 0.75),
        ("deux tiers", 2 / 3),
        ("la moitié", 0.5),
        ("un demi million", 500_000),
        ("un vingt-cinquième", 0.04),
        ("vingt-trois cinquièmes", 4.6),
        ("vingt et un cinquième", 20.2),
        ("cinq et un quart", 5.25),
    ],
)
def test_reads_decimals(text: str, number: float) -> None:
    keys = keys_of(text)
    assert read_number(keys) == (number, len(keys))


@pytest.mark.parametrize("text", ["", "bonjour", "et un", "vin", "sang", "millet"])
def test_reads_nothing(text: str) -> None:
    assert read_integer(keys_of(text)) is None
    assert read_number(keys_of(text)) is None


@pytest.mark.parametrize(
    ("text", "end"), [("dix minutes", 1), ("deux trois", 1), ("vingt et quelques", 1), ("5 10", 1)]
)
def test_stops_where_the_number_stops(text: str, end: int) -> None:
    found = read_integer(keys_of(text))
    assert found is not None
    assert found[1] == end


@given(
    st.lists(
        st.sampled_from(
            [
                "zero",
                "un",
                "quatre",
                "vingt",
                "vingts",
                "dix",
                "onze",
                "soixante",
                "cent",
                "cents",
                "mille",
                "et",
                "5",
                "000",
            ]
        ),
        max_size=8,
    )
)
def test_any_words_in_any_order_are_safe(keys: list[str]) -> None:
    found = read_number(keys)
    assert found is None or 0 < found[1] <= len(keys)


def test_a_number_too_large_for_words_is_said_digit_by_digit() -> None:
    assert cardinal(10**15).startswith("un zéro zéro")
