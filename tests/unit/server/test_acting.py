"""Orders between being understood and being carried out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hive_mind.server.core.acting import Acting
from hive_mind.server.core.house_orders import HouseOrders
from hive_mind.server.core.plugin import Request
from hive_mind.server.core.rooms import Rooms
from hive_mind.server.core.timekeeper import Timekeeper
from hive_mind.understanding.grammar import Match
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel

pytestmark = pytest.mark.anyio


async def test_an_order_whose_plugin_went_meanwhile_is_answered(tmp_path: Path) -> None:
    async with running_server(tmp_path, ScriptedModel()) as running:
        house = running.house
        acting = Acting(
            Timekeeper("salon", house.context, house.now, lambda _: False),
            house.plugins.host,
            HouseOrders("salon", house.traces, house.context, house.forget),
            lambda: house.grammar,
            Rooms(list),
        )
        request = Request("t-1", "salon", None, "Allume la lampe", datetime.now(UTC))
        done = await acting.carry_out(Match("lamp_on"), request)
    assert done.speech == "Le plugin qui savait le faire n'est plus là."
    assert (done.trace.outcome, done.trace.error, done.asks) == ("failed", "PLUGIN_UNAVAILABLE", False)
