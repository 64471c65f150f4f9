"""Keeps a microphone or a speaker at work: notices that it is gone, stands in for it, opens it again."""

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from hive_mind.client.platform.base import AudioStream
from hive_mind.errors import AudioError

LOST_S = 1.5
"""A device that called for so long for nothing is gone: pulled out, taken away, stuck."""

START_S = 2.0
"""Time to start that a device gets: some wake up slowly."""

RETRY_S = 1.0
RETURN_S = 5.0
"""How often it is looked whether the wanted device is back while another one stands in."""

_LOOK_S = 0.1

_log = structlog.get_logger(__name__)


class _Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class DeviceKeeper:
    """One device, whatever happens to its cable.

    While it is gone its part is played by `stand_in`, so that whoever waits for sound, or for sound to be
    played, goes on in real time.

    Args:
        code: of the trouble, such as "MICROPHONE_LOST".
        open_device: opens the device of this name, or the default one for None; None when there is none.
            Blocking.
        wanted: name of the device; None for the default one.
        stand_in: told how many more seconds passed without the device.
        renewed: told that another stream begins.
        clock: the client's; its `now` may be asked by any thread.
    """

    def __init__(
        self,
        code: str,
        open_device: Callable[[str | None], AudioStream | None],
        wanted: str | None,
        stand_in: Callable[[float], None],
        renewed: Callable[[], None],
        clock: _Clock,
    ) -> None:
        self._code = code
        self._open_device = open_device
        self._wanted = wanted
        self._stand_in = stand_in
        self._renewed = renewed
        self._clock = clock
        self._stream: AudioStream | None = None
        self._beat = clock.now()
        self._lost = False

    @property
    def stream(self) -> AudioStream | None:
        """The open device."""
        return self._stream

    @property
    def lost(self) -> bool:
        """Whether it is gone."""
        return self._lost

    def open(self) -> bool:
        """Open it for the first time; False when there is none. Blocking.

        Raises:
            AudioError: DEVICE_BUSY.
        """
        self._stream = self._open_device(self._wanted)
        self._beat = self._clock.now() + START_S
        return self._stream is not None

    def beat(self) -> None:
        """It is alive: it delivered or took samples. Any thread."""
        self._beat = self._clock.now()

    def close(self) -> None:
        """Give it back."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    async def run(
        self,
        on_trouble: Callable[[str], None] = lambda _: None,
        on_mended: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Watch it until cancelled.

        Args:
            on_trouble: told the code once when the device is gone.
            on_mended: told the code when it, or another one in its place, works again.
        """
        covered = returned = self._clock.now()
        next_try = 0.0
        while True:
            await self._clock.sleep(_LOOK_S)
            now = self._clock.now()
            if now - self._beat <= LOST_S:
                covered = min(now, self._beat)
                if self._lost:
                    self._lost = False
                    _log.info("audio device is back", code=self._code, device=self._name)
                    on_mended(self._code)
                if self._elsewhere and now - returned > RETURN_S:
                    returned = now
                    await self._open_again(only_wanted=True)
                continue
            if not self._lost:
                self._lost = True
                _log.warning("audio device is gone", code=self._code, device=self._name)
                on_trouble(self._code)
            if now >= next_try:
                await self._open_again()
                next_try = self._clock.now() + (RETRY_S if self._stream is None else START_S + LOST_S)
                now = self._clock.now()
            self._stand_in(now - covered)
            covered = now

    @property
    def _name(self) -> str:
        return self._stream.device.name if self._stream is not None else ""

    @property
    def _elsewhere(self) -> bool:
        return self._wanted is not None and self._name != self._wanted

    async def _open_again(self, *, only_wanted: bool = False) -> None:
        old = self._stream
        if not only_wanted:
            self._stream = None
            _close_aside(old)
        try:
            new = await asyncio.get_running_loop().run_in_executor(None, self._find, only_wanted)
        except AudioError as error:
            _log.debug("audio device refuses", code=error.code)
            return
        if new is None:
            return
        if only_wanted:
            _close_aside(old)
        self._stream = new
        self._renewed()

    def _find(self, only_wanted: bool) -> AudioStream | None:
        stream = self._open_device(self._wanted)
        return stream if stream is not None or only_wanted else self._open_device(None)


def _close_aside(stream: AudioStream | None) -> None:
    """Close a stream that may be stuck: nobody waits for it."""
    if stream is not None:
        threading.Thread(target=stream.close, name="close-audio", daemon=True).start()
