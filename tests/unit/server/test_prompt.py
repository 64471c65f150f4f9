"""What the model reads, and what is made of what it writes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.server.core.entry import Entry
from hive_mind.server.core.llm.engine import ChatMessage
from hive_mind.server.core.llm.plain import SOFT_END, PlainText
from hive_mind.server.core.llm.prompt import Abilities, History, chat, persona, static_persona

SYSTEM = [ChatMessage("system", "S")]
START = datetime(2026, 11, 22, 10, tzinfo=UTC)


def entry(role: str, text: str, minute: int = 0, intent: str = "conversation") -> Entry:
    return Entry.model_validate(
        {
            "role": role,
            "text": text,
            "timestamp": START + timedelta(minutes=minute),
            "client_id": "c",
            "turn_id": f"t{minute}",
            "intent": intent,
        }
    )


def talk(turns: int, size: int = 50) -> list[Entry]:
    return [
        entry(role, f"{role} {i} ".ljust(size, "x"), i)
        for i in range(turns)
        for role in ("user", "assistant")
    ]


def test_what_never_changes_comes_first_then_the_house_then_the_day() -> None:
    house = Abilities(("La météo du moment.", "L'agenda"), frozenset({"get_weather"}))
    today = persona("Alison", date(2026, 11, 22), house)
    tomorrow = persona("Alison", date(2026, 11, 23), house)
    fixed = static_persona("Alison")
    assert today[: len(fixed)] == fixed
    assert today[:-1] == tomorrow[:-1]
    assert today[-1].content == "Nous sommes le dimanche 22 novembre 2026."
    assert "Alison" in today[0].content
    assert not any("{" in m.content for m in today)
    assert [m.role for m in today[1:]] == ["user", "assistant"] * (len(today) // 2)


def test_the_model_is_told_what_the_plugins_of_the_moment_can_do() -> None:
    fixed = len(static_persona("Alison"))
    bare = [m.content for m in persona("Alison", date(2026, 11, 22), Abilities())[fixed:]]
    assert bare[1] == "Je ne peux rien noter, je n'ai pas accès à l'agenda."
    house = Abilities(("La météo {du} moment.", "L'agenda " + "x" * 900), frozenset({"calendar_add"}))
    told = [m.content for m in persona("Alison", date(2026, 11, 22), house)[fixed:]]
    assert told[1].startswith("La météo {du} moment. L'agenda xxx")
    assert len(told[1]) < 700
    assert told[3].startswith("Je n'ai rien noté"), "it claims nothing"
    assert told[5] == "Je ne sais pas, je n'ai pas accès à la météo."


def test_the_prompt_only_grows_at_its_end_until_half_is_dropped() -> None:
    history = History(1000)
    entries: list[Entry] = []
    previous: list[str] = []
    drops = 0
    for new in talk(60):
        entries.append(new)
        seen = [m.content for m in history.window(entries)]
        assert sum(map(len, seen)) <= 1000
        if seen[: len(previous)] != previous:
            drops += 1
            assert sum(map(len, seen)) <= 500
        previous = seen
    assert 4 <= drops <= 14


def test_commands_are_not_shown_and_roles_take_turns() -> None:
    entries = [
        entry("assistant", "Bonjour."),
        entry("user", "Quelle heure est-il ?", intent="get_time"),
        entry("assistant", "Il est 14h30.", intent="get_time"),
        entry("user", "Je m'appelle Alice."),
        entry("user", "Tu es là ?"),
        entry("user", "Tu es là ?"),
        entry("assistant", "Oui."),
    ]
    window = History(1000).window(entries)
    assert [(m.role, m.content) for m in window] == [
        ("user", "Je m'appelle Alice.\nTu es là ?"),
        ("assistant", "Oui."),
    ]


def test_an_unanswered_question_goes_with_the_next() -> None:
    past = History(1000).window([entry("user", "Je m'appelle Alice.")])
    assert [m.content for m in chat(SYSTEM, past, "Et toi ?")] == ["S", "Je m'appelle Alice.\nEt toi ?"]
    assert [m.content for m in chat(SYSTEM, past, "Je m'appelle Alice.")] == ["S", "Je m'appelle Alice."]
    assert [m.content for m in chat(SYSTEM, [], "")] == ["S", ""]


def test_a_budget_of_nothing() -> None:
    assert History(0).window(talk(3)) == []


def plain(text: str, size: int = 3) -> str:
    filtering = PlainText()
    said = "".join(filtering.feed(text[i : i + size]) for i in range(0, len(text), size)) + filtering.flush()
    assert said == filtering.said
    return said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Rome** est `la` capitale.", "Rome est la capitale."),
        ("Oui ! 😀 Bien sûr.", "Oui ! Bien sûr."),
        ("Il fait 8 °C.\nIl pleut.", "Il fait 8 °C. Il pleut."),
        ("Voici trois idées.\n1. Des pâtes\n2. Du riz", "Voici trois idées."),
        ("Je propose :\n- des pâtes\n- du riz", "Je propose : des pâtes du riz"),
        ("1. Dors tôt.\n2. Mange peu.", "Dors tôt. Mange peu."),
        ("Voici une fonction : ```python\nx = 1\n```", "Voici une fonction :"),
        ("\n\nBonjour.", "Bonjour."),
        ("En 14,5 secondes.", "En 14,5 secondes."),
    ],
)
@pytest.mark.parametrize("size", [1, 4, 100])
def test_markup_is_not_said(written: str, said: str, size: int) -> None:
    assert plain(written, size).rstrip() == said


def test_a_long_answer_ends_with_a_sentence() -> None:
    said = plain("Une phrase de plus. " * 60)
    assert said.endswith("plus.") and SOFT_END <= len(said) < SOFT_END + 30


@given(st.text(max_size=400), st.integers(1, 20))
def test_whatever_is_written_something_plain_is_said(text: str, size: int) -> None:
    said = plain(text, size)
    assert not set(said) & set("*`#\n\r\t")
