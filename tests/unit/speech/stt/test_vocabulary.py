from hive_mind.speech.stt.vocabulary import distinct, echoes, prompt_text

ITEMS = ("minuteur", "chronomètre", "quelle heure est-il", "annuler")


def test_blanks_and_repetitions_go() -> None:
    assert distinct(["Minuteur ", "", " ", "minuteur", "heure"]) == ("minuteur", "heure")


def test_a_prompt_is_one_line() -> None:
    assert prompt_text(ITEMS) == " minuteur, chronomètre, quelle heure est-il, annuler."
    assert prompt_text(()) == ""


def test_three_items_in_their_order_are_an_echo() -> None:
    assert echoes("Minuteur, chronomètre, quelle heure est-il ?", ITEMS)
    assert echoes("chronomètre, quelle heure est-il, annuler.", ITEMS)


def test_a_command_made_of_expected_words_is_not_an_echo() -> None:
    for text in ("Quelle heure est-il ?", "Annuler.", "Annuler minuteur", "minuteur chronomètre", ""):
        assert not echoes(text, ITEMS)
    assert not echoes("Quelle heure est-il ?", ())
