"""A client with the devices of its machine."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import numpy as np
import structlog

from hive_mind.client.app import Client, open_client
from hive_mind.client.config import ClientConfig
from hive_mind.client.core.button import Button
from hive_mind.client.core.clock import Clock, SystemClock
from hive_mind.client.core.door import BargeIn, TurnTaking
from hive_mind.client.core.echo.base import EchoCanceller, NoEcho
from hive_mind.client.core.echo.canceller import AdaptiveCanceller
from hive_mind.client.core.echo.guard import EchoGuard
from hive_mind.client.core.echo.memory import FILE_NAME, RoomFile
from hive_mind.client.core.levels import check_level
from hive_mind.client.core.powering import Powering
from hive_mind.client.core.source import MicrophoneSource
from hive_mind.client.core.speaker import SpeakerSink
from hive_mind.client.core.state import ClientState, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines
from hive_mind.client.platform.base import AudioPlatform
from hive_mind.client.platform.keeper import DeviceKeeper
from hive_mind.client.platform.machine import Power
from hive_mind.client.platform.ring import SampleRing
from hive_mind.client.ui.expressing import Expressing, NightHours
from hive_mind.client.ui.face import Face, NoFace, Press
from hive_mind.errors import AudioError
from hive_mind.language.messages import error_message, message
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples

RING_S = 4.0
"""Seconds of microphone kept while the client is busy; the oldest go first."""


_POWER = {
    "UNDER_VOLTAGE": "The power supply is too weak: use the one of the board's maker, and a short cable.",
    "TOO_HOT": "The processor is too hot and was slowed down: give it air, or a heat sink.",
}
_BACK = {"MICROPHONE_LOST": "microphone_back", "SPEAKER_LOST": "speaker_back"}

_log = structlog.get_logger(__name__)

CHECK_S = 3.0
"""Seconds at the start in which the microphone's level is looked at."""


