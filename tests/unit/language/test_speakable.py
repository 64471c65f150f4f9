from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.speakable import speakable

GOLDEN = yaml.safe_load(
    (Path(__file__).parents[2] / "utterances" / "fr" / "_speakable.yaml").read_text("utf-8")
)

PIECES = [
    "14h30",
    "14:30",
    "-",
    "/",
    "1",
    "0",
    "2",
    "M.",
    "St",
    "XIV",
    "Louis",
    "e",
    "er",
    "km",
    "°C",
    "%",
    "€",
    "$",
    ".",
    ",",
    "'",
    "*",
    "_",
    "`",
    "(",
    ")",
    "[",
    "]",
    "#",
    "½",
    "²",
    "😀",
    "é",
    "A",
    "h",
    "m",
    "5",
    "sept.",
    "etc.",
    "n°",
    "à",
    "…",
    "?",
    "http://a.b",
    "06/01/2026",
    "–",
    "|",
    ":",
    "_1_",
    "٣",
    "Ⅳ",
    "x",
    "et",
    "million",
    "01.23",
    "12,50",
    "+33",
    "3/4",
    "```",
    "<b>",
    "\u00a0",
    "\u200b",
    "\ufe0f",
    "🇫",
    "12:61",
]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["text"][:40])
def test_says(case: dict[str, str]) -> None:
    assert speakable(case["text"]) == case["said"]


ANY_TEXT = st.text(max_size=80) | st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=14).map("".join)


@given(ANY_TEXT)
def test_any_text_comes_out_in_words_alone_and_stays_as_it_is(text: str) -> None:
    said = speakable(text)
    assert not any(char.isdigit() for char in said)
    assert speakable(said) == said


@given(st.integers(0, 10**40))
def test_any_number_is_said(number: int) -> None:
    assert speakable(f"Il y en a {number}.").startswith("Il y en a ")


def test_a_very_long_number_is_no_trouble() -> None:
    assert speakable("1" * 5000).split() == ["un"] * 5000


@pytest.mark.parametrize("text", ["", " ", "😀", "---", "https://exemple.fr", "?!", "```\n```"])
def test_nothing_to_say(text: str) -> None:
    assert speakable(text) == ""
