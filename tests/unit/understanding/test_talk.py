"""Utterances that lean on what was said before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.talk import (
    ANSWER_FOR_S,
    DECLINED,
    LEAN_FOR_S,
    TalkState,
    understand,
)

NOW = datetime(2026, 1, 6, 14, 30, tzinfo=UTC)

SENTENCES = {
    "get_weather": "intent: get_weather\nsentences: ['quel temps fait il[ a {place}]']",
    "get_forecast": (
        "intent: get_forecast\nsentences: ['quel temps fera t il dans {duration:ahead}[ a {place}]']"
    ),
    "event_add": (
        "intent: event_add\nundo: event_delete\n"
        "sentences: ['note {anything:title}[ pendant {duration:ahead}]']"
    ),
    "event_delete": "intent: event_delete\nsentences: ['efface le rendez vous {anything:title}']",
    "item_add": "intent: item_add\nsentences: ['achete {anything:item}']",
}


@pytest.fixture(scope="module")
def grammar(tmp_path_factory: pytest.TempPathFactory) -> Grammar:
    folder: Path = tmp_path_factory.mktemp("plugin")
    for name, text in SENTENCES.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return Grammar.load(folder)


def converse(grammar: Grammar, *said: str) -> list[Match | str]:
    """What the last of these is understood as."""
    talk, orders = TalkState(), list[Match | str]()
    for text in said:
        orders, talk = understand(grammar, text, talk, NOW)
    return orders


def only(orders: list[Match | str]) -> Match:
    (order,) = orders
    assert isinstance(order, Match)
    return order


@pytest.mark.parametrize(
    ("said", "intent", "slots"),
    [
        (["quel temps fait-il", "et à Lyon ?"], "get_weather", {"place": "Lyon"}),
        (["quel temps fait-il à Paris", "et à Saint-Malo ?"], "get_weather", {"place": "Saint Malo"}),
        (
            ["quel temps fait-il à Paris", "et dans deux jours ?"],
            "get_forecast",
            {"place": "Paris", "ahead_s": 172800.0},
        ),
        (["note dentiste", "annule-le"], "event_delete", {"title": "dentiste"}),
        (["note dentiste", "non, annule ça"], "event_delete", {"title": "dentiste"}),
        (["mets un minuteur de dix minutes", "annule-le"], "cancel_timer", {"duration_s": 600.0}),
        (["achète du pain", "et du lait"], "item_add", {"item": "du lait"}),
    ],
)
def test_what_leans_on_the_last_order(
    grammar: Grammar, said: list[str], intent: str, slots: dict[str, object]
) -> None:
    order = only(converse(grammar, *said))
    assert (order.intent, order.slots) == (intent, slots)
    assert order.rung == "context"
    assert order.replaces is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("non, j'ai dit quinze", 900.0),
        ("non, quinze minutes", 900.0),
        ("pas dix, quinze", 900.0),
        ("j'ai dit quinze minutes, pas dix", 900.0),
        ("je voulais dire une heure et demie", 5400.0),
        ("non non, mets un minuteur de trente secondes", 30.0),
        ("plutôt vingt minutes", 1200.0),
    ],
)
def test_a_correction_replaces_the_last_order(grammar: Grammar, said: str, seconds: float) -> None:
    order = only(converse(grammar, "mets un minuteur pâtes de dix minutes", said))
    assert order.intent == "start_timer"
    assert order.slots["duration_s"] == seconds
    assert order.replaces is not None
    assert order.replaces.slots["duration_s"] == 600.0


def test_a_correction_keeps_the_other_slots(grammar: Grammar) -> None:
    order = only(converse(grammar, "mets un minuteur pâtes de dix minutes", "non, douze"))
    assert order.slots == {"duration_s": 720.0, "name": "pâtes"}
    again = only(converse(grammar, "minuteur de dix minutes", "non, douze", "non, treize"))
    assert again.slots == {"duration_s": 780.0}
    assert again.replaces is not None
    assert again.replaces.replaces is None


@pytest.mark.parametrize(
    ("first", "said", "when"),
    [
        ("réveille-moi demain à huit heures", "non, neuf heures", "demain neuf heures"),
        ("réveille-moi demain à huit heures", "non, à neuf heures", "demain à neuf heures"),
        ("réveille-moi mardi à huit heures", "non, mercredi", "mercredi à huit heures"),
        ("réveille-moi demain à huit heures", "non, neuf", "demain à neuf heures"),
        ("réveille-moi à huit heures", "non, demain à neuf heures", "demain à neuf heures"),
    ],
)
def test_a_corrected_time_keeps_what_was_not_corrected(
    grammar: Grammar, first: str, said: str, when: str
) -> None:
    order = only(converse(grammar, first, said))
    assert (order.intent, order.slots["when"]) == ("set_alarm", when)
    assert order.replaces is not None


def test_a_corrected_time_is_no_title(grammar: Grammar) -> None:
    order = only(converse(grammar, "note dentiste pendant deux heures", "non, trois heures"))
    assert order.slots == {"title": "dentiste", "ahead_s": 10800.0}


def test_nothing_is_leaned_on_after_something_else_or_too_late(grammar: Grammar) -> None:
    _, talk = understand(grammar, "quel temps fait-il", TalkState(), NOW)
    assert talk.last is not None
    assert understand(grammar, "et à Lyon", talk.passed(), NOW)[0] == ["et à Lyon"]
    late = NOW + timedelta(seconds=LEAN_FOR_S + 1)
    assert understand(grammar, "et à Lyon", talk, late)[0] == ["et à Lyon"]
    assert understand(grammar, "et à Lyon", talk, NOW - timedelta(seconds=1))[0] == ["et à Lyon"]
    _, talk = understand(grammar, "qui est Napoléon ?", talk, NOW)
    assert talk == TalkState()


def test_a_missing_slot_is_filled_by_the_next_utterance(grammar: Grammar) -> None:
    order = Match("get_forecast", {"place": "Lyon"})
    talk = TalkState().asks(order, "ahead", NOW)
    answer, after = understand(grammar, "deux jours", talk, NOW)
    assert only(answer).slots == {"place": "Lyon", "ahead_s": 172800.0}
    assert after.question is None
    assert after.last is not None
    other, _ = understand(grammar, "lance un chrono", talk, NOW)
    assert only(other).intent == "start_stopwatch"
    declined, after = understand(grammar, "laisse tomber", talk, NOW)
    assert only(declined).intent == DECLINED
    assert after == TalkState()
    late = NOW + timedelta(seconds=ANSWER_FOR_S + 1)
    assert understand(grammar, "deux jours", talk, late)[0] == ["deux jours"]


def test_a_slot_that_takes_any_words_is_filled_by_any_words(grammar: Grammar) -> None:
    talk = TalkState().asks(Match("event_add"), "title", NOW)
    assert only(understand(grammar, "rendez-vous chez le dentiste", talk, NOW)[0]).slots == {
        "title": "rendez vous chez le dentiste"
    }
    assert only(understand(grammar, "quelle heure est-il", talk, NOW)[0]).intent == "get_time"


@pytest.mark.parametrize(
    ("said", "confirmed"),
    [("oui", True), ("oui, vas-y", True), ("d'accord", True), ("non", False), ("surtout pas", False)],
)
def test_a_yes_or_a_no(grammar: Grammar, said: str, confirmed: bool) -> None:
    order = Match("event_delete", {"title": "dentiste"})
    answer = only(understand(grammar, said, TalkState().confirms(order, NOW), NOW)[0])
    assert answer.slots == order.slots
    assert (answer.intent, answer.confirmed) == (("event_delete", True) if confirmed else (DECLINED, False))


def test_something_else_is_no_yes(grammar: Grammar) -> None:
    talk = TalkState().confirms(Match("event_delete"), NOW)
    assert only(understand(grammar, "quelle heure est-il", talk, NOW)[0]).intent == "get_time"
    assert understand(grammar, "pourquoi pas la semaine des quatre jeudis", talk, NOW)[0] == [
        "pourquoi pas la semaine des quatre jeudis"
    ]


WORDS = [
    "et", "non", "j'ai dit", "quinze", "minutes", "annule", "le", "oui", "mets un minuteur de", "dix",
    "à Lyon", "quel temps fait il", "puis", "achète", "du pain", "laisse tomber", "demain",
]  # fmt: skip
UTTERANCE = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join) | st.text(max_size=40)


@given(st.lists(UTTERANCE, max_size=5), st.sampled_from([None, "ahead", "title"]))
def test_any_conversation_is_understood_somehow(said: list[str], slot: str | None) -> None:
    grammar = GRAMMAR
    talk = TalkState() if slot is None else TalkState().asks(Match("start_timer"), slot, NOW)
    for text in said:
        orders, talk = understand(grammar, text, talk, NOW)
        assert orders
        assert all(isinstance(order, Match) for order in orders[:-1])
        last = orders[-1]
        assert (talk.last is None) == (isinstance(last, str) or last.intent == DECLINED)


GRAMMAR = Grammar.load()
