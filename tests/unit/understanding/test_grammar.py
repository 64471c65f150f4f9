import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import UnderstandingError
from hive_mind.understanding.grammar import Grammar

GRAMMAR = Grammar.load()


@pytest.mark.parametrize(
    ("text", "extent"),
    [
        ("Quelle heure est-il", "extendable"),
        ("quelle heure est-il à", "unfinished"),
        ("quelle heure est-il à Tokyo", "closed"),
        ("t'as l'heure ?", "closed"),
        ("on est quel jour", "closed"),
        ("quel", "unfinished"),
        ("mets", "unfinished"),
        ("mets un minuteur", "extendable"),
        ("mets un minuteur de", "unfinished"),
        ("mets un minuteur de dix", "unfinished"),
        ("mets un minuteur d'un quart", "unfinished"),
        ("mets un minuteur de dix minutes", "closed"),
        ("mets un minuteur d'une heure", "extendable"),
        ("mets un minuteur d'une heure et demie", "closed"),
        ("mets un minuteur de dix minutes pour", "unfinished"),
        ("minuteur 10 minutes", "closed"),
        ("lance un chrono", "closed"),
        ("annule le minuteur", "closed"),
        ("annule tous", "unfinished"),
        ("arrête", "extendable"),
        ("quelle est la capitale de l'Italie", "open"),
        ("", "open"),
        ("euh", "open"),
        ("il", "unfinished"),
    ],
)
def test_extent(text: str, extent: str) -> None:
    assert GRAMMAR.extent_of(text) == extent


def test_a_match_says_its_extent_and_its_rung() -> None:
    exact = GRAMMAR.match("mets un minuteur de dix minutes")
    mended = GRAMMAR.match("minuteur diminute")
    assert exact is not None
    assert (exact.extent, exact.rung, exact.confidence) == ("closed", "exact", 1.0)
    assert mended is not None
    assert mended.rung == "spelling"
    assert mended.confidence < 1.0


def test_a_guessed_name_lowers_the_confidence() -> None:
    match = GRAMMAR.match("minuteur pâtes 8 minutes")
    assert match is not None
    assert 0.5 < match.confidence < 1.0


def test_answers_are_heard_only_when_they_are_expected() -> None:
    assert GRAMMAR.match("dix minutes") is None
    match = GRAMMAR.match("dix minutes", expecting="duration")
    assert match is not None
    assert (match.intent, match.slots) == ("answer", {"duration_s": 600.0})


def test_the_robot_can_be_named() -> None:
    named = Grammar.load(robot_names=["Alison"])
    assert named.match("Alison, quelle heure est-il ?") is not None
    assert GRAMMAR.match("Alison, quelle heure est-il ?") is None


def test_sentences_can_be_added_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "blague.yaml").write_text(
        "intent: joke\nslots: {kind: short}\n"
        'sentences: ["[<demande> ]raconte[r] une blague[ sur {anything:topic}]"]\n',
        "utf-8",
    )
    match = Grammar.load(tmp_path).match("raconte une blague sur les chats")
    assert match is not None
    assert (match.intent, match.slots) == ("joke", {"kind": "short", "topic": "les chats"})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("intent: x\nsentences: ['(a|b']", "unclosed"),
        ("intent: x\nsentences: ['a]']", "unexpected"),
        ("intent: x\nsentences: ['<nothing>']", "unknown expansion rule"),
        ("intent: x\nsentences: ['{nothing}']", "unknown slot type"),
        ("expansion_rules: {a: '<b>', b: '<a>'}\nintent: x\nsentences: ['<a>']", "refers to itself"),
        ("sentences: ['a']", "no intent"),
        ("intent: x\nsentence: ['a']", "sentence"),
        ("intent: [", "bad.yaml"),
        ("- a", "bad.yaml"),
        ("intent: x\nsentences: ['(a|b;c)']", "mixed"),
    ],
)
def test_a_malformed_file_is_one_clear_error(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "bad.yaml").write_text(content, "utf-8")
    with pytest.raises(UnderstandingError, match=fault) as raised:
        Grammar.load(tmp_path)
    assert "bad.yaml" in raised.value.message
    assert "\n" not in raised.value.message


WORDS = [
    "mets", "lance", "un", "le", "minuteur", "chrono", "de", "dix", "minutes", "une", "heure", "et",
    "demie", "quelle", "est", "il", "pour", "pates", "combien", "reste", "annule", "tous",
]  # fmt: skip


@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join))
def test_any_text_is_safe(text: str) -> None:
    match = GRAMMAR.match(text)
    extent = GRAMMAR.extent_of(text)
    if match is not None:
        assert extent == match.extent
        assert 0 < match.confidence <= 1


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=10))
def test_a_beginning_of_a_sentence_is_never_open(words: list[str]) -> None:
    if words[0] != "et" and GRAMMAR.match(" ".join(words)) is not None:
        for end in range(1, len(words)):
            assert GRAMMAR.extent_of(" ".join(words[:end])) != "open", words[:end]


def test_a_very_long_text_does_not_take_forever() -> None:
    begun = time.process_time()
    assert GRAMMAR.match("mets un minuteur de " + "dix minutes et " * 300) is None
    assert GRAMMAR.match("un " * 2000) is None
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "text", ["quelle heure est-il à Tokyo", "mets un minuteur de dix minutes", "annule", "à", "bonjour toi"]
)
def test_a_twin_understands_the_same_whatever_the_other_has_read(text: str) -> None:
    grammar = Grammar.load()
    grammar.match("quelle heure est-il à Paris")
    twin = grammar.twin()
    grammar.match("mets une alarme à midi")
    assert twin.match(text) == grammar.match(text) == GRAMMAR.match(text)
    assert twin.extent_of(text) == GRAMMAR.extent_of(text)
