"""From the end of a spoken question to the first sound of the answer: ours beside the usual sequential loop.

    ./hive bench voice_loop [--count 30] [--llm qwen2.5-coder-0.5b] [--voice ID] [--recordings DIR]

Both loops take the same questions, one after the other in the same run, from the same engines and the same
server. Times go from the end of speech in the recording to the first audible sample: leading silence counts.
A start that is followed by a stall longer than 250 ms does not count as a start.
"""

import asyncio
import json
import os
import platform
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.naive import NaiveLoop, WholeKokoro
from benchmarks.questions import Question, recorded, speakers, synthesised
from benchmarks.timeline import Timeline, speech_end
from hive_mind.cli.server_process import ServerProcess, free_port
from hive_mind.client.app import Client, open_client
from hive_mind.client.config import load_config
from hive_mind.client.core.clock import Clock, SystemClock
from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import load_engines
from hive_mind.commands.state import CommandState
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.playout import NullSink

PATIENCE_S = 90.0
"""Without an answer for so long, a question counts as lost, with this as its time."""

IDLE_S = 1.5
"""Rest between two questions, as in a room: what is done at idle gets its chance."""


class RecordingSink(NullSink):
    """Keeps what was played and when it was ready."""

    def __init__(self, rate: int, clock: Clock) -> None:
        self.timeline = Timeline()
        self._now = clock.now
        super().__init__(rate, clock)

    def begin(self) -> None:
        self.timeline = Timeline()
        super().begin()

    def _record(self, samples: Samples, late_s: float) -> None:  # noqa: ARG002
        self.timeline.add(self._now(), samples, self.rate)


class Room:
    """A microphone in a room that is silent until somebody speaks: one unbroken stream, in real time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.now()
        self._said = np.zeros(0, np.float32)
        self._position = 0

    def speak(self, samples: Samples) -> float:
        """Say this from the next frame on; returns the moment at which its speech ends."""
        self._said = samples
        return self.time_of(self._position + int(speech_end(samples, SAMPLE_RATE) * SAMPLE_RATE))

    async def frames(self) -> AsyncIterator[Samples]:
        self._start = self._clock.now()
        while True:
            await self._clock.sleep(self.time_of(self._position + FRAME_SAMPLES) - self._clock.now())
            frame = np.zeros(FRAME_SAMPLES, np.float32)
            said, self._said = self._said[:FRAME_SAMPLES], self._said[FRAME_SAMPLES:]
            frame[: len(said)] = said
            self._position += FRAME_SAMPLES
            yield frame

    def time_of(self, sample: int) -> float:
        return self._start + sample / SAMPLE_RATE

    @property
    def own(self) -> float:
        return 0.0


async def ask_ours(
    room: Room, turns: asyncio.Queue[TurnRecord], sink: RecordingSink, question: Question
) -> dict[str, Any]:
    """One question through the client, in real time."""
    end = room.speak(question.samples)
    try:
        async with asyncio.timeout(PATIENCE_S):
            record = await turns.get()
    except TimeoutError:
        return {"first": PATIENCE_S, "start": PATIENCE_S, "stages": {}, "route": "lost", "transcript": ""}
    return {
        "first": sink.timeline.first_audible() - end,
        "start": sink.timeline.lasting_start() - end,
        "stages": record.timings_ms | {f"at_{name}": ms for name, ms in record.timeline_ms.items()},
        "route": record.route,
        "transcript": record.transcript,
    }


async def forget_timers(client: Client) -> None:
    """Let none of them ring into a later question."""
    keeper = client.parts.keeper
    await keeper.accept(CommandState(version=keeper.state.version))


async def ask_naive(naive: NaiveLoop, question: Question) -> dict[str, Any]:
    """The same question through the usual loop."""
    timeline, stages = await naive.ask(question.samples, speech_end(question.samples, SAMPLE_RATE))
    return {"first": timeline.first_audible(), "start": timeline.lasting_start(), "stages": stages}


def when(stages: dict[str, float]) -> str:
    """The way of one answer in milliseconds from the end of the question."""
    names = ("sent", "first_chunk", "first_clause", "first_audio", "committed")
    return ", ".join(f"{name} {stages[f'at_{name}']:.0f}" for name in names if f"at_{name}" in stages)


def summary(rows: list[dict[str, Any]], key: str = "start") -> dict[str, float]:
    """p50, p95 and mean in seconds."""
    values = np.array([row[key] for row in rows])
    return {
        "n": float(len(values)),
        "p50": round(float(np.percentile(values, 50)), 3),
        "p95": round(float(np.percentile(values, 95)), 3),
    }


def stage_medians(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Median of each stage, in milliseconds."""
    stages = defaultdict(list)
    for row in rows:
        for name, value in row["stages"].items():
            stages[name].append(value)
    return {name: round(float(np.median(values))) for name, values in stages.items()}


