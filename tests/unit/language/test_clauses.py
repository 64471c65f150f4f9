import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.clauses import ClauseSplitter


def split(text: str, size: int = 4) -> list[str]:
    splitter = ClauseSplitter()
    clauses = []
    for at in range(0, len(text), size):
        clauses += splitter.feed(text[at : at + size])
    return clauses + splitter.flush()


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        (
            "La capitale de l'Italie est Rome. C'est une ville magnifique, pleine de monuments anciens.",
            ["La capitale de l'Italie est Rome.", "C'est une ville magnifique, pleine de monuments anciens."],
        ),
        (
            "Un trou noir est une région de l'espace dont rien ne peut s'échapper, pas même la lumière.",
            ["Un trou noir est une région de l'espace", "dont rien ne peut s'échapper, pas même la lumière."],
        ),
        (
            "Le plus grand océan de toute la planète Terre est sans doute le Pacifique. Il est vaste.",
            [
                "Le plus grand océan de toute la planète Terre",
                "est sans doute le Pacifique.",
                "Il est vaste.",
            ],
        ),
        ("Oui. Il fait beau aujourd'hui à Paris.", ["Oui. Il fait beau aujourd'hui à Paris."]),
        ("Oui, bien sûr, je peux t'aider.", ["Oui, bien sûr,", "je peux t'aider."]),
        ("Il pèse 14,5 kilos et mesure 1,80 m.", ["Il pèse 14,5 kilos et mesure 1,80 m."]),
        (
            "Le rendez-vous est à 14 h 30. Bonne journée à toi.",
            ["Le rendez-vous est à 14 h 30.", "Bonne journée à toi."],
        ),
        ("C'est M. Dupont qui habite ici.", ["C'est M. Dupont qui habite ici."]),
        ("Elle a vingt et un ans et demi environ.", ["Elle a vingt et un ans et demi environ."]),
        ("Rome", ["Rome"]),
        ("   ", []),
        ("", []),
    ],
)
def test_splits(text: str, clauses: list[str]) -> None:
    assert split(text) == clauses


@pytest.mark.parametrize(
    ("text", "never_apart"),
    [
        ("Le docteur a dit que le Dr. Martin habite au 12 bis de la rue", "Dr. Martin"),
        (
            "Il y a environ 1 000 000 de personnes dans cette ville qui compte 2 500 000 habitants en tout",
            "1 000 000",
        ),
        (
            "Le train part de la gare à 14 h 30 et arrive à 18 h 45 dans la belle ville de Lyon demain",
            "14 h 30",
        ),
        (
            "La recette demande de laisser cuire pendant une heure et demie et de laisser reposer ensuite",
            "heure et demie",
        ),
        (
            "Elle vaut à peu près trois mille deux cent vingt et un euros et quelques centimes en tout",
            "vingt et un",
        ),
    ],
)
def test_keeps_together(text: str, never_apart: str) -> None:
    for size in (1, 3, 7, 1000):
        assert any(never_apart in clause for clause in split(text, size)), split(text, size)


def test_the_first_clause_comes_before_the_sentence_ends() -> None:
    splitter = ClauseSplitter()
    assert splitter.feed("Les baleines sont des mammifères marins qui respirent ") == [
        "Les baleines sont des mammifères marins"
    ]


def test_a_long_text_without_punctuation_is_cut_all_the_same() -> None:
    clauses = split("mot " * 300)
    assert max(len(clause) for clause in clauses) <= 250


def test_later_clauses_are_longer_than_the_first() -> None:
    text = (
        "Le chat dort sur le canapé, le chien court dans le jardin, les oiseaux chantent dans les arbres, "
        * 6
    )
    lengths = [len(clause) for clause in split(text)]
    assert lengths[0] < 30
    assert max(lengths) > 100


PIECES = [
    " ",
    "mot",
    "Rome",
    ",",
    ".",
    " ?",
    "\n",
    "14",
    ",5",
    " et ",
    "M.",
    " h ",
    "30",
    "«",
    "»",
    "...",
    " qui ",
    "l'",
    "1 000",
]


@given(
    st.text(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=80).map("".join), st.integers(1, 20)
)
def test_nothing_is_lost(text: str, size: int) -> None:
    clauses = split(text, size)
    assert "".join("".join(clauses).split()) == "".join(text.split())
    assert all(clause.strip() for clause in clauses)


@pytest.mark.parametrize(
    ("chunks", "clauses"),
    [
        (("La capitale de l'Italie ", "est Rome."), ["La capitale de l'Italie", "est Rome."]),
        (("Le ciel ", "est bleu."), ["Le ciel est bleu."]),
        (("Je regarde.\n", "Il fait beau."), ["Je regarde.", "Il fait beau."]),
        (("Il y en a trois cent vingt ", "et un."), ["Il y en a trois cent vingt et un."]),
    ],
)  # fmt: skip
def test_a_beginning_that_is_sent_ahead_is_said_at_once(chunks: tuple[str, ...], clauses: list[str]) -> None:
    splitter = ClauseSplitter()
    said = [clause for chunk in chunks for clause in splitter.take(chunk)]
    assert [*said, *splitter.flush()] == clauses
