"""How often a client wakes, lowers its voice or stops because of what it says itself.

    ./hive bench self_wake [--minutes 10] [--no-canceller]

The whole client runs in real time over a PulseAudio of its own, in which the microphone hears the speaker as
in a room; nobody else speaks but to ask the next question, after a press of the button. The answers are long,
and name the client, its wake word and the words that silence it. Full volume; the echo is as loud as the room
says, relative to what is played.

Wakes: its name was heard and verified. Candidates: the first detector alone. Lowered: its own voice was taken
for somebody's over the answer. Stopped: an answer ended so. Turns: what it answered without being asked.
"""

import asyncio
import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from itertools import cycle
from pathlib import Path

from tests.fakes.air import Air, open_air
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.waiting import eventually

from benchmarks.questions import spoken
from hive_mind.client.config import load_config
from hive_mind.client.core.button import Button
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.echo.base import EchoCanceller, NoEcho
from hive_mind.client.core.state import ClientState, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines, load_engines
from hive_mind.client.microphone import open_devices, run_client, turn_taking
from hive_mind.paths import data_dir, models_dir
from hive_mind.server.core.llm.engine import Chat, Form
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples
from hive_mind.speech.engines import Wake, WakeWordVerifier

ANSWERS = (
    "Je m'appelle Jarvis. Pour me parler, on dit hey Jarvis, puis la question, et je réponds aussitôt. "
    "Hey Jarvis, c'est aussi le nom du majordome d'un héros de bande dessinée, qui répond à tout.",
    "Un trou noir est une région de l'espace où la gravité est si forte que rien ne peut en sortir, pas même "
    "la lumière. Le plus proche est à mille six cents années-lumière, dans une constellation du sud.",
    "Pour me faire taire, on dit stop, arrête ou tais-toi. Attends me fait taire aussi, et alors j'écoute. "
    "Stop ! Voilà, c'est tout ce qu'il faut. Chut marche également, quand il est dit assez fort.",
    "La Joconde a été peinte par Léonard de Vinci au début du seizième siècle. On la voit à Paris, au musée "
    "du Louvre, derrière une vitre épaisse, et des millions de visiteurs viennent chaque année.",
    "Napoléon est né en Corse en dix-sept cent soixante-neuf. Empereur, il a gagné à Austerlitz, "
    "perdu à Waterloo, et il est mort sur une île lointaine, au milieu de l'Atlantique.",
    "Pour une omelette, bats trois œufs avec du sel et du poivre, fais fondre du beurre dans une poêle bien "
    "chaude, verse les œufs, attends une minute, plie l'omelette en deux et sers-la encore baveuse.",
    "Les hérissons mangent des insectes, des vers, des limaces et parfois des fruits tombés. Ils dorment "
    "tout l'hiver sous un tas de feuilles, et sortent au printemps, surtout la nuit.",
    "Deux poissons discutent dans la mer. Le premier demande : quelle heure est-il ? Le second répond : je "
    "ne sais pas, ma montre prend l'eau. Alexa, elle, n'a pas ri. Jarvis non plus, d'ailleurs.",
)
QUESTION = "Raconte-moi quelque chose."
ROOMS = ((-12.0, 60), (0.0, 120), (-6.0, 30))
"""Echo at the microphone in dB, and its delay in milliseconds."""

PATIENCE_S = 40.0
REST_S = 1.0
STOPPED_S = 0.3
FIRST_WORDS = 24


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened while it spoke, and after it.

    Attributes:
        spoken_s: seconds in which it spoke.
        asked: questions that somebody did ask.
    """

    spoken_s: float = 0.0
    asked: int = 0
    candidates: int = 0
    wakes: int = 0
    lowered: int = 0
    stopped: int = 0
    turns: int = 0


class Storyteller(ScriptedModel):
    """Answers every question with the next of its stories.

    Args:
        stories: told in turn.
        rest_s: seconds for which it stops writing after `FIRST_WORDS`, while those are said.
    """

    def __init__(self, stories: Sequence[str], *, rest_s: float = 0.0) -> None:
        super().__init__()
        self._stories = cycle(stories)
        self.rest_s = rest_s

    async def generate(
        self, chat: Chat, so_far: str = "", form: Form | None = None
    ) -> AsyncGenerator[str, None]:
        question = chat[-1].content
        if form is None and not so_far:  # one that was paused goes on with the same story
            self.answers[question] = [f"{word} " for word in next(self._stories).split()]
        words = len(so_far.split())
        async for piece in super().generate(chat, so_far, form):
            if form is None and words == FIRST_WORDS:
                await asyncio.sleep(self.rest_s)
            yield piece
            words += 1


class Watch:
    """Counts. Also the second look at a wake word, which it leaves to the real one.

    Args:
        verifier: the real one.
    """

    def __init__(self, verifier: WakeWordVerifier) -> None:
        self.tally = Tally()
        self.turns: asyncio.Queue[TurnRecord | None] = asyncio.Queue(8)
        """Each turn as it ended; None for an answer that was stopped."""
        self.state = ClientState()
        self._verifier = verifier
        self._clock = SystemClock()
        self._since = 0.0
        self.silenced_at = 0.0
        """When it last decided to speak no more (`time.monotonic`)."""
        self._asked = False
        self._stopped: asyncio.TimerHandle | None = None

    def verify(self, wake: Wake, samples: Samples) -> bool:
        """Called in the recogniser's thread."""
        accepted = self._verifier.verify(wake, samples)
        self._add(candidates=1, wakes=int(accepted))
        return accepted

    def asking(self) -> None:
        """Somebody asks now: the next turn is theirs."""
        self._asked = True
        self._add(asked=1)

    def on_turn(self, record: TurnRecord) -> None:
        if self._stopped is not None:
            self._stopped.cancel()
        self._add(turns=int(not self._asked))
        self._asked = False
        self.turns.put_nowait(record)

    def on_change(self, state: ClientState) -> None:
        before, self.state, now = self.state, state, self._clock.now()
        self._add(lowered=int(state.doubted and not before.doubted))
        if before.turn is Turn.RESPONDING:
            self._add(spoken_s=now - self._since)
            if self.state.turn is not Turn.RESPONDING:
                self.silenced_at = now
                loop = asyncio.get_running_loop()
                self._stopped = loop.call_later(STOPPED_S, self._was_stopped)
        self._since = now

    def _was_stopped(self) -> None:
        """An answer has ended, and no turn with it."""
        self._add(stopped=1)
        self._asked = False
        self.turns.put_nowait(None)

    def _add(self, **more: float) -> None:
        counted = asdict(self.tally)
        self.tally = replace(self.tally, **{name: counted[name] + count for name, count in more.items()})


