"""How much a peer may send, and how fast. Time is an argument, in seconds of any monotonic clock."""

from hive_mind.errors import ProtocolError

MAX_TEXT_FRAME = 64 * 1024
"""Bytes of UTF-8 in one text frame."""

MAX_AUDIO_FRAME = 64 * 1024
"""Bytes in one binary frame: 2 s of 16 kHz PCM."""

MAX_TURN_AUDIO_S = 30.0
"""Seconds of voice in one utterance."""

MAX_DEPTH = 32
"""How deep objects and arrays may nest in a text frame."""

MAX_INTEGER = 2**63 - 1
"""Largest magnitude of an integer: what clients in other languages can hold."""

LEAST_FLOOR = -20
"""Mean log probability that anything reaches: no wake word may ask for less."""

CLIENT_MESSAGES_PER_S = 20.0
"""Sustained rate of text frames from one client."""

CLIENT_MESSAGE_BURST = 60.0
"""Text frames that a quiet client may send at once."""


AUDIO_FRAMES_PER_S = 120.0
"""Sustained rate of binary frames from one client: voice in pieces of 10 ms, and a little more."""

AUDIO_FRAME_BURST = 600.0
"""Binary frames that may come at once, after a pause of the network."""


VOICE_S_PER_S = 2.0
"""Seconds of voice that a client may send in a second, sustained: a network that catches up is faster."""

VOICE_BURST_S = 120.0
"""Seconds of voice that may come at once."""


class RateLimiter:
    """A token bucket.

    Args:
        rate: tokens regained per second.
        burst: tokens a full bucket holds; the bucket starts full.

    Raises:
        ValueError: if either is not positive.
    """

    def __init__(self, rate: float = CLIENT_MESSAGES_PER_S, burst: float = CLIENT_MESSAGE_BURST) -> None:
        if not (rate > 0 and burst > 0):
            raise ValueError("rate and burst must be positive")
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at: float | None = None

    def allow(self, now: float, cost: float = 1.0) -> bool:
        """Take `cost` tokens if they are there; refused calls cost nothing."""
        self._refill(now)
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True

    def wait(self, now: float, cost: float = 1.0) -> float:
        """Seconds until `cost` tokens will be there; infinite if the bucket can never hold them."""
        self._refill(now)
        if cost > self._burst:
            return float("inf")
        return max(0.0, (cost - self._tokens) / self._rate)

    def _refill(self, now: float) -> None:
        if self._at is not None and now > self._at:
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now if self._at is None else max(self._at, now)


class AudioBudget:
    """Counts the voice of one utterance, in samples.

    Args:
        rate: samples per second, as `audio_start` announced.
        limit_s: seconds allowed.
    """

    def __init__(self, rate: int, limit_s: float = MAX_TURN_AUDIO_S) -> None:
        self._rate = rate
        self._limit = int(limit_s * rate)
        self._samples = 0

    @property
    def seconds(self) -> float:
        """Length of the voice so far."""
        return self._samples / self._rate

    def take(self, samples: int) -> None:
        """Count a frame.

        Raises:
            ProtocolError: AUDIO_TOO_LONG when the utterance is over its limit; the frame is not counted.
        """
        if self._samples + samples > self._limit:
            raise ProtocolError(
                f"The utterance is longer than {self._limit / self._rate:g} s.", code="AUDIO_TOO_LONG"
            )
        self._samples += samples


def frame_limiters() -> tuple[RateLimiter, RateLimiter]:
    """Of one client's text frames, and of its binary ones."""
    return RateLimiter(), RateLimiter(AUDIO_FRAMES_PER_S, AUDIO_FRAME_BURST)


def voice_limiter() -> RateLimiter:
    """Of one client's seconds of voice."""
    return RateLimiter(VOICE_S_PER_S, VOICE_BURST_S)
