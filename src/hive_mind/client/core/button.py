"""Push to talk: one small seam for Enter in a terminal, a click on the eyes, a key or a GPIO pin."""

import asyncio


class Button:
    """Presses from any thread, taken one by one; one that comes before the last was taken is dropped.

    Made on the event loop that takes them.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pressed = asyncio.Event()

    def press(self) -> None:
        """Press it. From any thread, and harmless after the end of the loop."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._pressed.set)

    async def pressed(self) -> None:
        """Wait for the next press."""
        await self._pressed.wait()
        self._pressed.clear()
