"""What a client owns, mirrored: both ways, over absences and restarts, and from other rooms."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.device_commands import carry_out
from hive_mind.client.core.state import Event
from hive_mind.client.core.timers import StateFile, Timekeeper
from hive_mind.client.core.websocket import ServerLink
from hive_mind.commands.interpret import Rung
from hive_mind.errors import LinkError
from hive_mind.protocol.messages import Announce, AnyServerMessage, Capabilities, DeviceCommand
from hive_mind.protocol.session import ClientSession
from hive_mind.server.core.plugin import Request
from hive_mind.understanding.grammar import Match
from tests.fakes.running_server import Running, running_server
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio


class Kitchen:
    """A client's time things and its link, without ears and voice."""

    def __init__(self, folder: Path) -> None:
        self.rung: list[Rung] = []
        self.reminded: list[str] = []
        self.announced: list[str] = []
        self.keeper = Timekeeper(
            StateFile(folder / "time.json"), SystemClock(), self._ring, self._mirror, remind=self._remind
        )
        self._link: ServerLink | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def at(self, url: str) -> AsyncIterator[None]:
        """Connected, while in this context."""
        session = ClientSession("cuisine-1", room="cuisine", capabilities=Capabilities(local_commands=True))
        self._link = ServerLink(url, session, on_event=self._event, on_message=self._told)
        running = [asyncio.ensure_future(work) for work in (self._link.run(), self.keeper.run())]
        await self._link.first_contact()
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)
            self._link = None

    async def order(self, intent: str, **slots: object) -> str:
        match = Match(intent, slots)  # type: ignore[arg-type]
        outcome = self.keeper.interpret(match, SystemClock().today())
        await self.keeper.accept(outcome.state)
        return outcome.reply

    @property
    def timers(self) -> list[float]:
        return [timer.duration_s for timer in self.keeper.state.timers]

    async def _ring(self, rung: Rung) -> None:
        self.rung.append(rung)

    async def _remind(self, text: str) -> None:
        self.reminded.append(text)

    def _mirror(self) -> None:
        try:
            if self._link is not None:
                self._link.post(self.keeper.device_state("cuisine-1"))
        except LinkError:
            return

    def _event(self, event: Event) -> None:
        if event is Event.LINK_UP:
            self._mirror()

    def _told(self, message: AnyServerMessage) -> None:
        if isinstance(message, DeviceCommand):
            self._tasks.add(asyncio.ensure_future(carry_out(message, self.keeper)))
        if isinstance(message, Announce):
            self._tasks.add(asyncio.ensure_future(self._announce(message)))

    async def _announce(self, message: Announce) -> None:
        if message.reminder_id is None or await self.keeper.may_say(message.reminder_id):
            self.announced.append(message.text)


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    return Kitchen(tmp_path / "client")


async def test_a_timer_set_from_another_room_runs_there(running: Running, kitchen: Kitchen) -> None:
    async with kitchen.at(running.ws), TextClient(running.ws) as salon:
        answer, end = await salon.ask("Mets un minuteur de dix minutes dans la cuisine")
        assert answer == "Cuisine : minuteur de 10 minutes lancé."
        assert (end["route"], end["intent"]) == ("command", "start_timer")
        await eventually(lambda: kitchen.timers == [600])
        answer, _ = await salon.ask("Combien reste-t-il au minuteur de la cuisine ?")
        assert answer in ("Cuisine : il reste 10 minutes.", "Cuisine : il reste 9 minutes 59 secondes.")
        answer, _ = await salon.ask("Mets le minuteur de la cuisine en pause")
        assert answer.startswith("Cuisine : minuteur en pause, il reste ")
        await eventually(lambda: kitchen.keeper.state.timers[0].due is None)
        answer, _ = await salon.ask("Dans la cuisine, annule le minuteur")
        assert answer == "Cuisine : minuteur annulé."
        await eventually(lambda: kitchen.timers == [])
        answer, _ = await salon.ask("Combien de temps reste-t-il au minuteur ?")
        assert answer == "Il n'y a pas de minuteur en cours."


async def test_what_the_client_sets_is_seen_from_elsewhere(running: Running, kitchen: Kitchen) -> None:
    async with kitchen.at(running.ws), TextClient(running.ws) as salon:
        await kitchen.order("start_timer", duration_s=300, name="pâtes")
        remote = running.house.remote("cuisine-1")
        await eventually(
            lambda: remote is not None and remote.device is not None and bool(remote.device.timers)
        )
        answer, _ = await salon.ask("Combien reste-t-il au minuteur de la cuisine ?")
        assert answer.startswith("Cuisine : il reste ") and answer.endswith("au minuteur pâtes.")


async def test_what_rings_in_another_room_is_silenced_from_here(running: Running, kitchen: Kitchen) -> None:
    async with kitchen.at(running.ws), TextClient(running.ws) as salon:
        await kitchen.order("start_timer", duration_s=1)
        await eventually(lambda: bool(kitchen.rung))
        remote = running.house.remote("cuisine-1")
        await eventually(
            lambda: remote is not None and remote.device is not None and bool(remote.device.rings)
        )
        answer, _ = await salon.ask("Annule le minuteur de la cuisine")
        assert answer == "Cuisine : minuteur arrêté."
        await eventually(lambda: kitchen.keeper.ringing == ())


async def test_a_place_that_is_no_room_is_a_name(running: Running) -> None:
    async with TextClient(running.ws) as salon:
        answer, _ = await salon.ask("Mets un minuteur de dix minutes dans le four")
        assert answer == "Minuteur four de 10 minutes lancé."
        answer, _ = await salon.ask("Annule le minuteur dans le garage")
        assert answer == "Je ne connais pas cette pièce : garage."


