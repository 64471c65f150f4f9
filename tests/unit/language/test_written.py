import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.written import written_forms


@pytest.mark.parametrize(
    ("words", "forms"),
    [
        ("quelle heure est il", ("Quelle heure est-il",)),
        ("dis moi l heure", ("Dis-moi l'heure",)),
        (
            "mets moi un minuteur de vingt cinq minutes",
            ("Mets-moi un minuteur de vingt-cinq minutes", "Mets-moi un minuteur de 25 minutes"),
        ),
        ("combien de temps reste t il", ("Combien de temps reste-t-il",)),
        ("est ce que tu peux arrêter le chrono", ("Est-ce que tu peux arrêter le chrono",)),
        ("quel jour sommes nous aujourd hui", ("Quel jour sommes-nous aujourd'hui",)),
        ("minuteur d une heure", ("Minuteur d'une heure",)),
        ("", ("",)),
    ],
)
def test_sentences_are_written_as_people_write_them(words: str, forms: tuple[str, ...]) -> None:
    assert written_forms(words) == forms


@given(st.text(max_size=80))
def test_any_text_is_safe(text: str) -> None:
    assert 1 <= len(written_forms(text)) <= 2