@dataclass(frozen=True, slots=True)
class Devices:
    """The open microphone and speaker of a client.

    Attributes:
        source: frames of the microphone, without our own voice.
        sink: the speaker.
        microphone: keeps the microphone at work.
        speaker: likewise.
        ring: between the microphone and `source`; counts what was dropped.
        guard: takes our own voice out.
        beginning: the first seconds of the microphone, as they came.
    """

    source: MicrophoneSource
    sink: SpeakerSink
    microphone: DeviceKeeper
    speaker: DeviceKeeper
    ring: SampleRing
    guard: EchoGuard
    beginning: SampleRing

    @property
    def names(self) -> tuple[str, str]:
        """Of the microphone and the speaker; empty while one is gone."""
        streams = (self.microphone.stream, self.speaker.stream)
        microphone, speaker = ("" if stream is None else stream.device.name for stream in streams)
        return microphone, speaker

    async def keep(
        self,
        on_trouble: Callable[[str], None] = lambda _: None,
        on_mended: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Watch both until cancelled; see `DeviceKeeper.run`. MICROPHONE_LOST, SPEAKER_LOST."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.microphone.run(on_trouble, on_mended))
            tasks.create_task(self.speaker.run(on_trouble, on_mended))

    def close(self) -> None:
        """Give both back."""
        self.source.close()
        self.microphone.close()
        self.speaker.close()


def open_devices(
    platform: AudioPlatform,
    config: ClientConfig,
    rate: int,
    *,
    canceller: EchoCanceller | None = None,
    clock: Clock | None = None,
) -> Devices:
    """Open the microphone and the speaker.

    Args:
        platform: of this machine.
        config: names of the devices, if not the default ones.
        rate: of the voice, in hertz.
        canceller: takes the echo of the speaker out of the microphone; by default as the settings want it.
        clock: the machine's by default.

    Raises:
        AudioError: NO_MICROPHONE, NO_SPEAKER or DEVICE_BUSY.
    """
    clock = clock or SystemClock()
    ring = SampleRing(int(RING_S * SAMPLE_RATE) // FRAME_SAMPLES * FRAME_SAMPLES, channels=2)
    source = MicrophoneSource(ring, clock)
    sink = SpeakerSink(rate, clock)
    if canceller is None:
        canceller = AdaptiveCanceller(_room_file(config).load()) if config.echo else NoEcho()
    guard = EchoGuard(canceller, rate)
    beginning = SampleRing(int(CHECK_S * SAMPLE_RATE))
    wake = source.notify

    def _heard(samples: Samples) -> None:
        microphone.beat()
        if beginning.room:
            beginning.put(samples[: beginning.room])
        cleaned = guard.clean(samples)
        if len(cleaned):
            ring.put(cleaned)
            wake()

    def _pull(count: int) -> Samples:
        speaker.beat()
        samples = sink.pull(count)
        guard.played(samples)
        return samples

    def _silence(seconds: float) -> None:
        ring.put(np.zeros((round(seconds * SAMPLE_RATE / FRAME_SAMPLES) * FRAME_SAMPLES, 2), np.float32))
        wake()

    def _play_to_nobody(seconds: float) -> None:
        sink.pull(round(seconds * rate))

    microphone = DeviceKeeper(
        "MICROPHONE_LOST",
        lambda name: platform.open_microphone(SAMPLE_RATE, _heard, name),
        config.microphone,
        _silence,
        guard.restart,
        clock,
    )
    speaker = DeviceKeeper(
        "SPEAKER_LOST",
        lambda name: platform.open_speaker(rate, _pull, name),
        config.speaker,
        _play_to_nobody,
        guard.restart,
        clock,
    )
    if not speaker.open():
        raise AudioError(_missing("speaker", config.speaker), code="NO_SPEAKER")
    try:
        if not microphone.open():
            raise AudioError(_missing("microphone", config.microphone), code="NO_MICROPHONE")
    except AudioError:
        speaker.close()
        raise
    return Devices(source, sink, microphone, speaker, ring, guard, beginning)


def _room_file(config: ClientConfig) -> RoomFile:
    return RoomFile(config.state_folder / FILE_NAME)


def _missing(kind: str, wanted: str | None) -> str:
    if wanted is not None:
        return f"There is no {kind} named {wanted!r}: ./hive doctor lists what there is."
    return f"No {kind} was found: plug one in, or ask in writing with ./hive ask."


def turn_taking(config: ClientConfig, engines: Engines, *, has_button: bool) -> TurnTaking:
    """How this client takes turns.

    Args:
        config: settings.
        engines: without a wake word detector, the button opens the ear, and without that it is always open.
        has_button: somebody can press one, such as Enter.
    """
    listening = config.listening
    if listening == "wake_word" and engines.wake is None:
        listening = "button" if has_button else "always"
    satellite = config.profile == "satellite"
    # Without words of its own a client cannot tell what is meant for it: it takes what its name opens.
    spoken_over: BargeIn = "words" if config.echo and not satellite else "button"
    return TurnTaking(
        listening=listening,
        follow_up_s=config.follow_up_s,
        after_answer_s=0.0 if satellite else config.after_answer_s,
        barge_in="speech" if config.barge_in else spoken_over,
        answer_silence=listening == "button",
    )


async def run_client(
    config: ClientConfig,
    engines: Engines,
    devices: Devices,
    taking: TurnTaking | None = None,
    *,
    button: Button | None = None,
    face: Face | None = None,
    power: Power | None = None,
    on_turn: Callable[[TurnRecord], None] = lambda _: None,
    on_change: Callable[[ClientState], None] = lambda _: None,
    on_trouble: Callable[[str], None] = lambda _: None,
) -> None:
    """Listen and answer until cancelled.

    Args:
        config: settings.
        engines: loaded and warm.
        devices: open; closed at the end.
        taking: how it takes turns; it listens always by default.
        button: each press opens the ear, or ends what is said into it.
        face: shows what it does; a press on it is one of the button, or says that a wake was false.
        power: of the machine; None leaves it alone.
        on_turn: told of each turn that ended.
        on_change: told of each new state.
        on_trouble: told the code when a device is gone; the client says it too, as far as it can.
    """
    clock = SystemClock()
    button = button or Button()
    face = face or NoFace()

    async def _warn(code: str) -> None:
        _log.warning(_POWER[code])
        await client.loop.announce(error_message(code))

    night = NightHours(config.night)
    eyes = Expressing(face, night, clock.today)
    powering = None if power is None else Powering(power, _warn, night, clock.today)

    def _changed(state: ClientState) -> None:
        eyes.state(state)
        if powering is not None:
            powering.busy(on=state.turn is not Turn.IDLE or state.ringing)
        on_change(state)

    try:
        async with (
            open_client(
                config, engines, devices.sink, taking=taking, night=night, on_turn=on_turn, on_change=_changed
            ) as client,
            asyncio.TaskGroup() as tasks,
        ):

            def _trouble(code: str) -> None:
                eyes.trouble(code)
                on_trouble(code)
                tasks.create_task(client.loop.announce(error_message(code)))

            def _mended(code: str) -> None:
                eyes.mended(code)
                tasks.create_task(client.loop.announce(message(_BACK[code])))

            def _voice(turn: Turn) -> Samples:
                return devices.source.newest if turn is Turn.LISTENING else devices.sink.newest

            mender = client.parts.mender
            work: list[Coroutine[Any, Any, None]] = [
                devices.keep(_trouble, _mended),
                _look_at_level(devices),
                _room_file(config).keep(lambda: devices.guard.response),
                _press(client, button),
                _pressed_on(face, button, client),
                eyes.run(_voice, lambda: client.loop.words),
            ]
            work += [mender.prepare()] if mender is not None else []
            if powering is not None:
                client.parts.keeper.battery = lambda: powering.battery
                work.append(powering.run())
            running = [tasks.create_task(part) for part in work]
            try:
                await client.loop.run(devices.source)
            finally:
                for task in running:
                    task.cancel()
    finally:
        devices.close()


async def _look_at_level(devices: Devices) -> None:
    """One line in the log when the microphone is not what it should be."""
    await asyncio.sleep(CHECK_S + 0.5)
    name = devices.names[0]
    report = check_level(devices.beginning.peek(devices.beginning.waiting), name)
    if report.verdict != "good":
        _log.warning(
            report.advice, microphone=name, verdict=report.verdict, level_dbfs=round(report.level_dbfs)
        )


async def _press(client: Client, button: Button) -> None:
    while True:
        await button.pressed()
        client.loop.press()


async def _pressed_on(face: Face, button: Button, client: Client) -> None:
    async for press in face.presses():
        if press is Press.DOWN:
            button.press()
        elif press is Press.NOT_FOR_YOU:
            client.not_for_you()
