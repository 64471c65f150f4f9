"""Names that a plugin makes known at run time."""

from pathlib import Path

import pytest

from hive_mind.server.core.plugin_lists import LONGEST, MOST_VALUES, as_file, checked
from hive_mind.server.core.plugin_trial import trial
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.sentence_texts import SentenceTexts
from tests.fakes.plugin_folder import write_plugin

pytestmark = pytest.mark.anyio

HANDLER = """
from hive_mind.server.core.plugin import Plugin


class LampPlugin(Plugin):
    async def on_load(self):
        self.services.know("room", {"Véranda": ["la véranda (sud)"], "Grenier": []})
        self.services.every(60, self.look)

    async def look(self):
        self.services.know("room", {"Séjour": [], "Atelier": ["établi"]})

    async def execute(self, intent, params):
        return {"success": True, "room": params["room"]}

    def get_prompt_context(self):
        return ""
"""
SENTENCES = """
intent: lamp_on
lists:
  room: {salon: [séjour]}
sentences:
  - "allume {room}"
"""


async def test_they_are_understood_until_others_take_their_place(tmp_path: Path) -> None:
    async with trial(write_plugin(tmp_path, handler=HANDLER, sentences=SENTENCES)) as lamp:
        version = lamp.host.version
        assert (await lamp.ask("allume la véranda sud")).speech == "La lampe de Véranda est allumée."
        assert (await lamp.ask("allume séjour")).speech == "La lampe de salon est allumée."
        await lamp.pass_time(60)
        assert lamp.host.version == version + 1
        assert (await lamp.ask("allume établi")).speech == "La lampe de Atelier est allumée."
        assert (await lamp.ask("allume séjour")).speech == "La lampe de Séjour est allumée."
        assert lamp.understand("allume grenier") is None
        await lamp.pass_time(60)
        assert lamp.host.version == version + 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Room", {}),
        ("duration", {}),
        ("room", {"a" * (LONGEST + 1): []}),
        ("room", {"salon": ["x"] * 17}),
        ("room", {f"pièce {n}": [] for n in range(MOST_VALUES + 1)}),
    ],
)
def test_bounds(name: str, values: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r"list|name"):
        checked(name, values)


def test_names_are_words_whatever_stands_in_them() -> None:
    text = as_file({"room": checked("room", {"{duration}": ["<prie> [a|b]", "'\": ]}"], "é: #x": []})})
    own = {"_a.yaml": text, "b.yaml": 'intent: x\nsentences: ["ouvre {room}"]'}
    grammar = Grammar((SentenceTexts("commands", {}), SentenceTexts("p", own)))
    match = grammar.match("ouvre prie a b")
    assert match is not None
    assert match.slots == {"room": "{duration}"}
