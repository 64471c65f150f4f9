"""Repair by sound: mishearings find what was said, exact sentences come back, nothing crashes."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.repair import Repairer, candidates

FOLDER = Path(__file__).parents[2] / "utterances" / "fr"
GRAMMAR = Grammar.load()
REPAIRER = Repairer(GRAMMAR)


def misheard() -> list[Any]:
    cases = yaml.safe_load((FOLDER / "_misheard.yaml").read_text("utf-8"))
    return [pytest.param(case, id=str(case["heard"])) for case in cases]


def understood() -> list[str]:
    """Golden utterances that need no question back."""
    found: list[str] = []
    for name in ("get_time", "get_date", "stopwatch", "start_timer", "timers"):
        for case in yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8")):
            found += case["text"] if isinstance(case["text"], list) else [case["text"]]
    return [text for text in found if GRAMMAR.match(text) is not None]


@pytest.mark.parametrize("case", misheard())
def test_misheard(case: dict[str, Any]) -> None:
    heard = case["heard"] if isinstance(case["heard"], list) else [case["heard"]]
    found = REPAIRER.candidates(heard)
    if "intent" not in case:
        assert all(candidate.match is None or candidate.distance > 0.2 for candidate in found)
        return
    assert found, "nothing sounds like it"
    best = found[0].match
    assert best is not None
    assert best.intent == case["intent"]
    assert best.rung == "repair"
    if "slots" in case:
        assert best.slots == case["slots"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(understood()))
def test_a_sentence_of_the_grammar_comes_back_as_it_is(text: str) -> None:
    meant = GRAMMAR.match(text)
    assert meant is not None
    found = REPAIRER.candidates([text])
    if meant.confidence < 1:  # a name, or a slip of the table: taken as heard, it proves little
        assert all(candidate.match is None or candidate.distance < 0.34 for candidate in found[:1])
        return
    assert found[0].distance <= 0.03
    assert any(c.match and c.match.intent == meant.intent and c.distance <= 0.03 for c in found)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=3))
def test_any_text_is_safe(texts: list[str]) -> None:
    for candidate in REPAIRER.candidates(texts):
        assert 0 <= candidate.distance <= 1
        assert candidate.heard in texts


def test_every_meaning_comes_once_and_the_nearest_first() -> None:
    found = REPAIRER.candidates(["minuteur si minute", "minuteur dix minute"])
    distances = [candidate.distance for candidate in found]
    assert distances == sorted(distances)
    meanings = [str((c.match.intent, c.match.slots)) for c in found if c.match]
    assert len(meanings) == len(set(meanings))


def test_close_numbers_are_both_candidates() -> None:
    seconds = [
        c.match.slots.get("duration_s") for c in REPAIRER.candidates(["minuteur si minute"]) if c.match
    ]
    assert seconds[0] == 360
    assert 600 in seconds


def test_an_anti_command_is_a_competitor(tmp_path: Path) -> None:
    text = "intent: lamp\nsentences: [allume la lampe]\nelsewhere: ['la lampe de {anything}']\n"
    (tmp_path / "lamp.yaml").write_text(text, "utf-8")
    repairer = Repairer(Grammar([tmp_path]))
    order, talk = (
        repairer.candidates([text])[0].match for text in ("alume la lampe", "la lanpe de mon père")
    )
    assert order is not None
    assert talk is None


def test_at_most_so_many() -> None:
    assert len(candidates(GRAMMAR, ["minuteur si minute"], 2)) == 2


def test_an_answer_is_repaired_when_it_is_waited_for() -> None:
    alone = REPAIRER.candidates(["diminute"])
    waited = REPAIRER.candidates(["diminute"], expecting="duration")
    assert not any(c.match and c.match.intent == "answer" for c in alone)
    assert waited[0].match is not None
    assert (waited[0].match.intent, waited[0].match.slots) == ("answer", {"duration_s": 600})


def test_an_order_that_is_mostly_taken_as_it_was_heard_proves_nothing(tmp_path: Path) -> None:
    text = "intent: list_add\nsentences: ['ajoute {anything:item}', 'ajoute {anything:item} à la liste']\n"
    (tmp_path / "list.yaml").write_text(text, "utf-8")
    repairer = Repairer(Grammar([tmp_path]))
    assert repairer.candidates(["a joué de la guitare au fond du jardin"]) == []
    found = repairer.candidates(["ajoutte du lait à la listte"])
    assert found[0].match is not None
    assert found[0].match.slots == {"item": "du lait"}
