"""Machines: who they are, what they tell of their power, and what is made of it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hive_mind.client.core.powering import Powering
from hive_mind.client.platform.desktop import DesktopPlatform
from hive_mind.client.platform.machine import this_machine
from hive_mind.client.platform.raspberry import RaspberryPlatform, RaspberryPower, find_raspberry
from hive_mind.client.ui.expressing import night_hours
from hive_mind.client.ui.face import FaceSettings


def sysfs(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_at_", ":")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("bits", "troubles"),
    [
        ("0", ()),
        ("1", ("UNDER_VOLTAGE",)),
        ("50009", ("UNDER_VOLTAGE", "TOO_HOT")),
        ("50000", ()),  # it was, and is over
        ("nonsense", ()),
    ],
)
def test_a_pi_tells_of_a_weak_supply(tmp_path: Path, bits: str, troubles: tuple[str, ...]) -> None:
    folder = tmp_path / "devices" / "platform" / "soc" / "soc:firmware"
    folder.mkdir(parents=True)
    (folder / "get_throttled").write_text(bits + "\n")
    assert RaspberryPower(tmp_path).troubles() == troubles


def test_a_pi_without_the_files_tells_nothing(tmp_path: Path) -> None:
    power = RaspberryPower(tmp_path)
    power.light(on=False)
    assert (power.battery(), power.troubles()) == (None, ())


def test_a_pi_has_a_battery_and_a_backlight_if_the_kernel_knows_them(tmp_path: Path) -> None:
    system = sysfs(tmp_path, class__power_supply__hat__capacity="73\n", class__backlight__lcd__bl_power="0")
    power = RaspberryPower(system)
    assert power.battery() == 0.73
    power.light(on=False)
    assert (system / "class/backlight/lcd/bl_power").read_text() == "4"


def test_a_pi_knows_itself_and_gives_its_eyes_the_whole_screen(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.write_bytes(b"Raspberry Pi Zero 2 W Rev 1.0\0")
    found = find_raspberry(model)
    assert found is not None
    assert found.name == "Raspberry Pi Zero 2 W Rev 1.0"
    assert RaspberryPlatform("Pi", desktop=False).init_display(FaceSettings()).full_screen
    assert not RaspberryPlatform("Pi", desktop=True).init_display(FaceSettings()).full_screen
    model.write_bytes(b"Some other board\0")
    assert find_raspberry(model) is None


def test_every_machine_is_some_platform() -> None:
    machine = this_machine()
    assert machine.name
    battery = DesktopPlatform().power_management().battery()
    assert battery is None or 0 <= battery <= 1


class ScriptedPower:
    """A `Power` that a test plays with."""

    def __init__(self) -> None:
        self.wrong: tuple[str, ...] = ()
        self.lights: list[bool] = []

    def battery(self) -> float | None:
        return 0.5

    def troubles(self) -> tuple[str, ...]:
        return self.wrong

    def light(self, *, on: bool) -> None:
        self.lights.append(on)


def test_a_trouble_is_told_once_until_it_comes_back() -> None:
    async def scene() -> list[str]:
        power, said = ScriptedPower(), list[str]()

        async def say(code: str) -> None:
            said.append(code)

        powering = Powering(power, say, night_hours(None), lambda: datetime(2026, 3, 3, 12, tzinfo=UTC))
        for power.wrong in ((), ("TOO_HOT",), ("TOO_HOT",), (), ("TOO_HOT",)):
            await powering.look()
        assert powering.battery == 0.5
        return said

    assert asyncio.run(scene()) == ["TOO_HOT", "TOO_HOT"]


def test_the_screen_is_dark_at_night_while_nobody_talks() -> None:
    async def scene() -> list[bool]:
        power = ScriptedPower()

        async def say(code: str) -> None:
            raise AssertionError(code)

        at = datetime(2026, 3, 3, 23, tzinfo=UTC)
        powering = Powering(power, say, night_hours("22:00-07:00"), lambda: at)
        await powering.light()
        powering.busy(on=True)
        await powering.light()
        await powering.light()
        powering.busy(on=False)
        await powering.light()
        return power.lights

    assert asyncio.run(scene()) == [False, True, False]
