"""A client with the devices of its machine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from hive_mind.client.app import Client, open_client
from hive_mind.client.config import ClientConfig
from hive_mind.client.core.button import Button
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.door import BargeIn, TurnTaking
from hive_mind.client.core.source import MicrophoneSource
from hive_mind.client.core.speaker import SpeakerSink
from hive_mind.client.core.state import ClientState
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines
from hive_mind.client.platform.base import AudioPlatform, AudioStream
from hive_mind.client.platform.ring import SampleRing
from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Samples

RING_S = 4.0
"""Seconds of microphone kept while the client is busy; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Devices:
    """The open microphone and speaker of a client."""

    source: MicrophoneSource
    sink: SpeakerSink
    microphone: AudioStream
    speaker: AudioStream
    ring: SampleRing

    def close(self) -> None:
        """Give both back."""
        self.source.close()
        self.microphone.close()
        self.speaker.close()


def open_devices(platform: AudioPlatform, config: ClientConfig, rate: int) -> Devices:
    """Open the microphone and the speaker.

    Args:
        platform: of this machine.
        config: names of the devices, if not the default ones.
        rate: of the voice, in hertz.

    Raises:
        AudioError: NO_MICROPHONE, NO_SPEAKER or DEVICE_BUSY.
    """
    clock = SystemClock()
    ring = SampleRing(int(RING_S * SAMPLE_RATE))
    source = MicrophoneSource(ring, clock)
    sink = SpeakerSink(rate, clock)
    wake = source.notify

    def _heard(samples: Samples) -> None:
        ring.put(samples)
        wake()

    speaker = platform.open_speaker(rate, sink.pull, config.speaker)
    if speaker is None:
        raise AudioError(_missing("speaker", config.speaker), code="NO_SPEAKER")
    try:
        microphone = platform.open_microphone(SAMPLE_RATE, _heard, config.microphone)
    except AudioError:
        speaker.close()
        raise
    if microphone is None:
        speaker.close()
        raise AudioError(_missing("microphone", config.microphone), code="NO_MICROPHONE")
    return Devices(source, sink, microphone, speaker, ring)


def _missing(kind: str, wanted: str | None) -> str:
    if wanted is not None:
        return f"There is no {kind} named {wanted!r}: ./hive doctor lists what there is."
    return f"No {kind} was found: plug one in, or ask in writing with ./hive ask."


def turn_taking(
    config: ClientConfig, engines: Engines, *, has_button: bool, hears_itself: bool = True
) -> TurnTaking:
    """How this client takes turns.

    Args:
        config: settings.
        engines: without a wake word detector, the button opens the ear, and without that it is always open.
        has_button: somebody can press one, such as Enter.
        hears_itself: what is played comes back in the microphone: no echo cancellation, no headphones.
    """
    listening = config.listening
    if listening == "wake_word" and engines.wake is None:
        listening = "button" if has_button else "always"
    spoken_over: BargeIn = "button" if hears_itself else "words"
    return TurnTaking(
        listening=listening,
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
    on_turn: Callable[[TurnRecord], None] = lambda _: None,
    on_change: Callable[[ClientState], None] = lambda _: None,
) -> None:
    """Listen and answer until cancelled.

    Args:
        config: settings.
        engines: loaded and warm.
        devices: open; closed at the end.
        taking: how it takes turns; it listens always by default.
        button: each press opens the ear, or ends what is said into it.
        on_turn: told of each turn that ended.
        on_change: told of each new state.
    """
    try:
        async with open_client(
            config, engines, devices.sink, taking=taking, on_turn=on_turn, on_change=on_change
        ) as client:
            mender = client.parts.mender
            warming = asyncio.ensure_future(mender.prepare()) if mender is not None else None
            pressing = None if button is None else asyncio.ensure_future(_press(client, button))
            try:
                await client.loop.run(devices.source)
            finally:
                for task in (pressing, warming):
                    if task is not None:
                        task.cancel()
    finally:
        devices.close()


async def _press(client: Client, button: Button) -> None:
    while True:
        await button.pressed()
        client.loop.press()
