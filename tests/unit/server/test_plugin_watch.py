"""Folders are watched: the paths that matter, and a real change."""

import asyncio
from pathlib import Path

import pytest

from hive_mind.server.core.plugin_host import PluginHost
from hive_mind.server.core.plugin_watch import inner, watch
from tests.fakes.plugin_folder import REQUEST, QuietServices, write_plugin
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio


def test_which_plugin_a_path_is_of() -> None:
    folders = [Path("/a/plugins"), Path("/b")]
    assert inner(Path("/a/plugins/lamp/handler.py"), folders) == ("lamp", "handler.py")
    assert inner(Path("/b/settings.json"), folders) == ("settings.json",)
    assert inner(Path("/b"), folders) is None
    assert inner(Path("/c/lamp"), folders) is None


async def test_an_edit_on_disk_takes_effect(tmp_path: Path) -> None:
    folder = tmp_path
    changed = asyncio.Event()
    host = PluginHost(lambda *_: QuietServices(), on_change=changed.set)
    await host.start([folder])
    watching = asyncio.create_task(watch(host, [folder]))

    async def speech() -> str | None:
        return (await host.execute("lamp_on", {}, REQUEST)).speech

    try:
        for text in ("Un.", "Deux."):
            changed.clear()
            write_plugin(folder, replies=f'lamp_on = "{text}"\n')
            while await speech() != text:
                await asyncio.wait_for(changed.wait(), 20)
                changed.clear()
        (folder / "lamp" / "plugin.json").unlink()
        await eventually(lambda: "faults" in host.describe()["lamp"])
        assert await speech() == "Deux.", "the last good version stays"
    finally:
        watching.cancel()
        await asyncio.wait({watching})
        await host.stop()
