"""Orders about the conversation, on a real Redis, at a time of the test's own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hive_mind.server.core.entry import Entry
from hive_mind.server.core.house_orders import HouseOrders
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel

pytestmark = pytest.mark.anyio

LATE = datetime.now(UTC).replace(hour=21, minute=0, second=0, microsecond=0)


async def test_days_are_whole_and_in_the_past(tmp_path: Path) -> None:
    async with running_server(tmp_path, ScriptedModel(), timezone="UTC") as running:
        house = running.house
        for text, ago in (("Avant-hier", 60), ("Hier matin", 36), ("Hier soir", 22), ("Ce matin", 12)):
            moment = LATE - timedelta(hours=ago)
            await house.context.append(
                Entry(role="user", text=text, timestamp=moment, client_id="salon", turn_id=f"t-{ago}")
            )
        orders = HouseOrders("salon", house.traces, house.context, house.forget)

        async def ask(intent: str, **slots: str) -> str:
            return await orders.answer(intent, slots, LATE)

        assert await ask("recall", when="hier") == "Hier, tu m'as dit : « Hier matin » et « Hier soir »."
        assert "« Ce matin »" in await ask("recall", when="aujourd'hui")
        assert "Avant-hier" in await ask("recall")
        day = (LATE - timedelta(days=1)).strftime("%A")
        named = dict(
            zip(
                ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
                ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
                strict=True,
            )
        )
        assert "« Hier soir »" in await ask("recall", when=named[day])
        assert await ask("forget", scope="day", when="hier") == "J'ai oublié ce qu'on a dit hier."
        assert "rien gardé" in await ask("recall", when="hier")
        assert "« Ce matin »" in await ask("recall", when="aujourd'hui")
        assert "Dis par exemple" in await ask("forget", scope="day", when="n'importe quoi")
        assert await ask("forget", scope="turn") == "Il n'y a rien à oublier."
