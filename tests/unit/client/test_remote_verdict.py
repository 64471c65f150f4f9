"""A satellite asks its server whether that was its name; its eyes open only then."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.state import ClientState, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.protocol.limits import LEAST_FLOOR
from hive_mind.protocol.messages import AudioEnd, AudioStart, ClientMessage, Error, WakeDetected, WakeVerdict
from hive_mind.speech.wake_word.cascade import Candidates
from hive_mind.speech.wake_word.unverified import UnverifiedWakeWords
from hive_mind.speech.wake_word.verifier import LEAD_SAMPLES, SUREST, TAIL_SAMPLES, Phrase
from tests.fakes.scripted_server import Script, Talk, scripted_server
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.scripted_wake import ScriptedWake
from tests.fakes.virtual_time import run
from tests.unit.client.house import NOWHERE, house

CALLED = TurnTaking(listening="wake_word", barge_in="button", question_s=2.0, after_answer_s=0.0)
PHRASE = Phrase(("hey jarvis", "et jarvis"), -4.5)


@dataclass
class Asked:
    """A server that gives a verdict, or none.

    Attributes:
        verdict: of all wakes; an error where it cannot tell, nothing where it is None.
    """

    verdict: bool | str | None

    async def __call__(self, talk: Talk, message: ClientMessage) -> None:
        if not isinstance(message, AudioStart) or message.wake is None or self.verdict is None:
            return
        name = message.utterance_id
        if isinstance(self.verdict, str):
            await talk.send(Error(code=self.verdict, message="", recoverable=True, utterance_id=name))
        else:
            await talk.send(WakeVerdict(accepted=self.verdict, utterance_id=name))


@dataclass
class Heard:
    """What became of its name."""

    opened: bool
    received: list[ClientMessage]
    voice: int


def call(
    folder: Path,
    script: Script | None,
    *,
    score: float = 0.3,
    word: str = "hey_jarvis",
    phrase: Phrase = PHRASE,
) -> Heard:
    async def live(url: str) -> tuple[list[TurnRecord], list[Turn]]:
        phrases = {word: phrase}
        detector = UnverifiedWakeWords(
            Candidates(ScriptedWake(1.2, score=score)), phrases, {"hey_jarvis": 0.6}
        )
        seen: list[ClientState] = []
        async with house(
            folder, ScriptedStt(""), url, taking=CALLED, wake=detector, satellite=True, on_change=seen.append
        ) as at:
            await at.client.loop.run(at.microphone(-0.5, 0.7, tail_s=5.0))
            return at.records, [state.turn for state in seen]

    async def _scene() -> Heard:
        if script is None:
            _, turns = await live(NOWHERE)
            return Heard(Turn.LISTENING in turns, [], 0)
        async with scripted_server(script) as server:
            _, turns = await live(server.url)
            voice = sum(len(frame) for talk in server.talks for frame in talk.voice)
            return Heard(Turn.LISTENING in turns, server.received, voice)

    return run(_scene())


def test_it_opens_when_the_server_has_heard_it_too(tmp_path: Path) -> None:
    got = call(tmp_path, Asked(verdict=True))
    assert got.opened
    (start,) = [m for m in got.received if isinstance(m, AudioStart)]
    assert start.wake is not None
    assert (start.wake.texts, start.wake.floor) == (PHRASE.spellings, PHRASE.floor)
    assert got.voice == 2 * (LEAD_SAMPLES + TAIL_SAMPLES)
    order = [type(m) for m in got.received if isinstance(m, AudioEnd | WakeDetected)]
    assert order[:2] == [AudioEnd, WakeDetected]


@pytest.mark.parametrize(("score", "floor"), [(0.5, -4.5), (0.9999, -4.5 - 0.3 * SUREST), (1e-9, -0.36)])
def test_the_server_is_told_how_sure_the_detector_was(tmp_path: Path, score: float, floor: float) -> None:
    phrase = Phrase(PHRASE.spellings, -4.5, trust=0.3)
    got = call(tmp_path, Asked(verdict=True), score=score, phrase=phrase)
    (start,) = [m for m in got.received if isinstance(m, AudioStart)]
    assert start.wake is not None
    assert start.wake.floor == pytest.approx(floor, abs=0.01)


def test_the_server_is_asked_for_no_less_than_the_protocol_knows(tmp_path: Path) -> None:
    phrase = Phrase(PHRASE.spellings, -19.0, trust=2.0)
    got = call(tmp_path, Asked(verdict=True), score=0.9999, phrase=phrase)
    (start,) = [m for m in got.received if isinstance(m, AudioStart)]
    assert start.wake is not None
    assert start.wake.floor == LEAST_FLOOR


def test_it_stays_closed_and_tells_nobody_when_the_server_has_not(tmp_path: Path) -> None:
    got = call(tmp_path, Asked(verdict=False), score=0.99)
    assert not got.opened
    assert not any(isinstance(m, WakeDetected) for m in got.received)


@pytest.mark.parametrize("server", [None, Asked(verdict=None), Asked(verdict="AUDIO_UNSUPPORTED")])
@pytest.mark.parametrize(("score", "opened"), [(0.3, False), (0.7, True)])
def test_where_nobody_can_tell_it_must_be_sure(
    tmp_path: Path, server: Asked | None, score: float, opened: bool
) -> None:
    assert call(tmp_path, server, score=score).opened is opened


def test_a_word_without_a_phrase_is_believed(tmp_path: Path) -> None:
    got = call(tmp_path, Asked(verdict=False), word="another")
    assert got.opened
    assert not any(isinstance(m, AudioStart) for m in got.received)
