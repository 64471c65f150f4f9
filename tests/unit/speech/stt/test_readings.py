import pytest

from hive_mind.speech.stt.readings import Reading, choose


def texts(*readings: tuple[str, float], no_speech: float = 0.02, seconds: float = 2.0) -> list[str]:
    return [r.text for r in choose([Reading(t, p) for t, p in readings], no_speech, seconds)]


def test_sure_readings_are_kept_in_order_without_doubles() -> None:
    assert texts(
        ("Quelle heure est-il ?", -0.4), ("quelle heure est il", -0.5), ("Quel heure est-il ?", -0.6)
    ) == ["Quelle heure est-il ?", "Quel heure est-il ?"]


@pytest.mark.parametrize("text", ["", "...", "… ! ?", "♪"])
def test_a_reading_without_words_is_nothing(text: str) -> None:
    assert texts((text, -0.1)) == []


@pytest.mark.parametrize(("no_speech", "score"), [(0.7, -1.1), (0.3, -1.6), (0.0, -2.1)])
def test_doubtful_readings_are_dropped(no_speech: float, score: float) -> None:
    assert texts(("C'est la première fois.", score), no_speech=no_speech) == []


@pytest.mark.parametrize(("no_speech", "score"), [(0.5, -0.4), (0.27, -0.8), (0.13, -1.4), (0.7, -0.3)])
def test_real_commands_are_not_dropped(no_speech: float, score: float) -> None:
    assert texts(("Annuler.", score), no_speech=no_speech) == ["Annuler."]


@pytest.mark.parametrize(
    "text",
    [
        "Sous-titres réalisés par la communauté d'Amara.org",
        "sous-titrage ST' 501",
        "Merci d'avoir regardé cette vidéo !",
    ],
)
def test_inventions_are_dropped_however_sure(text: str) -> None:
    assert texts((text, -0.1), no_speech=0.0) == []


def test_what_somebody_might_say_is_dropped_only_in_doubt() -> None:
    assert texts(("Merci à tous.", -0.3), no_speech=0.4) == []
    assert texts(("Merci à tous.", -0.3), no_speech=0.05) == ["Merci à tous."]


def test_loops_faster_than_speech_are_cut() -> None:
    looped = "Je vais bien. Je vais bien. Je vais bien. Je vais bien. Je vais bien."
    assert texts((looped, -0.4)) == ["Je vais bien."]
    assert texts((looped, -0.4), seconds=10.0) == [looped]
    assert texts(("Non, non, non.", -0.4), seconds=0.5) == ["Non, non, non."]
