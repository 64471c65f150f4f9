"""A room with a real client in it: devices made of air, a real server, real models, real time.

Its household speaks with the voices of Kokoro: the wake word as an English speaker says it, the rest in
French, without a pause between the two.
"""

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
from benchmarks.one_breath import Speaker

from hive_mind.cli.server_process import ServerProcess, free_port
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples
from hive_mind.speech.stt.factory import make_stt
from tests.fakes.air import Air, Recording

SOURCES = Path(__file__).parents[2] / "src"

NAME, NAMED_BY = "hey jarvis", "bf_emma"
FRENCH = "ff_siwis"
QUIET_S = 1.2
"""A pause in what it says is shorter than this."""

_TURN = re.compile(r"^« (?P<heard>.*) »\n(?P<answer>[^«]*)", re.MULTILINE)


class Household:
    """Says things.

    Args:
        models: folder of the model store.
        name: the wake word that they call.
        named_by: the voice that says it; the rest is said by a French one.
    """

    def __init__(self, models: Path, name: str = NAME, named_by: str = NAMED_BY) -> None:
        self._speaker = Speaker(models / "kokoro-82m-int8", models / "kokoro-voices")
        self._name, self._named_by = name, named_by
        self._said: dict[tuple[str, bool], Clip] = {}

    def say(self, text: str, *, call: bool = False) -> Clip:
        """A French text; with the name before it in the same breath, if it calls."""
        if (text, call) not in self._said:
            french = self._speaker.say("", text, FRENCH)
            sound: Samples = french.samples[french.begin : -SAMPLE_RATE // 2]
            if call:
                name = self._speaker.say(self._name, "", self._named_by)
                sound = np.concatenate([name.samples[SAMPLE_RATE // 2 : name.end], sound])
            self._said[text, call] = Clip(sound, SAMPLE_RATE)
        return self._said[text, call]


class Room:
    """A client that runs, and whoever stands before it.

    Args:
        air: the devices.
        data: data folder with the models.
        household: speaks.
    """

    def __init__(self, air: Air, data: Path, household: Household) -> None:
        self.air = air
        self.data = data
        self._household = household
        self._stt = make_stt(data / "models" / "whisper-base")
        self._port = free_port()
        self._out = data / "client.out"
        self._err = data / "client.err"
        self._server: ServerProcess | None = None
        self._client: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the server."""
        return f"ws://127.0.0.1:{self._port}/ws"

    @property
    def client_pid(self) -> int:
        """Of the client that runs."""
        assert self._client is not None
        return self._client.pid

    @property
    def turns(self) -> list[tuple[str, str]]:
        """What it heard and what it answered, so far."""
        told = _TURN.finditer(self._out.read_text("utf-8"))
        return [(turn["heard"], turn["answer"].strip()) for turn in told]

    # What runs.

    def start_server(self) -> None:
        """Start it, or start it again at the same address."""
        self._server = ServerProcess("127.0.0.1", self._port, self.data, self.data / "server.log")
        asyncio.run(self._server.ready())

    def kill_server(self) -> None:
        """kill -9."""
        (process,) = (p for p in psutil.Process().children() if str(self._port) in p.cmdline())
        for child in (*process.children(recursive=True), process):
            child.kill()
        assert self._server is not None
        asyncio.run(self._server.crashed())

    def start_client(self, ready: str = "Server: connected.", **more: str) -> None:
        """Start it, with `more` settings, and wait until it says that it is ready."""
        settings = {"SERVER": self.url, "SCREEN": "none", "LOG_LEVEL": "info", "CLIENT_ID": "salon", **more}
        environment = {
            **self.air.environment,
            "PYTHONPATH": str(SOURCES),
            "HIVE_MIND_DATA": str(self.data),
            **{f"HIVE_MIND_CLIENT_{name}": value for name, value in settings.items()},
        }
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._client = subprocess.Popen(
                [sys.executable, "-m", "hive_mind", "client"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        self.wait_for(ready)

    def told(self, line: str) -> int:
        """How often the client has told this on stderr."""
        return self._err.read_text("utf-8").count(line)

    def wait_for(self, line: str, times: int = 1, within: float = 60.0) -> None:
        """Wait until it was told so often."""
        end = time.monotonic() + within
        while self.told(line) < times:
            assert self._client is not None and self._client.poll() is None, self._err.read_text("utf-8")
            assert time.monotonic() < end, f"{line!r} was not told: {self._err.read_text('utf-8')}"
            time.sleep(0.05)

    def stop(self) -> None:
        """End both."""
        if self._client is not None:
            self._client.terminate()
            self._client.wait(20)
        if self._server is not None:
            asyncio.run(self._server.stop())

    # What is said.

    def say(self, text: str, *, call: bool = False) -> float:
        """Say it to the end; the moment at which its last sound was there."""
        clip = self._household.say(text, call=call)
        self.air.play(clip).wait()
        loud = np.flatnonzero(np.abs(clip.samples) > 0.02)
        return time.monotonic() - (len(clip.samples) - int(loud[-1])) / SAMPLE_RATE

    def ask(self, text: str, *, call: bool = True, within: float = 60.0, again_s: float | None = None) -> str:
        """Say it, and listen until it was answered; the words that were heard from the speaker.

        Args:
            text: what to say.
            call: by its name.
            within: seconds until it must be answered.
            again_s: seconds without an answer after which it is said again.
        """
        before, end = len(self.turns), time.monotonic() + within
        with self.air.recording() as heard:
            said = self.say(text, call=call)
            while len(self.turns) == before:
                assert time.monotonic() < end, f"{text!r} was not answered"
                if again_s is not None and time.monotonic() - said > again_s:
                    said = self.say(text, call=call)
                time.sleep(0.05)
            time.sleep(0.3)
            return self.transcribe(heard)

    def transcribe(self, heard: Recording) -> str:
        """The words in a recording of the speaker."""
        samples = heard.samples
        loud = np.flatnonzero(np.abs(samples) > 0.01)
        begin = max(0, int(loud[0]) - SAMPLE_RATE // 4) if len(loud) else 0
        return self._stt.transcribe(samples[begin : begin + 28 * SAMPLE_RATE]).text


def wait_until_quiet(heard: Recording, within: float = 40.0) -> float:
    """Wait until nothing has sounded for a while; the moment of the last sound."""
    end = time.monotonic() + within
    while (last := heard.last_loud()) is None or time.monotonic() - last < QUIET_S:
        assert time.monotonic() < end, "it does not stop speaking"
        time.sleep(0.05)
    return last
