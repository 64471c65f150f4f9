"""The wizard pairs the device: a scripted person, a real server with TLS."""

import asyncio
from pathlib import Path

import pytest

from hive_mind.cli.setup.pair_step import pair_step
from hive_mind.cli.setup.server_step import fault_of
from hive_mind.cli.setup.setting_up import SettingUp
from hive_mind.client.access.credentials import CredentialsFile
from hive_mind.client.config import load_config
from hive_mind.client.platform.base import NoAudio
from hive_mind.server.core.access.identity import Rights
from tests.fakes.running_server import running_server
from tests.fakes.scripted_console import ScriptedConsole

pytestmark = pytest.mark.anyio


async def test_a_device_is_paired_with_the_digits_of_the_server(tmp_path: Path) -> None:
    async with running_server(tmp_path / "house", tls="on", speech="off") as server:
        assert await fault_of(server.ws) == ""
        code = await server.house.door.show_code(Rights())
        wrong = f"{(int(code.digits) + 1) % 10**6:06}"
        console = ScriptedConsole(wrong, code.digits)
        # An address of this machine needs no pairing; the name stands for another one.
        url = server.ws.replace("127.0.0.1", "[::ffff:127.0.0.1]")
        config = load_config(data=tmp_path, server=url)
        run = SettingUp(console, NoAudio(), config, tmp_path / "client.toml")
        await asyncio.to_thread(pair_step, run)
        assert console.done()
        assert any("Ce code n'est pas le bon" in said for said in console.said)
        assert CredentialsFile(config.state_folder).find(url) is not None
        assert len(server.house.access.register.clients) == 1
        await asyncio.to_thread(pair_step, run)  # it is paired already: nothing is asked


async def test_it_may_be_put_off(tmp_path: Path) -> None:
    run = SettingUp(
        ScriptedConsole(""),
        NoAudio(),
        load_config(data=tmp_path, server="wss://192.0.2.1:8000/ws"),
        tmp_path / "c",
    )
    await asyncio.to_thread(pair_step, run)
    assert run.problems == ["cet appareil n'est pas appairé (./hive client pair)"]


async def test_an_address_of_this_machine_needs_none(tmp_path: Path) -> None:
    console = ScriptedConsole()
    run = SettingUp(
        console, NoAudio(), load_config(data=tmp_path, server="ws://127.0.0.1:1/ws"), tmp_path / "c"
    )
    await asyncio.to_thread(pair_step, run)
    assert console.said == []