async def run(options: Namespace) -> dict[str, Any]:
    store = models_dir(data_dir(options.data))
    with tempfile.TemporaryDirectory() as folder:
        voices = speakers(store, Path(folder))
        questions = [q for kind in options.kinds for q in synthesised(kind, options.count, voices)]
    if options.recordings:
        questions += [q for q in recorded(options.recordings) if q.kind in options.kinds]
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "models").symlink_to(store)
        os.environ["HIVE_MIND_LLM_MODEL"] = options.llm
        server = ServerProcess("127.0.0.1", free_port(), data)
        try:
            await server.ready()
            config = load_config(data=data, server=server.url, voice=options.voice)
            engines = await asyncio.to_thread(load_engines, config)
            naive = NaiveLoop(store, server.url, WholeKokoro(store))
            clock = SystemClock()
            sink = RecordingSink(engines.voice.capabilities.rate, clock)
            room = Room(clock)
            turns: asyncio.Queue[TurnRecord] = asyncio.Queue(8)
            taking = TurnTaking(barge_in="words", answer_silence=True)  # the room hears no echo
            async with open_client(
                config, engines, sink, clock=clock, taking=taking, on_turn=turns.put_nowait
            ) as client:
                await client.link.first_contact()
                listening = asyncio.ensure_future(client.loop.run(room))
                await asyncio.sleep(options.warm_up)
                for number, question in enumerate(questions):
                    await asyncio.sleep(IDLE_S)
                    ours = await ask_ours(room, turns, sink, question)
                    await forget_timers(client)
                    await asyncio.sleep(IDLE_S)
                    usual = await ask_naive(naive, question)
                    rows["ours", question.kind].append(ours)
                    rows["naive", question.kind].append(usual)
                    print(
                        f"{number + 1}/{len(questions)} {question.kind} {question.source}:"
                        f" ours {ours['start']:.2f} s ({ours['route']}), naive {usual['start']:.2f} s"
                        f"  « {ours['transcript']} »  {when(ours['stages'])}",
                        file=sys.stderr,
                    )
                listening.cancel()
        finally:
            await server.stop()
    return report(options, rows, engines.voice.capabilities.name)


def report(
    options: Namespace, rows: dict[tuple[str, str], list[dict[str, Any]]], voice: str
) -> dict[str, Any]:
    """Tables on stdout, and the same as one object."""
    result: dict[str, Any] = {
        "llm": options.llm,
        "voice": voice,
        "machine": platform.machine(),
    }
    print(f"\nEnd of question to first audible sample, seconds. LLM {options.llm}, voice {voice}.\n")
    print("| question | loop | n | p50 | p95 | first sound p50 | stalled starts |")
    print("|---|---|---|---|---|---|---|")
    for kind in sorted({kind for _, kind in rows}):
        ours, usual = rows["ours", kind], rows["naive", kind]
        right = [row for row in ours if row["route"] == {"command": "command", "open": "llm"}[kind]]
        for loop, found in (("ours", ours), ("ours, heard right", right), ("naive", usual)):
            if not found:
                continue
            lasting, first = summary(found), summary(found, "first")
            stalled = int(sum(row["start"] > row["first"] + 0.001 for row in found))
            print(
                f"| {kind} | {loop} | {lasting['n']:.0f} | {lasting['p50']} | {lasting['p95']}"
                f" | {first['p50']} | {stalled} |"
            )
            result[f"{kind}_{loop.replace(', ', '_').replace(' ', '_')}"] = lasting | {
                "first_p50": first["p50"],
                "stalled": stalled,
            }
        ratio = round(summary(ours)["p50"] / summary(usual)["p50"], 3)
        misrouted = len(ours) - len(right)
        print(f"| {kind} | ours / naive (p50) | | **{ratio}** | | | {misrouted} taken for the other kind |")
        result[f"{kind}_ratio"] = ratio
        result[f"{kind}_misrouted"] = misrouted
    print("\nMedian of each stage, ms:")
    for (loop, kind), found in rows.items():
        medians = stage_medians(found)
        print(f"- {loop}, {kind}: " + ", ".join(f"{name} {ms:.0f}" for name, ms in medians.items()))
        result[f"{kind}_{loop}_stages_ms"] = medians
    return result


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=30, help="questions of each kind")
    parser.add_argument("--kinds", nargs="+", choices=("command", "open"), default=("command", "open"))
    parser.add_argument("--llm", default="qwen2.5-coder-0.5b", help="language model, by catalogue id")
    parser.add_argument("--voice", default=None, help="our voice, such as piper:piper-en-joe-medium")
    parser.add_argument("--recordings", type=Path, default=None, help="folder with real recordings to add")
    parser.add_argument("--data", type=Path, default=None, help="data folder that holds the models")
    parser.add_argument("--warm-up", type=float, default=20.0, help="seconds of idling before it begins")
    result = asyncio.run(run(parser.parse_args()))
    print("\n" + json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
