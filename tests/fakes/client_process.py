"""A real client process without ears and voice: `python -m tests.fakes.client_process FOLDER [ORDER ...]`.

It carries out the orders, prints "ready", and a line "ring <seconds since 1970> <what rings, by name>" each
time the speaker begins to sound.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hive_mind.client.app import open_client
from hive_mind.client.config import load_config
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.timers import Timekeeper
from hive_mind.client.engines import Engines
from hive_mind.commands.interpret import Rung, ring_text
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.playout import NullSink
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.understanding.grammar import Grammar
from tests.fakes.scripted_microphone import LoudnessVad
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice


class ShortVoice(ToneVoice):
    """Says everything in a tenth of a second: what rings next need not wait for what rings now."""

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        yield np.full(self.capabilities.rate // 10, 0.3, np.float32)


class TellingSink(NullSink):
    """Tells when it begins to sound, and what rings then."""

    keeper: Timekeeper | None = None

    def begin(self) -> None:
        super().begin()
        if self.keeper is not None:
            rung: tuple[Rung, ...] = self.keeper.ringing
            tell(f"ring {time.time():.3f} {ring_text(rung, SystemClock().today())}")


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(folder: Path, orders: list[str]) -> None:
    grammar = Grammar.load()
    voice = ShortVoice()
    sink = TellingSink(voice.capabilities.rate, SystemClock())
    config = load_config(server="ws://127.0.0.1:9/ws", data=folder, client_id="salon")
    engines = Engines(LoudnessVad(), ScriptedStt(""), CachedVoice(voice), grammar)
    async with open_client(config, engines, sink) as client:
        sink.keeper = keeper = client.parts.keeper
        for order in orders:
            match = grammar.match(order)
            assert match is not None, order
            await keeper.accept(keeper.interpret(match, SystemClock().today()).state)
        tell("ready")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
