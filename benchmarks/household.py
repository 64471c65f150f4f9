"""A day of a household in a few minutes: does anything grow, is anything lost?

    ./hive bench household [--turns 2000] [--clients 20] [--seconds 240] [--json FILE]

Real clients (the program's own link to the server, with its reconnection) ask a real server process: the
time, sums, timers, lists. Meanwhile their connections are cut at random, in the middle of answers too, and
a plugin of the house is changed again and again. Then: every question answered once, every message in the
conversation once, how memory and open files went. The first line says where a Prometheus may read
meanwhile.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.load import hive_server
from hive_mind.client.core.websocket import ServerLink
from hive_mind.errors import HiveMindError
from hive_mind.protocol.messages import Capabilities, Playout, WakeDetected
from hive_mind.protocol.session import ClientSession

QUESTIONS = (
    "Quelle heure est-il ?", "Quel jour sommes-nous ?", "Combien font 12 fois 7 ?", "Merci", "Bonsoir",
    "Mets un minuteur de dix minutes.", "Combien de temps reste-t-il ?", "Annule le minuteur.",
    "Ajoute du pain à la liste de courses.", "Qu'est-ce qu'il y a sur la liste de courses ?",
    "Vide la liste de courses.",
    "Convertis 20 miles en kilomètres.", "Je ne te parlais pas.",
)  # fmt: skip
ROOMS = ("cuisine", "salon", "chambre", "bureau", "entrée")


@dataclass
class Report:
    """What came of it.

    Attributes:
        turns: questions that were asked.
        lost: questions that got no answer, and nobody was told.
        told_away: questions whose asker was told that the server is away, because the link took too long.
        doubled: questions that are more than once in the conversation.
        missing: messages that the conversation lacks.
        cuts: connections that were cut.
        reloads: times that a plugin was changed.
        worst_s: longest time from a question to its answer.
        rss_mib: memory of the server, once in a while.
        fds: open files of the server, once in a while.
        slope_kib_per_1000_turns: of the memory in the second half.
    """

    turns: int = 0
    lost: int = 0
    told_away: int = 0
    doubled: int = 0
    missing: int = 0
    cuts: int = 0
    reloads: int = 0
    worst_s: float = 0.0
    rss_mib: list[float] = field(default_factory=list)
    fds: list[int] = field(default_factory=list)
    slope_kib_per_1000_turns: float = 0.0


class Member:
    """A client of the household.

    Args:
        url: of the server.
        number: which one.
        report: takes what happened.
    """

    def __init__(self, url: str, number: int, report: Report) -> None:
        self.name = f"client-{number}"
        session = ClientSession(
            self.name,
            room=ROOMS[number % len(ROOMS)],
            capabilities=Capabilities(display="text", stt=True, tts=True),
        )
        self.link = ServerLink(url, session)
        self._report = report
        self._running: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Connect."""
        self._running = asyncio.create_task(self.link.run())
        async with asyncio.timeout(30):
            await self.link.first_contact()

    async def cut(self) -> None:
        """Lose the connection, and come back; what was under way goes on."""
        await self.end()
        self._report.cuts += 1
        await self.begin()

    async def end(self) -> None:
        """Go."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def ask(self, question: str) -> None:
        """One turn."""
        self._report.turns += 1
        began = time.perf_counter()
        answer = ""
        told = False
        try:
            async with asyncio.timeout(60):
                if random.random() < 0.7:
                    self.link.post(WakeDetected(word="hey alison", score=0.9, loudness=-30))
                with self.link.exchange() as exchange:
                    exchange.ask(question, datetime.now(UTC), speculative=False)
                    async for piece in exchange.chunks():
                        if not answer and exchange.turn_id is not None:
                            since = 1000 * (time.perf_counter() - began)
                            exchange.played(
                                Playout(turn_id=exchange.turn_id, state="started", since_question_ms=since)
                            )
                        answer += piece
                    await exchange.ended(30.0)
        except HiveMindError:
            told = True
        except TimeoutError:
            answer = ""
        if told:
            self._report.told_away += 1
        elif not answer.strip():
            self._report.lost += 1
        self._report.worst_s = max(self._report.worst_s, time.perf_counter() - began)


PLUGIN = {
    "name": "essai",
    "version": "1.0.0",
    "description": "Plugin d'essai.",
    "triggers": ["essai"],
    "intents": ["essai_dire"],
}
HANDLER = """
from hive_mind.server.core.plugin import Plugin

