"""Sentences of plugins in pieces."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import decode_server, encode
from hive_mind.protocol.messages import Sentences
from hive_mind.protocol.sentence_parts import Collector, cut

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
plugins = st.dictionaries(names, st.dictionaries(names, texts, min_size=1, max_size=4), max_size=4)


def over_the_wire(message: Sentences) -> Sentences:
    decoded = decode_server(encode(message))
    assert isinstance(decoded, Sentences)
    return decoded


@given(plugins, st.integers(1, 500), st.randoms(use_true_random=False))
def test_whatever_is_cut_comes_together_again(
    told: dict[str, dict[str, str]], longer: int, random: Random
) -> None:
    told = {plugin: {n: t * longer for n, t in files.items()} for plugin, files in told.items()}
    messages = [over_the_wire(message) for message in cut(7, told)]
    random.shuffle(messages)
    collector = Collector()
    results = [collector.take(message) for message in messages]
    assert results[:-1] == [None] * (len(messages) - 1)
    assert results[-1] == told


def test_a_new_version_begins_anew() -> None:
    old, new = cut(1, {"a": {"x": "o" * 20000}}), cut(2, {"a": {"x": "n" * 20000}})
    collector = Collector()
    assert [collector.take(m) for m in (old[0], old[1], new[0], new[1])] == [None] * 4
    assert collector.take(new[2]) == {"a": {"x": "n" * 20000}}


def test_none_left_is_told() -> None:
    assert [Collector().take(message) for message in cut(3, {})] == [{}]


def test_rubbish_is_refused_and_forgotten() -> None:
    collector = Collector()
    with pytest.raises(ProtocolError):
        collector.take(Sentences(version=1, plugin="a", text="[1]"))
    assert collector.take(Sentences(version=1, plugin="a", text='{"x": "y"}')) == {"a": {"x": "y"}}
    assert collector.take(Sentences(version=1, part=3, parts=2, plugin="a", text="")) is None
