"""The event loop's clock, for whatever measures or waits."""

import asyncio


class LoopClock:
    """See above."""

    def now(self) -> float:
        """Seconds."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(0.0, seconds))
