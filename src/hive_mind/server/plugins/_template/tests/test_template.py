"""The plugin, loaded and asked as a server does it."""

import asyncio
from pathlib import Path

from hive_mind.server.core.plugin_trial import trial

FOLDER = Path(__file__).parents[1]


def test_it_greets() -> None:
    async def scene() -> None:
        async with trial(FOLDER, config={"greeting": "Salut"}) as plugin:
            answer = await plugin.ask("dis bonjour à Julie avec template")
            assert answer.speech == "Salut, Julie !"
            assert answer.receipt_id is not None
            assert (await plugin.execute("template_greet", {})).data["count"] == 2

    asyncio.run(scene())
