"""Several orders in one utterance."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.words import keys_of
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.orders import MOST_ORDERS, split_orders

GRAMMAR = Grammar.load()


def intents(text: str) -> list[str]:
    return [part if isinstance(part, str) else f"<{part.intent}>" for part in split_orders(GRAMMAR, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mets un minuteur de dix minutes", ["<start_timer>"]),
        ("Mets un minuteur de dix minutes et quelle heure est-il ?", ["<start_timer>", "<get_time>"]),
        ("Donne-moi l'heure, lance un chrono.", ["<get_time>", "<start_stopwatch>"]),
        (
            "quelle heure est-il, puis la date et ensuite lance un chrono",
            ["<get_time>", "<get_date>", "<start_stopwatch>"],
        ),
        ("Mets un minuteur d'une heure et demie et arrête le chrono", ["<start_timer>", "<stop_stopwatch>"]),
        ("Mets un minuteur d'une heure et demie", ["<start_timer>"]),
        (
            "Mets un minuteur de dix minutes et raconte-moi une blague.",
            ["<start_timer>", "raconte-moi une blague."],
        ),
        ("raconte-moi une blague et lance un chrono", ["raconte-moi une blague et lance un chrono"]),
        ("Un minuteur et un chronomètre, quelle est la différence ?", None),
        ("Qui a inventé le minuteur et le chronomètre ?", None),
        ("Paris et Londres", None),
        ("et", None),
        ("", None),
    ],
)
def test_orders(text: str, expected: list[str] | None) -> None:
    assert intents(text) == ([text] if expected is None else expected)


def test_a_free_value_does_not_swallow_an_order(tmp_path: Path) -> None:
    (tmp_path / "note.yaml").write_text("intent: note\nsentences: ['note {anything:what}']\n", "utf-8")
    grammar = Grammar.load(tmp_path)
    orders = split_orders(grammar, "note sortir le chien le soir et arrête le minuteur")
    assert [order if isinstance(order, str) else order.intent for order in orders] == ["note", "cancel_timer"]
    (whole,) = split_orders(grammar, "note acheter du pain et du lait et merci")
    assert not isinstance(whole, str)
    assert whole.slots == {"what": "acheter du pain et du lait et merci"}


WORDS = [
    "mets un minuteur de dix minutes",
    "et",
    "puis",
    "lance un chrono",
    "le pain",
    ",",
    "quelle heure est-il",
]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_no_word_is_lost_and_order_is_kept(text: str) -> None:
    parts = split_orders(GRAMMAR, text)
    assert 1 <= len(parts) <= MOST_ORDERS
    assert all(not isinstance(part, str) for part in parts[:-1])
    if isinstance(parts[-1], str):
        keys = keys_of(parts[-1])
        assert keys_of(text)[len(keys_of(text)) - len(keys) :] == keys
