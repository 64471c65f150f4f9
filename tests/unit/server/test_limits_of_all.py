"""Limits that hold across servers: the language model's time, messages, and wrong guesses."""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import websockets
from structlog.testing import capture_logs

from hive_mind.errors import AccessError, ContextError, LlmError
from hive_mind.server.core.access.desk import Desk
from hive_mind.server.core.access.throttle import ADDRESS_BURST
from hive_mind.server.core.llm.allowance import HOUR_S, Allowance, Shares
from hive_mind.server.core.llm.engine import ChatMessage
from hive_mind.server.core.llm.rationed import RationedModel
from hive_mind.server.core.memory_limit import MemoryLimit, bytes_used, limit_of_group
from hive_mind.server.core.pace import MOST, MUCH, Pace
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import NOW, TextClient

pytestmark = pytest.mark.anyio
CHAT = [ChatMessage("user", "Bonjour")]


class Numbers:
    """What servers count together, and a clock."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter()
        self.now = 0.0
        self.away = False
        self.later: list[Coroutine[Any, Any, None]] = []

    async def count(self, name: str, _seconds: float, more: int) -> int:
        if self.away:
            raise ContextError("away")
        self.sums[name] += more
        return self.sums[name]

    async def count_all(self, more: Mapping[str, int], seconds: float) -> list[int]:
        return [await self.count(name, seconds, many) for name, many in more.items()]

    def allowance(self, client_s: float, house_s: float) -> Allowance:
        return Allowance(self.count, client_s, house_s, self.later.append, lambda: self.now)

    async def settle(self) -> None:
        while self.later:
            await self.later.pop()

    async def work(self, allowance: Allowance, client_id: str, seconds: float) -> None:
        with allowance.working(client_id):
            self.now += seconds
        await self.settle()


def test_time_is_divided_among_those_who_wait_together() -> None:
    shares = Shares()
    one = shares.begin(0.0)
    two = shares.begin(4.0)
    assert shares.end(one, 10.0) == pytest.approx(7.0)
    assert shares.end(two, 11.0) == pytest.approx(4.0)
    alone = shares.begin(50.0)
    assert shares.end(alone, 51.0) == pytest.approx(1.0)


async def test_an_hour_without_redis_is_forgotten_too() -> None:
    numbers = Numbers()
    numbers.away = True
    alone = numbers.allowance(10, 0)
    await numbers.work(alone, "cuisine", 11)
    with pytest.raises(LlmError):
        await alone.check("cuisine")
    numbers.now += HOUR_S
    await alone.check("cuisine")
    numbers.away = False
    await alone.check("cuisine")
    assert sum(numbers.sums.values()) == 0, "what is an hour old is not counted when Redis is back"


async def test_a_client_that_had_its_time_of_the_model_waits_and_others_do_not() -> None:
    numbers = Numbers()
    here, elsewhere = numbers.allowance(10, 0), numbers.allowance(10, 0)
    await numbers.work(here, "cuisine", 6)
    await here.check("cuisine")
    await numbers.work(elsewhere, "cuisine", 5)
    with pytest.raises(LlmError) as refused:
        await here.check("cuisine")
    assert refused.value.code == "LLM_CLIENT_SPENT"
    await here.check("salon")


async def test_all_clients_together_have_a_limit_too() -> None:
    numbers = Numbers()
    allowance = numbers.allowance(0, 10)
    for client in ("cuisine", "salon"):
        await numbers.work(allowance, client, 5)
    with pytest.raises(LlmError) as refused:
        await allowance.check("bureau")
    assert refused.value.code == "LLM_HOUSE_SPENT"


async def test_while_redis_is_away_a_server_counts_alone_and_tells_later() -> None:
    numbers = Numbers()
    allowance = numbers.allowance(10, 0)
    numbers.away = True
    await numbers.work(allowance, "cuisine", 11)
    with pytest.raises(LlmError):
        await allowance.check("cuisine")
    numbers.away = False
    with pytest.raises(LlmError):
        await allowance.check("cuisine")
    assert numbers.sums["llm:client:cuisine"] == 11_000


async def test_an_answer_that_was_begun_is_finished() -> None:
    numbers = Numbers()
    allowance = numbers.allowance(1, 0)
    model = RationedModel(ScriptedModel(), allowance, "salon")
    async with aclosing(model.generate(CHAT)) as pieces:
        assert "".join([piece async for piece in pieces]) == "Tu as dit : Bonjour."
    await numbers.work(allowance, "salon", 2)
    async with aclosing(model.generate(CHAT, "Tu as ")) as pieces:
        assert [piece async for piece in pieces]
    with pytest.raises(LlmError):
        async with aclosing(model.generate(CHAT)) as pieces:
            await anext(pieces)
    await numbers.settle()


async def test_the_refusal_is_a_french_sentence_and_commands_go_on(shared: Running) -> None:
    async with TextClient(shared.ws, "bavard") as client:
        await shared.house.context.fields.count("llm:client:bavard", 60, 1_200_000)
        answer, end = await client.ask("Raconte-moi une histoire")
        assert "Tu m'as fait beaucoup réfléchir" in answer and end["outcome"] == "failed"
        assert next(m for m in client.log if m["type"] == "error")["code"] == "LLM_CLIENT_SPENT"
        assert (await client.ask("Quelle heure est-il ?"))[1]["outcome"] == "completed"


async def test_messages_are_counted_by_all_servers_together() -> None:
    numbers = Numbers()
    one, two = (Pace(numbers.count_all, lambda: numbers.now) for _ in range(2))
    for server in (one, two):
        heard = [server.allows("bavard") for _ in range(MOST // 2 + 1)]
        heard += [server.allows("calme") for _ in range(MUCH - 1)]
        assert all(heard)
        await server.compare()
    assert two.allows("calme") and not two.allows("bavard") and one.allows("bavard")
    for _ in range(MUCH):
        one.allows("bavard")
    await one.compare()
    assert not one.allows("bavard")
    numbers.now += 61
    assert one.allows("bavard") and "messages:calme" not in numbers.sums


def test_all_clients_of_a_server_together_send_so_much_and_speak_so_much() -> None:
    numbers = Numbers()
    pace = Pace(numbers.count_all, lambda: numbers.now, messages=10, voice_s=4)
    assert [pace.takes(0) for _ in range(31)] == [True] * 30 + [False]
    assert [pace.takes(1.0) for _ in range(81)] == [True] * 80 + [False], "voice and messages are apart"
    numbers.now += 0.5
    assert [pace.takes(0) for _ in range(6)] == [True] * 5 + [False]
    assert [pace.takes(1.0) for _ in range(3)] == [True] * 2 + [False]
    unlimited = Pace(numbers.count_all, lambda: numbers.now)
    assert all(unlimited.takes(0) and unlimited.takes(30.0) for _ in range(1000))


@pytest.mark.parametrize("limits", [{"house_messages_s": 1.0}, {"house_voice_s": 0.01}])
async def test_who_comes_when_all_send_too_much_hears_it_in_french(
    tmp_path: Path, limits: dict[str, Any]
) -> None:
    async with (
        running_server(tmp_path, ScriptedModel(), speech="off", **limits) as running,
        TextClient(running.ws, "salon") as client,
    ):
        if "house_voice_s" in limits:
            await client.ws.send(bytes(2 * 16_000))
        for _ in range(6):
            await client.send("ping", state="connected", timestamp=NOW)
        refused = await client.until("error")
        assert refused["code"] == "HOUSE_BUSY" and "Trop de monde" in refused["message"]


async def test_memory_of_the_house() -> None:
    used = [100]
    limit = MemoryLimit(200, lambda: used[0] * 1024 * 1024)
    with capture_logs() as logs:
        for mib, short in ((100, False), (201, True), (300, True), (190, True), (179, False), (201, True)):
            used[0] = mib
            await limit.look()
            assert limit.short is short, mib
    assert [line["log_level"] for line in logs] == ["warning", "info", "warning"]
    boundless = MemoryLimit(0, lambda: 10**15)
    await boundless.look()
    await boundless.run()
    assert not boundless.short
    assert bytes_used() > 10**7


def test_the_limit_of_a_container_or_service_is_found(tmp_path: Path) -> None:
    told = tmp_path / "cgroup"
    told.write_text("1:name=systemd:/x\n0::/system.slice/hive-mind.service\n")
    group = tmp_path / "system.slice" / "hive-mind.service"
    group.mkdir(parents=True)
    assert limit_of_group(tmp_path, told) is None
    for text, most in (("max\n", None), ("1073741824\n", 2**30)):
        (group / "memory.max").write_text(text)
        assert limit_of_group(tmp_path, told) == most
    assert limit_of_group(tmp_path, tmp_path / "nowhere") is None


async def test_nobody_new_is_let_in_while_memory_is_short(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel(), speech="off") as running,
        TextClient(running.ws, "salon") as client,
    ):
        running.house.memory.short = True
        async with websockets.connect(running.ws) as late:
            assert json.loads(await late.recv())["type"] == "connected"
            assert json.loads(await late.recv())["code"] == "TOO_MANY_CLIENTS"
        assert (await client.ask("Quelle heure est-il ?"))[1]["outcome"] == "completed"
        running.house.memory.short = False
        async with TextClient(running.ws, "cuisine"):
            pass


def test_wrong_guesses_at_other_servers_count_here() -> None:
    desk = Desk(Safe(), lambda work: work.close(), monotonic=lambda: 0.0)
    told: list[str] = []
    desk.tell_wrong = told.append
    for _ in range(int(ADDRESS_BURST) - 1):
        desk.wrong_elsewhere("192.168.1.66")
    desk.note_failure("pairing code", "192.168.1.66", "PAIRING_CODE_WRONG")
    assert told == ["192.168.1.66"]
    with pytest.raises(AccessError):
        desk.check_pace("192.168.1.66")


class Safe:
    """Keeps nothing."""

    async def load(self, _name: str) -> bytes | None:
        return None

    async def change(self, _name: str, step: Callable[[bytes | None], bytes]) -> bytes:
        return step(None)
