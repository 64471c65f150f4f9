"""Words over an answer that the microphone hears too: are they heard, and how fast is it silent?

    ./hive bench barge_in_room [--count 20]

The whole client runs in real time over a PulseAudio of its own, in which the microphone hears the speaker. A
story is asked for after a press of the button, and a word is said over it, in the same voice. Times are taken
at the speaker: from the word's last sound, and from the moment at which the client has understood it, to the
last sound of the answer. Cancelled: the server was still generating, and stopped.
"""

import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.fakes.air import Air, open_air
from tests.fakes.waiting import eventually

from benchmarks.questions import spoken
from benchmarks.self_wake import ANSWERS, PATIENCE_S, QUESTION, ROOMS, Scene, Storyteller, scene, tell
from benchmarks.timeline import speech_end
from hive_mind.client.core.state import Turn
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE, Clip

WORDS = ("Stop !", "Attends !", "Arrête !", "Tais-toi !", "Chuuut !")
OVER_S = (0.8, 1.5, 3.0)
"""The word comes so long after the answer began to sound."""

WRITING_S = 12.0
"""The model rests so long in mid-answer: it still writes while somebody interrupts."""

LEARN_S = 6.0
"""It has told so much in a room before somebody interrupts it there."""

AGAIN_S = 1.2
LOUD = 0.01


@dataclass(frozen=True, slots=True)
class Trial:
    """One word over one answer.

    Attributes:
        word: that was said.
        after_s: so long after the answer began.
        echo_db: of the answer at the microphone.
        stopped: the answer ended because of it.
        cancelled: the server's turn ended so too.
        silent_ms: from the word's end to the last sound of the answer.
        detected_ms: from the moment at which it was understood to the last sound of the answer.
    """

    word: str
    after_s: float
    echo_db: float
    stopped: bool
    cancelled: bool
    silent_ms: float = 0.0
    detected_ms: float = 0.0


async def interrupted(
    at: Scene,
    air: Air,
    question: Clip,
    word: tuple[str, Clip],
    over_s: float,
    echo_db: float,
    *,
    most: int = 1,
) -> Trial:
    """Ask for a story, and say the word over it; `most` times, until it is silent."""
    text, sound = word
    while not at.watch.turns.empty():  # of the trial before
        at.watch.turns.get_nowait()
    at.watch.asking()
    at.button.press()
    await asyncio.sleep(0.2)
    await asyncio.to_thread(air.play(question).wait)
    await eventually(lambda: at.watch.state.turn is Turn.RESPONDING, PATIENCE_S)
    with air.recording() as heard:
        await asyncio.sleep(over_s)
        end = time.monotonic()
        for _ in range(most):
            await asyncio.to_thread(air.play(sound).wait)
            end = time.monotonic() - len(sound.samples) / SAMPLE_RATE + speech_end(sound.samples, SAMPLE_RATE)
            with suppress(TimeoutError):
                await eventually(lambda: at.watch.state.turn is not Turn.RESPONDING, AGAIN_S)
                break
        async with asyncio.timeout(PATIENCE_S):
            record = await at.watch.turns.get()
        detected = at.watch.silenced_at
        await asyncio.sleep(0.3)
        silent = heard.last_loud(LOUD) or detected
    at.button.press()  # ends what it listens for now, after "attends" or its name
    await eventually(lambda: at.watch.state.turn is Turn.IDLE, PATIENCE_S)
    stopped = record is None
    trace = at.running.house.traces.last("self-wake")
    return Trial(
        text,
        over_s,
        echo_db,
        stopped,
        stopped and trace is not None and trace.outcome == "interrupted",
        1000 * (silent - end),
        1000 * (silent - detected),
    )


async def interrupt_it(
    at: Scene,
    air: Air,
    words: Sequence[str],
    rooms: Sequence[tuple[float, int]] = ROOMS,
    over_s: Sequence[float] = OVER_S,
    *,
    most: int = 1,
) -> list[Trial]:
    """One story for each word.

    Args:
        at: a client that runs.
        air: its devices.
        words: said over the answers, in turn.
        rooms: echo in dB and delay in milliseconds, in turn.
        over_s: when, in turn.
        most: how often each word is said, until it is silent: as somebody would who is not heard.
    """
    trials: list[Trial] = []
    household = at.engines.voice
    clips = {word: Clip(spoken(household, word), SAMPLE_RATE) for word in {*words, QUESTION}}
    for number, word in enumerate(words):
        gain_db, delay_ms = rooms[number % len(rooms)]
        air.echo(gain_db, delay_ms)
        after = over_s[number // len(rooms) % len(over_s)]
        said = word, clips[word]
        try:
            trials.append(await interrupted(at, air, clips[QUESTION], said, after, gain_db, most=most))
        except TimeoutError:
            print("the question was not heard", file=sys.stderr)
            continue
        print(trials[-1], file=sys.stderr)
    return trials


async def measure(air: Air, data: Path, words: Sequence[str]) -> list[Trial]:
    """All words, to a client that is started for it.

    A room stays as it is for a while: in each it first tells a story to its end, from which it learns the way
    of its own voice to the microphone.
    """
    trials: list[Trial] = []
    model = Storyteller(ANSWERS[1:2] + ANSWERS[3:])
    async with scene(air, data, model) as at:
        question = Clip(spoken(at.engines.voice, QUESTION), SAMPLE_RATE)
        each = -(-len(words) // len(ROOMS))
        for place, room in enumerate(ROOMS):
            model.rest_s = 0.0
            await tell(air, at.watch, at.button, question, at.watch.tally.spoken_s + LEARN_S, (room,))
            model.rest_s = WRITING_S
            trials += await interrupt_it(at, air, words[place * each : (place + 1) * each], (room,))
    return trials


def report(trials: Sequence[Trial]) -> None:
    """A table and one JSON line."""
    print(
        "\n| word | stopped | word's end → silence p50 ms | understood → silence p50 ms |\n|---|---|---|---|"
    )
    for word in WORDS:
        mine = [t for t in trials if t.word == word]
        stops = [t for t in mine if t.stopped]
        if stops:
            p50 = [
                round(float(np.median([getattr(t, n) for t in stops]))) for n in ("silent_ms", "detected_ms")
            ]
            print(f"| {word} | {len(stops)} of {len(mine)} | {p50[0]} | {p50[1]} |")
        elif mine:
            print(f"| {word} | 0 of {len(mine)} | | |")
    stops = [t for t in trials if t.stopped]
    result = {
        "machine": platform.machine(),
        "n": len(trials),
        "stopped": len(stops),
        "cancelled": sum(t.cancelled for t in stops),
    }
    for name in ("silent_ms", "detected_ms") if stops else ():
        values = [getattr(t, name) for t in stops]
        result |= {f"{name}_p{q}": round(float(np.percentile(values, q))) for q in (50, 95)}
    print("\n" + json.dumps(result))


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=20, help="words that must stop the answer")
    parser.add_argument("--data", type=Path, default=None, help="data folder that holds the models")
    options = parser.parse_args()
    words = [WORDS[number % len(WORDS)] for number in range(options.count)]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "models").symlink_to(models_dir(data_dir(options.data)))
        with open_air(data) as air:
            os.environ.update(air.changes)
            report(asyncio.run(measure(air, data, words)))


if __name__ == "__main__":
    main()
