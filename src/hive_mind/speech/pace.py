"""How fast the voice renders here and now, and so when an answer may start without running dry."""

from hive_mind.speech.playout import GAP_S

PIECE_S = 0.8
"""Longest piece that a streaming voice gives at a time, about."""

_WEIGHT = 0.4


class Pace:
    """Running averages over rendered phrases. Not thread-safe: for the event loop.

    Attributes:
        factor: seconds of rendering for one second of sound.
        seconds_per_letter: how long the voice takes to say one character.
    """

    def __init__(self, factor: float = 0.4, seconds_per_letter: float = 0.06) -> None:
        self.factor = factor
        self.seconds_per_letter = seconds_per_letter

    def note(self, text: str, rendering_s: float, sound_s: float) -> None:
        """A phrase was rendered; one that was only looked up teaches nothing about speed."""
        if sound_s <= 0 or not text:
            return
        self.seconds_per_letter += _WEIGHT * (sound_s / len(text) - self.seconds_per_letter)
        if rendering_s > 0.02 * sound_s:
            self.factor += _WEIGHT * (rendering_s / sound_s - self.factor)

    def may_start(self, text: str, ready_s: float) -> bool:
        """Whether the `ready_s` seconds that are rendered last, but for a short gap, until the rest is.

        The rest comes piece by piece: the next piece must come before they are over, and a voice slower than
        speech must have enough of a lead for the whole.
        """
        left = max(0.0, len(text) * self.seconds_per_letter - ready_s)
        lead = ready_s + GAP_S / 2
        return min(left, PIECE_S) * self.factor <= lead and left * (self.factor - 1.0) <= lead
