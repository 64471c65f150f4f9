"""Our reading of the template language is hassil's: whatever it makes of a template, we match."""

import random
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import pytest
import yaml
from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.parse_expression import parse_sentence

from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.template import parse_template

VALUES = {
    "duration": "dix minutes", "name": "pizza", "label": "pizza", "anything": "Tokyo", "place": "Tokyo",
    "number": "douze", "percent": "quarante pour cent", "quantity": "trois miles", "unit": "kilomètres",
    "sum": "douze fois treize", "weekdays": "tous les jours", "moment": "demain",
}  # fmt: skip
GRAMMAR = Grammar.load()
FOLDER = files("hive_mind") / "commands" / "sentences" / "fr"
FILES = {
    path.name: yaml.safe_load(path.read_text("utf-8"))
    for path in FOLDER.iterdir()
    if path.name.endswith(".yaml")
}


@cache
def parsed(template: str) -> Expression:
    expression: Expression = parse_sentence(template).expression
    return expression


def sample(node: Expression, rules: Mapping[str, str], rng: random.Random) -> str:
    if isinstance(node, TextChunk):
        return str(node.original_text)
    if isinstance(node, ListReference):
        return VALUES[node.list_name.partition(":")[0]]
    if isinstance(node, RuleReference):
        return sample(parsed(rules[node.rule_name]), rules, rng)
    assert isinstance(node, Group)
    if isinstance(node, Alternative):
        return sample(rng.choice(node.items), rules, rng)
    items = rng.sample(node.items, len(node.items)) if isinstance(node, Permutation) else node.items
    return "".join(sample(item, rules, rng) for item in items)


@pytest.mark.parametrize("name", sorted(name for name in FILES if not name.startswith("_")))
def test_what_hassil_makes_of_our_templates_is_matched(name: str) -> None:
    rng, data = random.Random(name), FILES[name]
    rules = {**FILES["_rules.yaml"]["expansion_rules"], **data.get("expansion_rules", {})}
    for template in (*data.get("sentences", ()), *data.get("weak", ())):
        expression = parsed(template)
        for _ in range(25):
            text = sample(expression, rules, rng)
            match = GRAMMAR.match(text, expecting=data.get("when"))
            assert match is not None, text
            assert match.rung == "exact", text


def test_permutations_and_inner_optionals() -> None:
    assert parse_template("(a;b)") is not None
    rng = random.Random(1)
    assert {sample(parsed("(un;deux)"), {}, rng).split()[0] for _ in range(20)} == {
        "un",
        "deux",
    }
