"""A real client and what the household wishes of it, over a real link's messages."""

from pathlib import Path
from typing import Any

import pytest

from hive_mind.client.config import load_config
from hive_mind.client.config_file import write
from hive_mind.client.core.house_wishes import HouseWishes, Knob
from hive_mind.client.own_settings import OwnSettings
from hive_mind.client.ui.expressing import NightHours
from hive_mind.protocol.messages import Settings, SettingsState

pytestmark = pytest.mark.anyio


class Machine:
    """A client's settings, its file, and what it told."""

    def __init__(self, folder: Path, environ: dict[str, str] | None = None, **given: Any) -> None:
        self.folder = folder
        self.file = folder / "client" / "client.toml"
        self.told: list[SettingsState] = []
        config = load_config(data=folder, **given)
        self.night = NightHours(config.night)
        own = OwnSettings(config, environ or {})
        knobs: dict[str, Knob] = {
            "night": own.knob("night", lambda: self.night.text, lambda hours: self.night.set(hours))  # type: ignore[arg-type]
        }
        self.wishes = HouseWishes("salon", folder / "client" / "settings.json", knobs, self.told.append)


async def test_a_wish_is_obeyed_written_and_told(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    await machine.wishes.take(Settings(version=4, night="22:00-07:00"))
    assert machine.night.text == "22:00-07:00"
    assert load_config(data=tmp_path).night == "22:00-07:00"
    assert (machine.told[-1].version, machine.told[-1].night, machine.told[-1].refused) == (
        4,
        "22:00-07:00",
        {},
    )


async def test_what_somebody_writes_into_the_file_meanwhile_stays(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    await machine.wishes.take(Settings(version=1, night="22:00-07:00"))
    write(machine.file, {"night": "23:00-06:00", "follow_up_s": 9.0})
    again = Machine(tmp_path)  # the client is started again
    await again.wishes.take(Settings(version=1, night="22:00-07:00"))
    assert again.night.text == "23:00-06:00"
    await again.wishes.take(Settings(version=2))
    assert again.night.text == "23:00-06:00"
    assert load_config(data=tmp_path).follow_up_s == 9.0


async def test_an_undo_after_a_restart(tmp_path: Path) -> None:
    await Machine(tmp_path).wishes.take(Settings(version=1, night="22:00-07:00"))
    again = Machine(tmp_path)
    await again.wishes.take(Settings(version=2))
    assert again.night.text is None
    assert "\nnight" not in again.file.read_text("utf-8")


@pytest.mark.parametrize(
    ("environ", "given"),
    [({"HIVE_MIND_CLIENT_NIGHT": "20:00-08:00"}, {}), ({}, {"night": "20:00-08:00"})],
)
async def test_what_is_fixed_at_the_start_is_refused(
    tmp_path: Path, environ: dict[str, str], given: dict[str, str]
) -> None:
    machine = Machine(tmp_path, environ, **given)
    before = machine.night.text
    await machine.wishes.take(Settings(version=1, night="22:00-07:00", volume=40))
    assert machine.night.text == before
    assert machine.told[-1].refused == {"night": "SETTING_FIXED", "volume": "SETTING_NOT_HERE"}


async def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.file.mkdir(parents=True)
    await machine.wishes.take(Settings(version=1, night="22:00-07:00"))
    assert machine.told[-1].refused == {"night": "DATA_UNWRITABLE"}
    assert machine.night.text is None


async def test_only_news_is_told(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.wishes.mirror()
    machine.wishes.mirror()
    assert len(machine.told) == 1
    machine.night.set("21:00-07:00")
    machine.wishes.mirror()
    machine.wishes.mirror(again=True)
    assert [state.night for state in machine.told] == [None, "21:00-07:00", "21:00-07:00"]
