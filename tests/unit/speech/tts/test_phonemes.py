"""Phonemes from the real espeak-ng library."""

import threading

import pytest

from hive_mind.errors import SpeechError
from hive_mind.speech.tts.phonemes import espeak_library, phonemize


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("Bonjour, ça va ? Oui...", "bɔ̃ʒˈuʁ, sa vˈa? wˈi…"),
        ("L’Italie !", "litalˈi!"),
        ("Un grand homme « est » là (ou pas)", "œ̃ ɡʁˈɑ̃t ˈɔm ɛ lˈa (u pˈa)"),
        ("Tu viens ?!", "ty vjˈɛ̃?"),
        ("le week-end", "lə wˈiːkˈɛnd"),
        ("", ""),
    ],
)
def test_keeps_punctuation_and_drops_what_kokoro_does_not_know(text: str, phonemes: str) -> None:
    assert phonemize(text) == phonemes


def test_an_unknown_language_is_an_error_with_its_code() -> None:
    with pytest.raises(SpeechError) as caught:
        phonemize("bonjour", "atlantide")
    assert caught.value.code == "VOICE_UNKNOWN"


def test_threads_with_different_languages_do_not_mix() -> None:
    expected = {"fr": phonemize("table", "fr"), "en-us": phonemize("table", "en-us")}
    assert expected["fr"] != expected["en-us"]
    wrong: list[str] = []

    def work(language: str) -> None:
        found = (phonemize("table", language) for _ in range(50))
        wrong.extend(ipa for ipa in found if ipa != expected[language])

    threads = [threading.Thread(target=work, args=(language,)) for language in ["fr", "en-us"] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_library_is_loaded_once() -> None:
    assert espeak_library() is espeak_library()
