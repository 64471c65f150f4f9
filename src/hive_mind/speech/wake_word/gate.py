"""When it is worth listening for a wake word: while somebody speaks, and a while after."""

OPEN_AT = 0.3
"""Probability of speech in one frame that opens the gate; low, for words from the far end of a room."""

HOLD_FRAMES = 25
"""Frames that it stays open after the last such frame: 0.8 s, in which the score of a word still rises."""


class SpeechGate:
    """Open from the first frame with speech in it until some time after the last. Pure.

    Args:
        open_at: probability of speech that opens it; 0 keeps it open for good.
        hold_frames: frames that it stays open afterwards.
    """

    def __init__(self, open_at: float = OPEN_AT, hold_frames: int = HOLD_FRAMES) -> None:
        self._open_at = open_at
        self._hold = hold_frames
        self._left = 0

    def feed(self, speech: float) -> bool:
        """Whether to listen to this frame.

        Args:
            speech: probability in [0, 1] that it holds speech.
        """
        self._left = self._hold + 1 if speech >= self._open_at else self._left - 1
        return self._left > 0

    def reset(self) -> None:
        """Close it."""
        self._left = 0
