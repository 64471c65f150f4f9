"""Rooms made of numbers, and voices to speak in them."""

import numpy as np

from hive_mind.client.core.echo.base import BLOCK, EchoCanceller
from hive_mind.speech.audio import SAMPLE_RATE, Samples


def babble(seconds: float, seed: int, rate: int = SAMPLE_RATE) -> Samples:
    """As wide and as restless as speech: noise in syllables."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * t + seed) + 0.3 * np.sin(2 * np.pi * 0.4 * t), 0, 1)
    return np.asarray(0.2 * syllables * random.standard_normal(len(t)), np.float32).clip(-1, 1)


def room(played: Samples, *, delay_ms: float = 80, gain_db: float = -6, seed: int = 0) -> Samples:
    """What a microphone hears of it: later, quieter, with 0.3 s of reverberation, a little distorted."""
    random = np.random.default_rng(seed)
    t = np.arange(int(0.3 * SAMPLE_RATE)) / SAMPLE_RATE
    answer = 0.1 * random.standard_normal(len(t)) * np.exp(-6.9 * t / 0.3)
    answer[0] = 1.0
    answer *= 10 ** (gain_db / 20) / np.sqrt(np.sum(answer**2))
    echo = np.convolve(np.tanh(played), answer)[: len(played)]
    late = np.concatenate([np.zeros(int(delay_ms * SAMPLE_RATE / 1000)), echo])[: len(played)]
    hiss = 1e-4 * random.standard_normal(len(played))
    return np.asarray(late + hiss, np.float32)


def cleaned(canceller: EchoCanceller, heard: Samples, played: Samples) -> tuple[Samples, Samples]:
    """All of it without echo, and how much of each block was our own."""
    results = [
        canceller.cancel(heard[at : at + BLOCK], played[at : at + BLOCK])
        for at in range(0, len(heard) - BLOCK + 1, BLOCK)
    ]
    samples = np.concatenate([result.samples for result in results])
    return samples, np.array([result.own for result in results], np.float32)


def level(samples: Samples) -> float:
    """In dBFS."""
    return float(10 * np.log10(np.mean(np.square(samples)) + 1e-12))
