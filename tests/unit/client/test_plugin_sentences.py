"""The client's grammar grows by the sentences of plugins, and stays good."""

import pytest

from hive_mind.client.core.plugin_sentences import PluginSentences
from hive_mind.protocol.messages import Sentences
from hive_mind.protocol.sentence_parts import cut
from hive_mind.understanding.grammar import Grammar

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def told(sentences: PluginSentences, messages: list[Sentences]) -> None:
    for message in messages:
        await sentences.take(message)


async def test_the_grammar_is_swapped_when_all_is_here() -> None:
    grammars: list[Grammar] = []
    sentences = PluginSentences(grammars.append)
    lamp = {"lamp": {"lamp_on.yaml": "intent: lamp_on\nsentences: [allume la lampe]\n# " + "x" * 9000}}
    first, *rest = cut(1, lamp)
    await sentences.take(first)
    assert grammars == []
    await told(sentences, rest)
    assert grammars[-1].extent_of("allume la lampe") == "closed"
    assert grammars[-1].extent_of("allume la") == "unfinished"
    await told(sentences, cut(2, {}))
    assert grammars[-1].extent_of("allume la lampe") == "open"


async def test_what_cannot_be_read_leaves_the_last_good_grammar() -> None:
    grammars: list[Grammar] = []
    sentences = PluginSentences(grammars.append)
    await told(sentences, cut(1, {"lamp": {"lamp_on.yaml": "intent: ["}}))
    await told(sentences, [Sentences(version=2, plugin="lamp", text="no JSON")])
    assert grammars == []
    await told(sentences, cut(3, {"lamp": {"lamp_on.yaml": "intent: lamp_on\nsentences: [allume la lampe]"}}))
    assert len(grammars) == 1
