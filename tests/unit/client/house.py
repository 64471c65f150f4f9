"""A whole voice client made of fakes, in virtual time."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hive_mind.client.app import Client, open_client
from hive_mind.client.config import load_config
from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.state import ClientState
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines
from hive_mind.speech.endpointing import EndpointSettings
from hive_mind.speech.engines import WakeWordDetector, WakeWordVerifier
from hive_mind.speech.playout import WavSink
from hive_mind.speech.stt.absent import AbsentStt
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.understanding.grammar import Grammar
from tests.fakes.scripted_microphone import LoudnessVad, ScriptedMicrophone
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice
from tests.fakes.virtual_time import VirtualClock

GRAMMAR = Grammar.load()
NOWHERE = "ws://127.0.0.1:9/ws"


class RoomSink(WavSink):
    """Remembers how low it was told to play."""

    gain = 1.0

    def duck(self, factor: float) -> None:
        self.gain = factor


@dataclass
class House:
    """A client and what it is made of."""

    client: Client
    clock: VirtualClock
    voice: ToneVoice
    stt: ScriptedStt
    sink: RoomSink
    records: list[TurnRecord]

    def microphone(self, *pieces: float, tail_s: float = 60.0) -> ScriptedMicrophone:
        return ScriptedMicrophone(self.clock, *pieces, tail_s=tail_s)

    async def hear(self, *pieces: float) -> TurnRecord:
        record = await self.client.loop.one_turn(self.microphone(*pieces))
        assert record is not None
        return record


@asynccontextmanager
async def house(
    folder: Path,
    stt: ScriptedStt,
    url: str = NOWHERE,
    *,
    voice: ToneVoice | None = None,
    barge_in: bool = False,
    button: bool = False,
    keep_questions: bool = False,
    learn_wake_words: bool = False,
    taking: TurnTaking | None = None,
    wake: WakeWordDetector | None = None,
    wake_verifier: WakeWordVerifier | None = None,
    satellite: bool = False,
    on_change: Callable[[ClientState], None] = lambda _: None,
) -> AsyncIterator[House]:
    clock = VirtualClock()
    voice = voice or ToneVoice()
    sink = RoomSink(voice.capabilities.rate, clock)
    config = load_config(
        server=url,
        data=folder,
        client_id="salon",
        barge_in=barge_in,
        keep_questions=keep_questions,
        learn_wake_words=learn_wake_words,
        profile="satellite" if satellite else "desktop",
    )
    engines = Engines(
        LoudnessVad(), AbsentStt() if satellite else stt, CachedVoice(voice), GRAMMAR, wake, wake_verifier
    )
    records: list[TurnRecord] = []
    async with open_client(
        config,
        engines,
        sink,
        clock=clock,
        settings=EndpointSettings(no_speech_ms=4000),
        taking=taking
        or TurnTaking(
            listening="button" if button else "always",
            barge_in="speech" if barge_in else "button",
            answer_silence=True,
        ),
        on_turn=records.append,
        on_change=on_change,
    ) as client:
        if url != NOWHERE:
            await client.link.first_contact()
        yield House(client, clock, voice, stt, sink, records)
