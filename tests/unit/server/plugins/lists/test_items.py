"""Items out of phrases, and found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.server.plugins.lists.items import bare, find_item, same_item, split_items
from hive_mind.server.plugins.phrases import as_said

NOUN = st.sampled_from(["lait", "œufs", "pain", "pommes de terre", "crème fraîche", "papier toilette"])


@pytest.mark.parametrize(
    ("phrase", "items"),
    [
        ("du lait", ["du lait"]),
        ("du lait, des œufs et du pain", ["du lait", "des œufs", "du pain"]),
        ("du lait des œufs et du pain", ["du lait", "des œufs", "du pain"]),
        ("deux baguettes et trois tomates", ["deux baguettes", "trois tomates"]),
        ("des pommes de terre", ["des pommes de terre"]),
        ("pâtes, riz, huile d'olive", ["pâtes", "riz", "huile d'olive"]),
        ("appeler Paul et Marie", ["appeler Paul et Marie"]),
        ("appeler le plombier et ranger le garage", ["appeler le plombier", "ranger le garage"]),
        ("acheter du pain des œufs", ["acheter du pain des œufs"]),
        ("un kilo de tomates et de la crème", ["un kilo de tomates", "de la crème"]),
        ("", []),
        (" et ", []),
    ],
)
def test_split(phrase: str, items: list[str]) -> None:
    assert split_items(phrase) == items


@given(st.lists(NOUN, min_size=1, max_size=6))
def test_what_is_listed_is_split_again(nouns: list[str]) -> None:
    said = [f"des {noun}" for noun in nouns]
    assert split_items(", ".join(said)) == said
    assert split_items(" et ".join(said)) == said


@given(st.text(max_size=60))
def test_nothing_said_breaks_it(text: str) -> None:
    for item in split_items(text):
        assert item.strip() == item != ""
        assert bare(item)


@pytest.mark.parametrize(
    ("item", "on_list"),
    [("du lait", "lait"), ("l'huile", "huile"), ("une baguette", "baguette"),
     ("deux baguettes", "deux baguettes"),
     ("un kilo de riz", "un kilo de riz"), ("lait", "lait")],
)  # fmt: skip
def test_bare(item: str, on_list: str) -> None:
    assert bare(item) == on_list


def test_found_whatever_its_case_article_and_plural() -> None:
    items = ["lait", "Œufs", "un kilo de tomates", "tomates cerises", "papier"]
    assert find_item("le LAIT", items) == ["lait"]
    assert find_item("l'oeuf", items) == ["Œufs"]
    assert find_item("la tomate", items) == ["un kilo de tomates", "tomates cerises"]
    assert find_item("le beurre", items) == []
    assert find_item("", items) == []
    assert same_item("des œufs", "oeuf")


def test_commas_come_from_what_was_said() -> None:
    text = "Ajoute du lait, des œufs bio et du pain à la liste"
    assert as_said("du lait des œufs bio et du pain", text) == "du lait, des œufs bio et du pain"
    assert as_said("autre chose", text) == "autre chose"
