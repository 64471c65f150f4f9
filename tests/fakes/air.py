"""Devices made of air: a PulseAudio of the test's own, null sinks as speakers, their monitors as ears.

    air.house    the speaker of the room, as the client under test sees it: "house"
    air.mouth    where the household speaks: what is played on it is heard by the microphone "ear"

A null sink plays to nobody in real time; its monitor hears everything. Devices can be pulled and plugged in
again while a client runs, and `echo` makes the microphone hear the speaker, as it does in a room.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from hive_mind.client.platform.base import AudioPlatform, find_platform
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, from_pcm16, to_pcm16

HAS_PULSEAUDIO = shutil.which("pulseaudio") is not None

_START_S = 15.0


class Recording:
    """What a source delivers, with the moment at which each piece came (`time.monotonic`)."""

    def __init__(self, environment: Mapping[str, str], source: str) -> None:
        command = ["parec", "-d", source, "--latency-msec=10", "--raw", "--format=s16le"]
        self._process = subprocess.Popen(
            [*command, f"--rate={SAMPLE_RATE}", "--channels=1"], env=environment, stdout=subprocess.PIPE
        )
        self._pieces: list[tuple[float, Samples]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 65536):
            self._pieces.append((time.monotonic(), from_pcm16(data)))

    @property
    def samples(self) -> Samples:
        """All so far, at `SAMPLE_RATE`."""
        return np.concatenate([np.zeros(0, np.float32), *(piece for _, piece in list(self._pieces))])

    def last_loud(self, threshold: float = 0.01) -> float | None:
        """Moment of the newest sample above the threshold, as late as it can have been."""
        for at, piece in reversed(list(self._pieces)):
            loud = np.flatnonzero(np.abs(piece) > threshold)
            if len(loud):
                return at - (len(piece) - 1 - int(loud[-1])) / SAMPLE_RATE
        return None

    def wait_until_loud(self, within: float = 10.0, threshold: float = 0.01) -> float:
        """Wait for the first sound; how long it took, in seconds.

        Raises:
            TimeoutError: nothing sounded.
        """
        began = time.monotonic()
        while self.last_loud(threshold) is None:
            if time.monotonic() - began > within:
                raise TimeoutError(f"nothing louder than {threshold} within {within} s")
            time.sleep(0.01)
        return time.monotonic() - began

    def close(self) -> Samples:
        """Stop; returns all that was heard."""
        self._process.terminate()
        self._process.wait(5)
        self._thread.join(5)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return self.samples


class Air:
    """The audio of a machine that has no sound card.

    Args:
        folder: for the daemon's socket and state.
        rate: of the devices, in hertz.
        channels: of the devices.
    """

    house = "house"
    mouth = "mouth"
    ear = "ear"

    def __init__(self, folder: Path, *, rate: int = 48_000, channels: int = 2) -> None:
        self._runtime = folder / "pulse"
        self._runtime.mkdir(mode=0o700)
        self._shape = f"rate={rate} channels={channels}"
        runtime = str(self._runtime)
        self.changes = {"PULSE_RUNTIME_PATH": runtime, "XDG_RUNTIME_DIR": runtime, "HOME": runtime}
        """Variables that a process needs to see these devices and no others."""
        self.environment: dict[str, str] = {**os.environ, **self.changes}
        self._modules: dict[str, str] = {}
        self._listeners: list[subprocess.Popen[bytes]] = []
        self._daemon: subprocess.Popen[bytes] | None = None
        self._echo: tuple[float, int] | None = None

    def start(self) -> None:
        """Start the daemon and plug in the devices."""
        script = self._runtime / "default.pa"
        script.write_text("load-module module-native-protocol-unix auth-anonymous=1\n")
        self._daemon = subprocess.Popen(
            ["pulseaudio", "-n", "-F", str(script), "--exit-idle-time=-1", "--daemonize=no"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + _START_S
        while subprocess.run(["pactl", "info"], env=self.environment, capture_output=True).returncode:
            if time.monotonic() > end or self._daemon.poll() is not None:
                raise RuntimeError("PulseAudio did not start")
            time.sleep(0.05)
        self._plug_sink(self.mouth)
        self.plug_speaker()
        self.plug_microphone()

    def stop(self) -> None:
        """Stop the daemon, as a crash of the sound server would."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(10)
            self._daemon = None
        for listener in self._listeners:
            listener.wait(5)  # it ends with its daemon
        self._listeners.clear()

    def platform(self) -> AudioPlatform:
        """The client's own view; `changes` must be in this process's environment."""
        return find_platform()

    # Devices.

    def plug_microphone(self) -> None:
        """The microphone is there and is the default one."""
        self._load(
            self.ear, f"module-remap-source master={self.mouth}.monitor", f"source_name={self.ear}", "source"
        )
        self.pactl("set-default-source", self.ear)

    def unplug_microphone(self) -> None:
        """Somebody pulls the microphone's cable."""
        self._unload(self.ear)

    def plug_speaker(self, name: str = house) -> None:
        """The speaker is there and is the default one."""
        self._plug_sink(name)
        self.pactl("set-default-sink", name)

    def unplug_speaker(self, name: str = house) -> None:
        """Somebody pulls the speaker's cable."""
        self._unload(name)

    @contextmanager
    def stuck(self, sink: str = mouth) -> Iterator[None]:
        """The device is there and does nothing; by default the microphone."""
        self.pactl("suspend-sink", sink, "1")
        try:
            yield
        finally:
            self.pactl("suspend-sink", sink, "0")

    def echo(self, gain_db: float = -12.0, latency_ms: int = 60) -> None:
        """From now on the microphone hears the speaker, quieter and later; again changes both.

        The same again changes nothing: a room stays as it is.
        """
        if self._echo == (gain_db, latency_ms):
            return
        self._echo = (gain_db, latency_ms)
        self._unload("echo")
        self._load(
            "echo",
            "module-loopback",
            f"source={self.house}.monitor sink={self.mouth} latency_msec={latency_ms} adjust_time=0",
            None,
        )
        inputs = self.pactl("list", "short", "sink-inputs").splitlines()
        newest = max(int(line.split()[0]) for line in inputs)
        self.pactl("set-sink-input-volume", str(newest), f"{gain_db:.1f}dB")

    # Sound.

    def play(self, sound: Clip, sink: str = mouth) -> subprocess.Popen[bytes]:
        """Play on a sink, by default into the microphone; the process ends when it has sounded."""
        command = ["pacat", "--playback", "-d", sink, "--raw", "--format=s16le", "--latency-msec=40"]
        player = subprocess.Popen(
            [*command, f"--rate={sound.rate}", "--channels=1"], env=self.environment, stdin=subprocess.PIPE
        )

        def _feed() -> None:
            assert player.stdin is not None
            with player.stdin:
                player.stdin.write(to_pcm16(sound.samples))

        threading.Thread(target=_feed, daemon=True).start()
        return player

    @contextmanager
    def recording(self, source: str = f"{house}.monitor") -> Iterator[Recording]:
        """Listen to a source, by default to what the speaker plays."""
        recording = Recording(self.environment, source)
        try:
            yield recording
        finally:
            recording.close()

    def pactl(self, *words: str) -> str:
        """Any other command for the daemon; its answer."""
        done = subprocess.run(["pactl", *words], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _plug_sink(self, name: str) -> None:
        self._load(name, "module-null-sink", f"sink_name={name} {self._shape}", "sink")
        # A null sink that nobody listens to works in steps of two seconds; a sound card never does.
        listener = ["parec", "-d", f"{name}.monitor", "--latency-msec=10", "--raw"]
        self._listeners.append(
            subprocess.Popen(
                listener, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )

    def _load(self, name: str, module: str, arguments: str, kind: str | None) -> None:
        described = [] if kind is None else [f"{kind}_properties=device.description={name}"]
        self._modules[name] = self.pactl("load-module", *module.split(), *arguments.split(), *described)

    def _unload(self, name: str) -> None:
        if (module := self._modules.pop(name, None)) is not None:
            self.pactl("unload-module", module)


@contextmanager
def open_air(folder: Path, *, rate: int = 48_000, channels: int = 2) -> Iterator[Air]:
    """A machine with the speaker "house" and the microphone "ear"."""
    air = Air(folder, rate=rate, channels=channels)
    try:
        air.start()
        yield air
    finally:
        air.stop()
