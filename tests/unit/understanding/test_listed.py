"""Lists of a sentence file: values that it names itself."""

import pytest

from hive_mind.errors import UnderstandingError
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.repair import candidates
from hive_mind.understanding.sentence_texts import SentenceTexts

LAMPS = """
intent: lamp_on
sentences:
  - "allume (la|le) {room:where}[ en {colour}]"
"""
ROOMS = """
lists:
  room: {salon: [séjour, salle de séjour], salle de bain: [salle d'eau], véranda: []}
  colour: {rouge: [], bleu ciel: []}
"""


def grammar(**files: str) -> Grammar:
    texts = {f"{name}.yaml": text for name, text in {"_rooms": ROOMS, "lamps": LAMPS, **files}.items()}
    return Grammar((SentenceTexts("commands", {}), SentenceTexts("lamps", texts)))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Allume le salon", {"where": "salon"}),
        ("allume la salle de séjour", {"where": "salon"}),
        ("allume la salle d'eau en bleu ciel", {"where": "salle de bain", "colour": "bleu ciel"}),
    ],
)
def test_a_value_goes_by_its_own_name(text: str, slots: dict[str, str]) -> None:
    match = grammar().match(text)
    assert match is not None
    assert (match.intent, match.slots, match.confidence) == ("lamp_on", slots, 1.0)


def test_what_no_list_names_is_no_value() -> None:
    assert grammar().match("allume le placard") is None
    assert grammar().match("allume la salle") is None


def test_the_speaker_is_waited_for() -> None:
    known = grammar()
    assert known.extent_of("allume la salle de") == "unfinished"
    assert known.extent_of("allume le salon") == "extendable"
    assert known.extent_of("allume le salon en rouge") == "closed"


def test_files_of_a_folder_add_to_one_list_and_the_last_one_decides() -> None:
    more = grammar(_zz="lists: {room: {atelier: [], Séjour: [], véranda: [jardin d'hiver]}}")
    for text, room in (
        ("allume la atelier", "atelier"),
        ("allume le jardin d'hiver", "véranda"),
        ("allume le séjour", "Séjour"),
        ("allume le salon", "salon"),
    ):
        match = more.match(text)
        assert match is not None
        assert match.slots == {"where": room}


def test_a_list_belongs_to_its_folder() -> None:
    theirs = SentenceTexts("theirs", {"x.yaml": 'intent: x\nsentences: ["ouvre {room}"]'})
    ours = SentenceTexts("ours", {"_rooms.yaml": ROOMS})
    with pytest.raises(UnderstandingError, match=r"x.yaml: unknown slot type \{room\}"):
        Grammar((SentenceTexts("commands", {}), ours, theirs))
    with pytest.raises(UnderstandingError, match="'duration'"):
        Grammar((SentenceTexts("commands", {"a.yaml": "lists: {duration: {x: []}}"}),))


def test_misheard_values_are_found_by_sound() -> None:
    found = candidates(grammar(), ["Alume la véran d'ah"])
    assert [(c.text, c.match.slots) for c in found[:1] if c.match] == [
        ("allume la véranda", {"where": "véranda"})
    ]
    found = candidates(grammar(), ["allume le sale on"])
    assert found
    assert found[0].match is not None
    assert found[0].match.slots == {"where": "salon"}


def test_what_one_folder_leaves_to_somebody_else_is_whose_it_is() -> None:
    first = SentenceTexts("first", {"a.yaml": 'elsewhere: ["mets la lumière", "mets la radio[ {anything}]"]'})
    lamps = SentenceTexts("lamps", {"b.yaml": 'intent: lamp_on\nsentences: ["mets la lumière"]'})
    known = Grammar((SentenceTexts("commands", {}), first, lamps))
    match = known.match("mets la lumière")
    assert match is not None
    assert match.intent == "lamp_on"
    assert known.match("mets la radio") is None
    both = {
        "a.yaml": 'elsewhere: ["mets la lumière"]',
        "b.yaml": 'intent: lamp_on\nsentences: ["mets la lumière"]',
    }
    own = Grammar((SentenceTexts("commands", {}), SentenceTexts("both", both)))
    assert own.match("mets la lumière") is None


def test_a_folder_that_comes_last_gives_way_even_to_a_guess() -> None:
    files = {"a.yaml": LAMPS.replace("lamp_on", "x"), "b.yaml": ROOMS, "c.yaml": "last: true"}
    asleep = SentenceTexts("asleep", files)
    other = SentenceTexts("other", {"a.yaml": 'intent: y\nsentences: ["allume le {name}"]'})
    commands = SentenceTexts("commands", {})
    for folders, intent in (((asleep, other), "y"), ((other, asleep), "y"), ((asleep,), "x")):
        match = Grammar((commands, *folders)).match("allume le salon")
        assert match is not None
        assert match.intent == intent
