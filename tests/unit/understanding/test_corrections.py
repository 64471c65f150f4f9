from hypothesis import given
from hypothesis import strategies as st

from hive_mind.understanding.corrections import MOST, Correction, forget, recall, remember


def test_what_was_corrected_is_recalled_when_it_sounds_the_same() -> None:
    known = remember((), "mais un minuteur de saint minutes", "mets un minuteur de cinq minutes")
    found = recall(known, "Mes un minuteur de saints minutes.")
    assert found is not None
    assert found.said == "mets un minuteur de cinq minutes"
    assert recall(known, "mets un minuteur de vingt minutes") is None
    assert recall(known, "...") is None


def test_the_newest_meaning_of_a_heard_text_stands() -> None:
    known = remember((), "Un minuteur !", "un mini-four")
    known = remember(known, "un minuteur", "une minuterie")
    known = remember(known, "un minuteur", "une minuterie")
    assert known == (Correction("un minuteur", "une minuterie", 2),)


def test_nothing_is_learnt_from_nothing() -> None:
    assert remember((), "", "annule") == ()
    assert remember((), "Annule.", "annule") == ()
    assert remember((), "x " * 200, "annule") == ()


def test_forgetting_counts_as_the_list_does() -> None:
    known = (Correction("a", "b"), Correction("c", "d"), Correction("e", "f"))
    assert forget(known, [1, 3, 9]) == (Correction("c", "d"),)


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=20))
def test_any_texts_are_safe(pairs: list[tuple[str, str]]) -> None:
    known: tuple[Correction, ...] = ()
    for heard, said in pairs:
        known = remember(known, heard, said)
        recall(known, heard)
    assert len(known) <= min(MOST, len(pairs))
