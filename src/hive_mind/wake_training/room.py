"""What a room and its noises do to a voice, all made up: echoes, colour, noise, babble, music."""

from collections.abc import Sequence

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples

SPEED_OF_SOUND = 343.0

EVEN = 1280
"""Sounds are transformed in multiples of so many samples: a great prime takes many times as long."""


def impulse_response(random: np.random.Generator) -> Samples:
    """Of a made-up room: direct sound, a few early reflections, a tail that dies away in 0.15 to 0.7 s."""
    decay_s = float(random.uniform(0.15, 0.7))
    length = int(decay_s * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    tail = random.standard_normal(length) * np.exp(-6.9 * time / decay_s)
    tail[: int(0.004 * SAMPLE_RATE)] = 0.0
    # High tones die first: a mean over three samples, more of it further on.
    dull = np.convolve(tail, np.ones(3) / 3, mode="same")
    share = np.clip(time / decay_s * 2.0, 0.0, 1.0)
    tail = (1.0 - share) * tail + share * dull
    tail *= random.uniform(0.15, 1.0) / np.sqrt(np.square(tail).sum() + 1e-12)
    tail[0] = 1.0
    for delay in random.uniform(1.0, 8.0, 4) / SPEED_OF_SOUND * SAMPLE_RATE:
        if int(delay) < length:
            tail[int(delay)] += random.uniform(-0.5, 0.5)
    return tail.astype(np.float32)


def convolved(samples: Samples, response: Samples) -> Samples:
    """A sound in a room, as long as before."""
    size = _even(len(samples) + len(response) - 1)
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    made: Samples = np.fft.irfft(product, size)[: len(samples)].astype(np.float32)
    return made


def coloured(samples: Samples, random: np.random.Generator) -> Samples:
    """As another microphone would hear it: a slope of up to 6 dB an octave, and a bump or a dip."""
    size = _even(len(samples))
    spectrum = np.fft.rfft(samples, size)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 50.0) / 1000.0)
    decibels = random.uniform(-4.0, 4.0) * octaves
    centre, width = random.uniform(-2.5, 2.5), random.uniform(0.3, 1.2)
    decibels += random.uniform(-8.0, 8.0) * np.exp(-np.square((octaves - centre) / width))
    made = np.fft.irfft(spectrum * 10 ** (decibels / 20), size)[: len(samples)]
    return made.astype(np.float32)


def dulled(samples: Samples, random: np.random.Generator) -> Samples:
    """As through a telephone, a bad codec or a cloth: little above 2.8 to 6.5 or below 0.05 to 0.35 kHz."""
    size = _even(len(samples))
    spectrum = np.fft.rfft(samples, size)
    pitches = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum /= 1.0 + (pitches / random.uniform(2800.0, 6500.0)) ** 12
    spectrum *= 1.0 / (1.0 + (random.uniform(50.0, 350.0) / np.maximum(pitches, 1.0)) ** 4)
    return np.fft.irfft(spectrum, size)[: len(samples)].astype(np.float32)


def noise(length: int, random: np.random.Generator) -> Samples:
    """White to brown noise, at times with a hum, or in gusts."""
    size = _even(length)
    spectrum = np.fft.rfft(random.standard_normal(size))
    steep = random.uniform(0.0, 2.0)
    spectrum /= np.maximum(np.arange(len(spectrum)) * SAMPLE_RATE / size, 30.0) ** (steep / 2)
    made = np.fft.irfft(spectrum, size)[:length]
    made /= made.std() + 1e-9
    time = np.arange(length) / SAMPLE_RATE
    if random.random() < 0.3:
        base = random.uniform(45.0, 400.0)
        for harmonic in range(1, 6):
            made += random.uniform(0.0, 1.0) * np.sin(2 * np.pi * base * harmonic * time) / harmonic
    if random.random() < 0.3:
        made *= 0.6 + 0.4 * np.sin(2 * np.pi * random.uniform(0.2, 4.0) * time + random.uniform(0.0, 6.0))
    return made.astype(np.float32)


def knocks(length: int, random: np.random.Generator) -> Samples:
    """Dishes, doors and footsteps: short sounds that ring."""
    made = np.zeros(length)
    for _ in range(int(random.integers(2, 3 + length // SAMPLE_RATE * 3))):
        size = int(random.uniform(0.02, 0.3) * SAMPLE_RATE)
        time = np.arange(size) / SAMPLE_RATE
        ring = np.sin(2 * np.pi * random.uniform(150.0, 5000.0) * time) + random.standard_normal(size) * 0.6
        at = int(random.integers(max(1, length - size)))
        piece = ring * np.exp(-time * random.uniform(15.0, 120.0)) * random.uniform(0.2, 1.0)
        made[at : at + size] += piece[: length - at]
    return made.astype(np.float32)


def music(length: int, random: np.random.Generator) -> Samples:
    """Chords of a few instruments over a beat."""
    made = np.zeros(length)
    beat = int(random.uniform(0.25, 0.7) * SAMPLE_RATE)
    scale = np.array([0, 2, 4, 5, 7, 9, 11])
    root = random.uniform(80.0, 220.0)
    bright = random.uniform(0.4, 1.6)
    for at in range(0, length, beat):
        size = min(int(beat * random.uniform(0.8, 2.0)), length - at)
        time = np.arange(size) / SAMPLE_RATE
        envelope = np.exp(-time * random.uniform(0.5, 6.0)) * np.minimum(1.0, time * 200.0)
        for step in random.choice(scale, 3, replace=False):
            tone = root * 2 ** ((step + 12 * random.integers(0, 3)) / 12)
            wobble = 2 * np.pi * tone * time + 0.3 * np.sin(2 * np.pi * 5.5 * time)
            voice = sum(np.sin(n * wobble) / n**bright for n in range(1, 6))
            made[at : at + size] += envelope * voice
        if random.random() < 0.7:
            hit = random.standard_normal(size) * np.exp(-time * random.uniform(20.0, 60.0))
            made[at : at + size] += 2.0 * hit
    return made.astype(np.float32)


def babble(length: int, speech: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Several people at once, or one: a radio in the next room."""
    made = np.zeros(length, dtype=np.float32)
    for _ in range(int(random.integers(1, 6))):
        made += random.uniform(0.3, 1.0) * run_of(length, speech, random)
    return made


def run_of(length: int, speech: Sequence[Samples], random: np.random.Generator) -> Samples:
    """Recordings one after the other, from somewhere in the first one."""
    pieces: list[Samples] = []
    have = 0
    while have < length:
        piece = speech[int(random.integers(len(speech)))]
        piece = piece[int(random.integers(max(1, len(piece) // 2))) :] if not pieces else piece
        pieces += [piece, np.zeros(int(random.uniform(0.05, 0.4) * SAMPLE_RATE), dtype=np.float32)]
        have += len(piece) + len(pieces[-1])
    return np.concatenate(pieces)[:length]


def _even(length: int) -> int:
    """The next length that is transformed quickly."""
    return max(1, -(-length // EVEN)) * EVEN


def loudness(samples: Samples) -> float:
    """Root mean square of the louder parts: of the 30 % of 20 ms pieces with most in them."""
    size = SAMPLE_RATE // 50
    whole = len(samples) // size * size
    if not whole:
        return float(np.sqrt(np.square(samples).mean())) if len(samples) else 0.0
    powers = np.square(samples[:whole].reshape(-1, size)).mean(axis=1)
    return float(np.sqrt(np.quantile(powers, 0.85)))
