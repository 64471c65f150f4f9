"""What a question is about, as its answer begins."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.understanding.restating import MOST_ASKED, MOST_CHARACTERS, is_plain_question, restated

ROWS = yaml.safe_load((Path(__file__).parents[2] / "utterances/fr/_restatings.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("question", "opening"), ROWS)
def test_the_beginning_of_an_answer(question: str, opening: str) -> None:
    assert restated(question) == opening


def test_a_plain_question_stands_by_itself() -> None:
    assert is_plain_question("Qui a inventé le téléphone ?")
    assert is_plain_question("Et qui a inventé le téléphone ?")
    assert restated("Mais en sourdine.") == "En sourdine"
    assert not is_plain_question("Mais en sourdine.")
    assert not is_plain_question("Qui es-tu ?")


@given(st.text(max_size=300))
def test_any_text_is_borne(text: str) -> None:
    assert len(restated(text)) <= MOST_CHARACTERS + len("Pour faire ,")


@given(st.text(st.characters(categories=("L", "Zs")), min_size=1, max_size=80))
def test_only_what_was_asked_is_said(thing: str) -> None:
    opening = restated(f"Quelle est la {thing} ?")
    assert opening.lower() in f"la {thing}".lower()


def test_a_long_question_is_not_looked_at() -> None:
    assert restated(f"Quelle est la capitale de l'Italie{' ?' * MOST_ASKED}") == ""


def test_a_long_subject_is_not_repeated() -> None:
    assert restated(f"Quelle est la couleur du {'grand ' * 12}cheval ?") == ""
