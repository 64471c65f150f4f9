"""How fast an answer falls silent when somebody says "stop" over it, in real time through the whole client.

    ./hive bench barge_in [--count 12] [--llm qwen2.5-coder-0.5b] [--voice ID]

A question is asked aloud, and over its spoken answer comes a word: "Stop !", "Attends !", or something that
must not stop it ("Hum, hum."). The room hears no echo, as behind an echo canceller; the sink keeps exact time
and plays nothing, so that what a sound card adds is not in it. Times go from the word's first and last
audible sample.
"""

import asyncio
import json
import os
import platform
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.questions import OPEN, speakers, spoken
from benchmarks.timeline import speech_end
from benchmarks.voice_loop import PATIENCE_S, Room
from hive_mind.cli.server_process import ServerProcess, free_port
from hive_mind.cli.trace import fetch_trace
from hive_mind.client.app import Client, open_client
from hive_mind.client.config import load_config
from hive_mind.client.core.clock import Clock, SystemClock
from hive_mind.client.core.door import TurnTaking
from hive_mind.client.engines import load_engines
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.playout import NullSink

WORDS = ("Stop !", "Arrête !", "Tais-toi !", "Attends !", "Stop, stop !", "C'est bon !")
NO_WORDS = ("Hum, hum.", "Passe-moi le sel.")
PAUSE_S = 2.5
"""Rest after the word, in which the answer must have fallen silent."""

OVER_S = 0.7
"""The word comes so long after the answer began to sound."""


class TimedSink(NullSink):
    """Notes when it was lowered and when it was silenced."""

    def __init__(self, rate: int, clock: Clock) -> None:
        self._now = clock.now
        self.ducked_at: float | None = None
        self.silent_at: float | None = None
        self.sounding = asyncio.Event()
        super().__init__(rate, clock)

    def begin(self) -> None:
        super().begin()
        self.ducked_at = self.silent_at = None

    @property
    def ends_at(self) -> float:
        """When what was written so far has sounded."""
        return self._end or 0.0

    def _record(self, samples: Samples, late_s: float) -> None:  # noqa: ARG002
        self.sounding.set()

    def duck(self, gain: float) -> None:
        super().duck(gain)
        if gain < 1.0 and self.ducked_at is None:
            self.ducked_at = self._now()

    def interrupt(self) -> float:
        if self.silent_at is None:
            self.silent_at = self._now()
        return super().interrupt()


@dataclass(frozen=True)
class Trial:
    """One word over one answer, in milliseconds; None for what did not happen."""

    word: str
    low_ms: float | None
    silent_ms: float | None
    outcome: str


def speech_start(samples: Samples) -> float:
    """Second at which a recording's speech begins: its first 10 ms block within 30 dB of its loudest one."""
    return len(samples) / SAMPLE_RATE - speech_end(samples[::-1], SAMPLE_RATE)


async def trial(
    client: Client, room: Room, sink: TimedSink, question: Samples, word: tuple[str, Samples], url: str
) -> Trial | None:
    """Ask, and speak over the answer; None when it was over before the word was."""
    text, samples = word
    sink.sounding.clear()
    room.speak(question)
    async with asyncio.timeout(PATIENCE_S):
        await sink.sounding.wait()
    await asyncio.sleep(OVER_S)
    end = room.speak(samples)
    start = end - speech_end(samples, SAMPLE_RATE) + speech_start(samples)
    await asyncio.sleep(end - client.parts.clock.now())
    if sink.silent_at is None and sink.ends_at < end:
        await asyncio.sleep(PAUSE_S)
        client.loop.interrupt()
        return None
    await asyncio.sleep(PAUSE_S)
    low, silent = sink.ducked_at, sink.silent_at
    client.loop.interrupt()
    await asyncio.sleep(1.0)
    trace = await asyncio.to_thread(fetch_trace, url, "LAST")
    return Trial(
        text,
        None if low is None else 1000 * (low - start),
        None if silent is None else 1000 * (silent - end),
        str(trace["outcome"]),
    )


