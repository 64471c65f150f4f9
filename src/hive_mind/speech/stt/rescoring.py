"""How well sentences that we choose fit what was heard, by the recogniser's own lights."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hive_mind.language.written import written_forms
from hive_mind.speech.engines import Evidence
from hive_mind.speech.stt.kept_silence import Silence
from hive_mind.speech.stt.text_scorer import Floats, Heard

_ENDINGS = ".?!"

_PRIORS_KEPT = 4096


class Scores(Protocol):
    """Something that knows log probabilities of texts (`TextScorer`)."""

    def listen(self, encoded: Floats) -> Heard:
        """What the decoder sees of an audio."""
        ...

    def score(
        self, heard: Heard, prompt: Sequence[int], texts: Sequence[Sequence[int]]
    ) -> list[NDArray[np.float64]]:
        """Log probability of each token of each text."""
        ...

    def let_go(self) -> None:
        """Give back the memory that scoring has taken, until the next time."""
        ...


class Rescorer:
    """Compares texts with what was heard; what it knows of texts over silence it keeps.

    Args:
        scorer: of the recogniser's model.
        tokens: a text as the model's tokens.
        prompt: tokens before every text.
        end: the token of the end of text.
        silence: what the decoder sees of near-silence.
    """

    def __init__(
        self,
        scorer: Scores,
        tokens: Callable[[str], list[int]],
        prompt: Sequence[int],
        end: int,
        silence: Silence,
    ) -> None:
        self._scorer = scorer
        self._tokens = lru_cache(maxsize=_PRIORS_KEPT)(tokens)
        self._prompt = list(prompt)
        self._end = end
        self._silence = silence
        self._priors: dict[str, float] = {}

    def score(self, encoded: Floats, texts: Sequence[str], ending: str = "") -> list[Evidence]:
        """Evidence for each text, in the best of the ways to write it.

        Args:
            encoded: what the encoder made of the audio.
            texts: word by word, with accents.
            ending: how the recogniser ended what it wrote; anything but a punctuation mark is none.
        """
        mark = ending if ending and ending in _ENDINGS else ""
        forms = [tuple(form + mark for form in written_forms(text)) for text in texts]
        flat = list(dict.fromkeys(form for ways in forms for form in ways))
        heard = dict(zip(flat, self._log_probabilities(self._scorer.listen(encoded), flat), strict=True))
        best = [max(ways, key=heard.__getitem__) for ways in forms]
        priors = self._priors_of(list(dict.fromkeys(best)))
        return [Evidence(heard[form], priors[form], len(self._tokens(form)) + 1, form) for form in best]

    def mean_log_probabilities(self, encoded: Floats, texts: Sequence[str]) -> list[float]:
        """Of the tokens of each text as it is written, its end included."""
        lengths = [len(self._tokens(text)) + 1 for text in texts]
        sums = self._log_probabilities(self._scorer.listen(encoded), texts)
        return [total / length for total, length in zip(sums, lengths, strict=True)]

    def let_go(self) -> None:
        """Give back the memory that scoring has taken, until the next time: a millisecond."""
        self._scorer.let_go()

    def _priors_of(self, forms: list[str]) -> dict[str, float]:
        new = [form for form in forms if form not in self._priors]
        silence: Heard = tuple(layer.astype(np.float32) for layer in self._silence) if new else ()
        found = dict(zip(new, self._log_probabilities(silence, new), strict=True))
        known = {form: self._priors[form] for form in forms if form not in found}
        if len(self._priors) + len(found) > _PRIORS_KEPT:
            self._priors.clear()
        self._priors.update(found)
        return known | found

    def _log_probabilities(self, heard: Heard, forms: Sequence[str]) -> list[float]:
        """Log P(form and the end of text | what was heard)."""
        texts = [[*self._tokens(form), self._end] for form in forms]
        return (
            [float(tokens.sum()) for tokens in self._scorer.score(heard, self._prompt, texts)]
            if forms
            else []
        )
