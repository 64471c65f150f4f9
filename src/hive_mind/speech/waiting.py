"""Waiting for something, but no longer than until a moment of a clock."""

import asyncio
from typing import Any

from hive_mind.speech.playout import Clock


async def wait_until(moment: float, clock: Clock, future: asyncio.Future[Any]) -> bool:
    """Wait for a future, which is left as it is; whether it is done by then.

    Args:
        moment: on the clock; one that is past only looks.
        clock: tells the time.
        future: of which the result, or the failure, is the caller's.
    """
    alarm = asyncio.ensure_future(clock.sleep(max(0.0, moment - clock.now())))
    try:
        await asyncio.wait({future, alarm}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        alarm.cancel()
    return future.done()