async def run(options: Namespace) -> dict[str, Any]:
    store = models_dir(data_dir(options.data))
    with tempfile.TemporaryDirectory() as folder:
        voices = list(speakers(store, Path(folder)).values())
        questions = [spoken(voices[0], text) for text in OPEN]
        texts = [WORDS[i % len(WORDS)] for i in range(options.count)]
        texts += [NO_WORDS[i % len(NO_WORDS)] for i in range(options.count // 3)]
        words = [(text, spoken(voices[i % len(voices)], text)) for i, text in enumerate(texts)]
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "models").symlink_to(store)
        os.environ["HIVE_MIND_LLM_MODEL"] = options.llm
        server = ServerProcess("127.0.0.1", free_port(), data)
        try:
            await server.ready()
            config = load_config(data=data, server=server.url, voice=options.voice)
            engines = await asyncio.to_thread(load_engines, config)
            clock = SystemClock()
            sink = TimedSink(engines.voice.capabilities.rate, clock)
            room = Room(clock)
            taking = TurnTaking(barge_in="words")
            async with open_client(config, engines, sink, clock=clock, taking=taking) as client:
                await client.link.first_contact()
                listening = asyncio.ensure_future(client.loop.run(room))
                await asyncio.sleep(options.warm_up)
                for number, word in enumerate(words):
                    question = questions[number % len(questions)]
                    done = await trial(client, room, sink, question, word, server.url)
                    print(done or "the answer was too short to be interrupted", file=sys.stderr)
                    if done is not None:
                        trials.append(done)
                listening.cancel()
        finally:
            await server.stop()
    return report(options, trials, engines.voice.capabilities.name)


def report(options: Namespace, trials: list[Trial], voice: str) -> dict[str, Any]:
    """A table on stdout, and the same as one object."""
    stops = [t for t in trials if t.word in WORDS]
    others = [t for t in trials if t.word in NO_WORDS]
    silenced = [t.silent_ms for t in stops if t.silent_ms is not None]
    lowered = [t.low_ms for t in stops if t.low_ms is not None]
    result: dict[str, Any] = {
        "llm": options.llm,
        "voice": voice,
        "machine": platform.machine(),
        "n": len(stops),
        "silenced": len(silenced),
        "cancelled": sum(t.outcome == "interrupted" for t in stops if t.silent_ms is not None),
        "false_stops": sum(t.silent_ms is not None for t in others),
        "others": len(others),
    }
    print(f"\nSpeech over an answer; LLM {options.llm}, voice {voice}.\n")
    print("| from | to | n | p50 ms | p95 ms |\n|---|---|---|---|---|")
    for name, values, ends in (
        ("low", lowered, "start of the word | answer said low"),
        ("silent", silenced, "end of the word | silence"),
    ):
        if values:
            p50, p95 = (round(float(np.percentile(values, q))) for q in (50, 95))
            print(f"| {ends} | {len(values)} | {p50} | {p95} |")
            result[f"{name}_p50_ms"], result[f"{name}_p95_ms"] = p50, p95
    print(
        f"\nSilenced {len(silenced)} of {len(stops)}; the server was still generating in"
        f" {result['cancelled']} of them, and stopped;"
        f" false stops {result['false_stops']} of {len(others)}."
    )
    return result


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=12, help="words that must stop the answer")
    parser.add_argument("--llm", default="qwen2.5-coder-0.5b", help="language model, by catalogue id")
    parser.add_argument("--voice", default=None, help="our voice, such as espeak:fr")
    parser.add_argument("--data", type=Path, default=None, help="data folder that holds the models")
    parser.add_argument("--warm-up", type=float, default=15.0, help="seconds of idling before it begins")
    result = asyncio.run(run(parser.parse_args()))
    print("\n" + json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