class EssaiPlugin(Plugin):
    async def execute(self, intent, params):
        return {"success": True, "number": NUMBER}

    def get_prompt_context(self):
        return "Essai NUMBER."
"""


def change_plugin(folder: Path, number: int) -> None:
    """A new version of the household's own plugin."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "handler.py").write_text(HANDLER.replace("NUMBER", str(number)))
    (folder / "plugin.json").write_text(json.dumps(PLUGIN | {"version": f"1.0.{number}"}))


def entries(url: str) -> int:
    """Messages that the conversation holds."""
    with urllib.request.urlopen(url.replace("ws", "http", 1).removesuffix("/ws") + "/metrics") as reply:
        lines = reply.read().decode().splitlines()
    return int(
        float(next(line.split()[1] for line in lines if line.startswith("hive_mind_context_entries ")))
    )


async def live(
    url: str, process: psutil.Process, data: Path, turns: int, clients: int, seconds: float
) -> Report:
    """The day."""
    report = Report()
    members = [Member(url, number, report) for number in range(clients)]
    for member in members:
        await member.begin()
    each = turns // clients
    pause = seconds / max(1, each)
    over = asyncio.Event()

    async def _member(member: Member) -> None:
        for _ in range(each):
            asking = asyncio.create_task(member.ask(random.choice(QUESTIONS)))
            if random.random() < 0.08:
                await asyncio.sleep(random.random() * 0.02)
                await member.cut()
            await asking
            await asyncio.sleep(random.expovariate(1 / pause) if pause > 0 else 0)

    async def _watch() -> None:
        last = time.monotonic()
        while not over.is_set():
            report.rss_mib.append(round(process.memory_info().rss / 2**20, 2))
            report.fds.append(process.num_fds())
            if time.monotonic() - last > seconds / 8:
                last = time.monotonic()
                report.reloads += 1
                await asyncio.to_thread(change_plugin, data / "plugins" / "essai", report.reloads)
            await asyncio.sleep(max(0.2, seconds / 100))

    watching = asyncio.create_task(_watch())
    await asyncio.gather(*map(_member, members))
    over.set()
    await watching
    for member in members:
        await member.end()
    report.missing = max(0, 2 * (report.turns - report.told_away) - entries(url))
    report.doubled = max(0, entries(url) - 2 * report.turns)
    half = report.rss_mib[len(report.rss_mib) // 2 :]
    report.slope_kib_per_1000_turns = round(
        1024 * slope(half) * len(half) * 1000 / max(1, report.turns / 2), 1
    )
    return report


def slope(values: list[float]) -> float:
    """Of the line through values at equal distances, per step."""
    size = len(values)
    if size < 2:
        return 0.0
    middle, mean = (size - 1) / 2, sum(values) / size
    return sum((x - middle) * (y - mean) for x, y in enumerate(values)) / sum(
        (x - middle) ** 2 for x in range(size)
    )


def run(turns: int, clients: int, seconds: float, data: Path | None = None) -> Report:
    """A server, a household, a day."""
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, process = stack.enter_context(hive_server(folder))
        print("metrics:", url.replace("ws", "http", 1).removesuffix("/ws") + "/metrics", flush=True)
        return asyncio.run(live(url, process, folder, turns, clients, seconds))


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    report = run(asked.turns, asked.clients, asked.seconds)
    print(f"{report.turns} turns of {asked.clients} clients, {report.cuts} cuts, {report.reloads} reloads")
    print(
        f"lost {report.lost}, told away {report.told_away}, doubled {report.doubled}, "
        f"missing {report.missing}, worst {report.worst_s:.2f} s"
    )
    quarter = max(1, len(report.rss_mib) // 4)
    shown = [report.rss_mib[min(i * quarter, len(report.rss_mib) - 1)] for i in range(5)]
    print(
        f"memory MiB {shown}, slope {report.slope_kib_per_1000_turns} KiB per 1000 turns in the second half"
    )
    print(f"open files {report.fds[0]} at first, at most {max(report.fds)}, {report.fds[-1]} at last")
    print(json.dumps(asdict(report)))
    if asked.json:
        asked.json.write_text(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