async def test_both_sides_change_things_while_apart_and_agree_on_return(
    running: Running, kitchen: Kitchen
) -> None:
    async with kitchen.at(running.ws):
        await kitchen.order("start_timer", duration_s=300, name="pâtes")
        await kitchen.order("start_timer", duration_s=900, name="four")
        remote = running.house.remote("cuisine-1")
        assert remote is not None
        await eventually(lambda: remote.device is not None and len(remote.device.timers) == 2)
    async with TextClient(running.ws) as salon:
        await salon.ask("Mets un minuteur de dix minutes dans la cuisine")
        await salon.ask("Annule le minuteur pâtes dans la cuisine")
        await salon.ask("Annule le minuteur four dans la cuisine")
    await kitchen.order("adjust_timer", duration_s=60, name="four")  # later than its end elsewhere
    async with kitchen.at(running.ws):
        await eventually(lambda: sorted(kitchen.timers) == [600, 960])
        await eventually(lambda: remote.device is not None and len(remote.device.timers) == 2)


async def test_the_server_remembers_over_a_restart_and_brings_nothing_back(
    tmp_path: Path, kitchen: Kitchen
) -> None:
    async with running_server(tmp_path) as first, kitchen.at(first.ws):
        await kitchen.order("start_timer", duration_s=300, name="pâtes")
        await kitchen.order("start_timer", duration_s=600)
        remote = first.house.remote("cuisine-1")
        await eventually(
            lambda: remote is not None and remote.device is not None and len(remote.device.timers) == 2
        )
    await kitchen.order("cancel_timer", name="pâtes")
    async with running_server(tmp_path) as second, kitchen.at(second.ws):
        remote = second.house.remote("cuisine-1")
        await eventually(lambda: remote is not None and remote.device is not None)
        async with TextClient(second.ws) as salon:
            answer, _ = await salon.ask("Combien reste-t-il au minuteur de la cuisine ?")
            assert "pâtes" not in answer and "il reste" in answer
        assert kitchen.timers == [600]


async def test_a_client_whose_disk_was_lost_gets_its_things_back(running: Running, tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path / "old")
    async with kitchen.at(running.ws):
        await kitchen.order("set_alarm", when="7 h", days=[0, 1, 2, 3, 4])
        remote = running.house.remote("cuisine-1")
        await eventually(
            lambda: remote is not None and remote.device is not None and bool(remote.device.alarms)
        )
    fresh = Kitchen(tmp_path / "new")
    async with fresh.at(running.ws):
        await eventually(lambda: len(fresh.keeper.state.alarms) == 1)


async def test_a_client_whose_clock_is_wrong_is_understood_by_its_own_clock(running: Running) -> None:
    async with (
        TextClient(
            running.ws, "cuisine-1", hello={"room": "cuisine", "capabilities": {"local_commands": True}}
        ) as kitchen,
        TextClient(running.ws) as salon,
    ):
        wrong = datetime(2020, 1, 1, 8, tzinfo=UTC)
        await kitchen.send(
            "device_state",
            clock=wrong.isoformat(),
            timers=[
                {
                    "timer_id": "t",
                    "duration_s": 600,
                    "due": "2020-01-01T08:05:00Z",
                    "changed": "2020-01-01T07:55:00Z",
                }
            ],
        )
        await eventually(
            lambda: (r := running.house.remote("cuisine-1")) is not None and r.device is not None
        )
        answer, _ = await salon.ask("Combien reste-t-il au minuteur de la cuisine ?")
        assert answer in ("Cuisine : il reste 5 minutes.", "Cuisine : il reste 4 minutes 59 secondes.")


@pytest.mark.parametrize(
    "said", ["Mets un minuteur de dix minutes dans le garage", "Combien font deux et deux ?"]
)
async def test_what_names_no_room_of_ours_or_is_no_timer_goes_its_way(
    running: Running, kitchen: Kitchen, said: str
) -> None:
    async with kitchen.at(running.ws), TextClient(running.ws) as salon:
        answer, _ = await salon.ask(said)
        assert not answer.startswith("Cuisine")
        assert kitchen.timers == []


async def test_a_reminder_set_in_the_kitchen_is_kept_there_and_said_once(
    tmp_path: Path, kitchen: Kitchen
) -> None:
    async with running_server(tmp_path) as running:
        async with kitchen.at(running.ws):
            remote = running.house.remote("cuisine-1")
            assert remote is not None
            request = Request("t-1", "cuisine-1", "cuisine", "", running.house.now())
            params = {"task": "sortir le four", "when": "dans 8 secondes"}
            host = running.house.plugins.host
            await eventually(lambda: "reminder_add" in host.intents(), within=30)
            added = await running.house.plugins.host.execute("reminder_add", params, request)
            assert added.success, added
            await eventually(lambda: len(kitchen.keeper.state.reminders) == 1)
        # The link is cut; the server goes on, and the kitchen is alone.
        running_alone = asyncio.ensure_future(kitchen.keeper.run())
        await eventually(lambda: kitchen.reminded == ["Rappel : sortir le four."], within=20)
        running_alone.cancel()
        async with kitchen.at(running.ws):
            await eventually(lambda: bool(remote.device and remote.device.said))
            await asyncio.sleep(2.5)
            assert kitchen.announced == []
            listed = await running.house.plugins.host.execute("reminder_list", {}, request)
            assert listed.speech == "Il n'y a aucun rappel."
    assert kitchen.reminded == ["Rappel : sortir le four."]
