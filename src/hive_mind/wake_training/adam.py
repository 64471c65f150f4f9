"""Adam with decoupled weight decay, a rate that rises and falls, and an average of the last weights."""

from collections.abc import Mapping

import numpy as np

from hive_mind.speech.wake_word.embedding import Floats

BETA_1, BETA_2, TINY = 0.9, 0.999, 1e-8
WARM_UP = 0.15
"""Part of the steps in which the rate rises."""


class Adam:
    """Changes parameters in place (Kingma & Ba 2014; Loshchilov & Hutter 2017).

    Args:
        parameters: by name.
        steps: how many there will be.
        rate: the highest learning rate.
        decay: weight decay, for weights alone.
        averaged: part of the steps, the last ones, over which the average goes.
    """

    def __init__(
        self,
        parameters: Mapping[str, Floats],
        steps: int,
        rate: float = 2e-3,
        decay: float = 0.02,
        averaged: float = 0.05,
    ) -> None:
        self._parameters = dict(parameters)
        self._steps, self._rate, self._decay = steps, rate, decay
        self._follow = min(1.0, 1.0 / (averaged * steps))
        self._first = {name: np.zeros_like(value) for name, value in parameters.items()}
        self._second = {name: np.zeros_like(value) for name, value in parameters.items()}
        self._done = 0
        self.average = {name: value.copy() for name, value in parameters.items()}

    def step(self, gradients: Mapping[str, Floats]) -> None:
        """One step down these gradients."""
        rate = self._rate * one_cycle(self._done / self._steps)
        self._done += 1
        for name, value in self._parameters.items():
            gradient = gradients[name]
            first, second = self._first[name], self._second[name]
            first += (1.0 - BETA_1) * (gradient - first)
            second += (1.0 - BETA_2) * (np.square(gradient) - second)
            unbiased = first / (1.0 - BETA_1**self._done)
            scale = np.sqrt(second / (1.0 - BETA_2**self._done)) + TINY
            if value.ndim > 1:
                value *= 1.0 - rate * self._decay
            value -= (rate * unbiased / scale).astype(np.float32)
            self.average[name] += np.float32(self._follow) * (value - self.average[name])


def one_cycle(done: float) -> float:
    """The share of the highest rate when a part in [0, 1] of the steps is done: up, then down to nothing."""
    if done < WARM_UP:
        return 0.04 + 0.96 * 0.5 * (1.0 - float(np.cos(np.pi * done / WARM_UP)))
    return 0.5 * (1.0 + float(np.cos(np.pi * (done - WARM_UP) / (1.0 - WARM_UP))))
