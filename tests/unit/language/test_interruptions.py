import pytest

from hive_mind.language.called import without_call
from hive_mind.language.interruptions import by_ear, continues, interruption, is_echo


@pytest.mark.parametrize("text", ["Stop.", "Stop !", "Arrête.", "tais-toi", "Chut !", "C'est bon, merci."])
def test_words_that_silence(text: str) -> None:
    assert interruption([text]) == "stop"


@pytest.mark.parametrize("text", ["Attends.", "Attends une seconde", "Pardon ?", "Non, attends !"])
def test_words_that_silence_and_want_an_ear(text: str) -> None:
    assert interruption([text]) == "wait"


@pytest.mark.parametrize(
    "text",
    ["", "...", "l'arrêt du bus", "Arrête le chronomètre", "il faut que tu arrêtes", "oui", "hum"],
)
def test_anything_else_silences_nothing(text: str) -> None:
    assert interruption([text]) is None


def test_going_on_with_the_talk() -> None:
    assert continues("Et de l'Espagne ?")
    assert continues("Pourquoi ?")
    assert not continues("Passe-moi le sel, chérie.")
    assert not continues("")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Hey Jarvis, quelle heure est-il ?", "quelle heure est-il ?"),
        ("Jarvis quelle heure est-il ?", "quelle heure est-il ?"),
        ("Eh, Jarvis !", ""),
        ("Quelle heure est-il ?", "Quelle heure est-il ?"),
        ("Qui est le majordome Jarvis ?", "Qui est le majordome Jarvis ?"),
        ("", ""),
    ],
)
def test_the_wake_phrase_at_the_head_is_left_out(text: str, rest: str) -> None:
    assert without_call(text, ("hey_jarvis",)) == rest


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Et à l'ison, quelle heure est-il ?", "quelle heure est-il ?"),
        ("C'est à l'ison quelle heure est-il", "quelle heure est-il"),
        ("À la maison, quelle température fait-il ?", "À la maison, quelle température fait-il ?"),
        ("Allumons la lumière", "Allumons la lumière"),
        ("Éteins la lumière", "Éteins la lumière"),
        ("À l'horizon que voit-on ?", "À l'horizon que voit-on ?"),
    ],
)
def test_a_phrase_that_is_misspelt_but_sounds_right_is_left_out(text: str, rest: str) -> None:
    assert without_call(text, ("hey_alison",)) == rest


def test_without_a_wake_word_nothing_is_left_out() -> None:
    assert without_call("Hey Jarvis, quelle heure est-il ?", ()) == "Hey Jarvis, quelle heure est-il ?"


@pytest.mark.parametrize("text", ["d'étois", "T'étoie.", "t'es toi", "Stob.", "Zassufi.", "Stoppe"])
def test_a_word_that_is_misheard_is_known_by_its_sound(text: str) -> None:
    assert interruption([text]) == "stop"


@pytest.mark.parametrize("text", ["Chute !", "Shui", "Chu.", "Top !"])
def test_short_words_are_known_as_recognisers_write_them(text: str) -> None:
    assert interruption([text]) == "stop"


def test_another_reading_counts_too() -> None:
    assert interruption(["et ton", "attends"]) == "wait"
    assert interruption(["le toit", "moi", "entends", "pardi", "la pause"]) is None


def test_what_is_told_by_ear_silences_by_its_letters_too() -> None:
    assert by_ear()
    assert all(interruption([word]) == "stop" for word in by_ear())


def test_the_answer_itself_is_told_from_a_word_over_it() -> None:
    assert is_echo("Deux, trois !", "un deux trois quatre")
    assert not is_echo("deux quatre", "un deux trois quatre")
    assert not is_echo("roi", "un deux trois quatre")
