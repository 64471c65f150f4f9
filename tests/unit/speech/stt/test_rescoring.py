from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from hive_mind.speech.stt.kept_silence import as_kept
from hive_mind.speech.stt.rescoring import Rescorer

END = 0
AUDIO, SILENCE = np.ones((2, 2), np.float32), np.zeros((2, 2), np.float32)
Heard = tuple[NDArray[np.float32], ...]


class ByLength:
    """Every token costs 1 over the audio and 2 over silence; digits cost less over the audio."""

    def __init__(self) -> None:
        self.calls: list[tuple[bool, int]] = []

    def listen(self, encoded: NDArray[np.float32]) -> Heard:
        return (encoded,)

    def score(
        self, heard: Heard, prompt: Sequence[int], texts: Sequence[Sequence[int]]
    ) -> list[NDArray[np.float64]]:
        silent = not heard[0].any()
        self.calls.append((silent, len(texts)))

        def cost(token: int) -> float:
            return -2.0 if silent else -0.5 if chr(token).isdigit() else -1.0

        return [np.array([cost(token) for token in text]) for text in texts]

    def let_go(self) -> None:
        """It holds nothing."""


def rescorer(scorer: ByLength) -> Rescorer:
    return Rescorer(scorer, lambda text: [ord(c) for c in text], [1], END, as_kept(scorer.listen(SILENCE)))


def test_the_best_way_to_write_a_text_counts() -> None:
    found = rescorer(ByLength()).score(AUDIO, ["dix minutes"])[0]
    assert found.text == "10 minutes"
    assert found.tokens == len("10 minutes") + 1


def test_texts_end_as_the_transcript_does() -> None:
    found = rescorer(ByLength()).score(AUDIO, ["oui"], "?")[0]
    assert found.text == "Oui?"
    assert found.log_probability == pytest.approx(-5)
    assert found.prior == pytest.approx(-10)
    assert rescorer(ByLength()).score(AUDIO, ["oui"], "x")[0].text == "Oui"


def test_silence_is_scored_once_a_text() -> None:
    scorer = ByLength()
    both = rescorer(scorer)
    both.score(AUDIO, ["oui", "non"])
    both.score(AUDIO, ["oui", "non"])
    assert [silent for silent, _ in scorer.calls] == [False, True, False]


def test_nothing_gives_nothing() -> None:
    assert rescorer(ByLength()).score(AUDIO, []) == []


def test_a_phrase_is_scored_as_it_is_written_without_silence() -> None:
    scorer = ByLength()
    assert rescorer(scorer).mean_log_probabilities(AUDIO, ["dix", "123"]) == [-1.0, pytest.approx(-0.625)]
    assert scorer.calls == [(False, 2)]
