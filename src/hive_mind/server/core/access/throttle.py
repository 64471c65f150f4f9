"""How often somebody may be wrong: for each address, and for all together. Pure; time in seconds."""

from collections import OrderedDict

from hive_mind.protocol.limits import RateLimiter

ADDRESS_RATE, ADDRESS_BURST = 1 / 6, 10.0
ALL_RATE, ALL_BURST = 1.0, 60.0
MOST_ADDRESSES = 1024
"""That are remembered; of more, those that were wrong longest ago are forgotten."""


class Throttle:
    """Counts failures."""

    def __init__(self) -> None:
        self._all = RateLimiter(ALL_RATE, ALL_BURST)
        self._addresses: OrderedDict[str, RateLimiter] = OrderedDict()

    def failed(self, address: str, now: float) -> bool:
        """Note a failure; False when there were too many."""
        limiter = self._addresses.pop(address, None) or RateLimiter(ADDRESS_RATE, ADDRESS_BURST)
        self._addresses[address] = limiter
        while len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        fine = limiter.allow(now)
        return self._all.allow(now) and fine

    def wait(self, address: str, now: float) -> float:
        """Seconds until somebody there may be wrong again; 0 when at once."""
        limiter = self._addresses.get(address)
        return max(self._all.wait(now), limiter.wait(now) if limiter else 0.0)
