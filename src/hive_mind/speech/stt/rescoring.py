"""How well sentences that we choose fit what was heard, by the recogniser's own lights."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hive_mind.language.written import written_forms
from hive_mind.speech.engines import Evidence
from hive_mind.speech.stt.text_scorer import Floats

_ENDINGS = ("", ".", "?")
"""A sentence may be written with any of these at its end; their probabilities add up."""

_PRIORS_KEPT = 4096


class Scores(Protocol):
    """Something that knows log probabilities of texts (`TextScorer`)."""

    def score(
        self, encoded: Floats, prompt: Sequence[int], texts: Sequence[Sequence[int]]
    ) -> list[NDArray[np.float64]]:
        """Log probability of each token of each text."""
        ...


class Rescorer:
    """Compares texts with what was heard; what it knows of texts over silence it keeps.

    Args:
        scorer: of the recogniser's model.
        tokens: a text as the model's tokens.
        prompt: tokens before every text.
        end: the token of the end of text.
        silence: what the encoder makes of near-silence.
    """

    def __init__(
        self,
        scorer: Scores,
        tokens: Callable[[str], list[int]],
        prompt: Sequence[int],
        end: int,
        silence: Floats,
    ) -> None:
        self._scorer = scorer
        self._tokens = lru_cache(maxsize=_PRIORS_KEPT)(tokens)
        self._prompt = list(prompt)
        self._end = end
        self._silence = silence
        self._priors: dict[str, float] = {}

    def score(self, encoded: Floats, texts: Sequence[str]) -> list[Evidence]:
        """Evidence for each text, in the best of the ways to write it."""
        forms = [written_forms(text) for text in texts]
        flat = list(dict.fromkeys(form for ways in forms for form in ways))
        heard = dict(zip(flat, self._log_probabilities(encoded, flat), strict=True))
        best = [max(ways, key=heard.__getitem__) for ways in forms]
        self._learn_priors([form for form in dict.fromkeys(best) if form not in self._priors])
        return [Evidence(heard[form], self._priors[form], len(self._tokens(form)) + 1, form) for form in best]

    def _learn_priors(self, forms: list[str]) -> None:
        if forms:
            if len(self._priors) + len(forms) > _PRIORS_KEPT:
                self._priors = {form: self._priors[form] for form in forms if form in self._priors}
            self._priors.update(zip(forms, self._log_probabilities(self._silence, forms), strict=True))

    def _log_probabilities(self, encoded: Floats, forms: Sequence[str]) -> list[float]:
        """Log P(form and the end of text | encoded), whatever punctuation ends it."""
        if not forms:
            return []
        texts = [[*self._tokens(form + ending), self._end] for form in forms for ending in _ENDINGS]
        scores = [float(tokens.sum()) for tokens in self._scorer.score(encoded, self._prompt, texts)]
        size = len(_ENDINGS)
        return [float(np.logaddexp.reduce(scores[at : at + size])) for at in range(0, len(scores), size)]