@dataclass(frozen=True)
class Scene:
    """A client that runs, its server, and who watches it."""

    watch: Watch
    button: Button
    engines: Engines
    running: Running


@asynccontextmanager
async def scene(
    air: Air, data: Path, model: ScriptedModel, *, canceller: EchoCanceller | None = None
) -> AsyncIterator[Scene]:
    """A client on the air's devices while in this context.

    Args:
        air: its devices; `air.changes` must be in this process's environment.
        data: folder with the models.
        model: what the server says.
        canceller: by default the client's own.
    """
    async with running_server(data, model) as running:
        config = load_config(data=data, server=running.ws, screen="none", client_id="self-wake")
        engines = await asyncio.to_thread(load_engines, config)
        if engines.wake_verifier is None:
            raise RuntimeError("no wake word here: ./hive models pull openwakeword")
        watch = Watch(engines.wake_verifier)
        engines = replace(engines, wake_verifier=watch)
        rate = engines.voice.capabilities.rate
        devices = open_devices(air.platform(), config, rate, canceller=canceller)
        button = Button()
        client = asyncio.ensure_future(
            run_client(
                config,
                engines,
                devices,
                turn_taking(config, engines, has_button=True),
                button=button,
                on_turn=watch.on_turn,
                on_change=watch.on_change,
            )
        )
        try:
            yield Scene(watch, button, engines, running)
            if client.done():
                client.result()
        finally:
            client.cancel()
            await asyncio.wait([client])


async def talk_to_itself(
    air: Air,
    data: Path,
    seconds: float,
    rooms: Sequence[tuple[float, int]] = ROOMS,
    stories: Sequence[str] = ANSWERS,
    *,
    canceller: EchoCanceller | None = None,
) -> Tally:
    """Let a client tell stories until it has spoken for so long.

    Args:
        air: its devices; `air.changes` must be in this process's environment.
        data: folder with the models.
        seconds: altogether, shared among the rooms.
        rooms: echo in dB and delay in milliseconds.
        stories: told in turn.
        canceller: by default the client's own.
    """
    async with scene(air, data, Storyteller(stories), canceller=canceller) as at:
        question = Clip(spoken(at.engines.voice, QUESTION), SAMPLE_RATE)
        await tell(air, at.watch, at.button, question, seconds, rooms)
    return at.watch.tally


async def tell(
    air: Air,
    watch: Watch,
    button: Button,
    question: Clip,
    seconds: float,
    rooms: Sequence[tuple[float, int]],
) -> None:
    await asyncio.sleep(2)
    for place, (gain_db, delay_ms) in enumerate(rooms, start=1):
        air.echo(gain_db, delay_ms)
        while watch.tally.spoken_s < seconds * place / len(rooms):
            watch.asking()
            button.press()
            await asyncio.sleep(0.2)
            saying = air.play(question)
            await asyncio.to_thread(saying.wait)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    record = await watch.turns.get()
            except TimeoutError:
                print("the question was not heard", file=sys.stderr)
                continue
            await eventually(lambda: watch.state.turn is Turn.IDLE, PATIENCE_S)
            await asyncio.sleep(REST_S)
            told = "stopped" if record is None else f"« {record.transcript} » {record.answer[:40]}…"
            print(f"{gain_db:+.0f} dB, {delay_ms} ms  {told}  {watch.tally}", file=sys.stderr)


def report(tally: Tally) -> None:
    """A table and one JSON line."""
    print("\n| spoken | asked | candidates | wakes | lowered | stopped | turns of its own |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {tally.spoken_s / 60:.1f} min | {tally.asked} | {tally.candidates} | {tally.wakes}"
        f" | {tally.lowered} | {tally.stopped} | {tally.turns} |"
    )
    print("\n" + json.dumps(asdict(tally)))


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10.0, help="of speech of its own")
    parser.add_argument("--data", type=Path, default=None, help="data folder that holds the models")
    parser.add_argument(
        "--no-canceller", action="store_true", help="without the canceller, to see that the room does echo"
    )
    options = parser.parse_args()
    canceller = NoEcho() if options.no_canceller else None
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "models").symlink_to(models_dir(data_dir(options.data)))
        with open_air(data) as air:
            os.environ.update(air.changes)
            report(asyncio.run(talk_to_itself(air, data, 60 * options.minutes, canceller=canceller)))


if __name__ == "__main__":
    main()
