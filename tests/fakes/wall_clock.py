"""A machine whose clock is set and that sleeps, in virtual time."""

from datetime import datetime, timedelta

from tests.fakes.virtual_time import VirtualClock


class SetClock(VirtualClock):
    """The time of day of the running `VirtualLoop`, until told otherwise.

    Args:
        start: time of day when the loop began.
        boot_id: of this start of the machine.
    """

    def __init__(self, start: datetime, boot_id: str = "boot") -> None:
        super().__init__(start)
        self.boot_id = boot_id
        self.slept = timedelta()
        self._set = timedelta()

    def today(self) -> datetime:
        """In real time, as clocks go, also over a change to summer time."""
        start = super().today()
        zone = start.tzinfo
        seconds = timedelta(seconds=self.now())
        begun = start - seconds
        return begun.fromtimestamp(
            begun.timestamp() + (seconds + self._set + self.slept).total_seconds(), zone
        )

    def set(self, by: timedelta) -> None:
        """Somebody sets the clock."""
        self._set += by

    def sleep_through(self, span: timedelta) -> None:
        """The machine sleeps: its clock goes on, the program's waiting does not."""
        self.slept += span


class SetUptime:
    """How long such a machine has been on."""

    def __init__(self, clock: SetClock) -> None:
        self._clock = clock
        self.boot_id = clock.boot_id

    def seconds(self) -> float:
        return self._clock.now() + self._clock.slept.total_seconds()
