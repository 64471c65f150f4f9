"""What somebody in the room hears when the server dies or the network fails: the whole voice client.

Each test prints its figures; `-rP` shows them. Virtual time and a scripted server, but for the last test,
which kills a real one.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hive_mind.cli.server_process import free_port
from hive_mind.client.core.exchange import GRACE_S
from hive_mind.client.core.outages import STEADY_S
from hive_mind.client.core.state import Link
from hive_mind.protocol.messages import ClientMessage, VoiceInput
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from tests.fakes.lossy_link import LossyLink
from tests.fakes.openai_server import openai_server, sse
from tests.fakes.scripted_server import ScriptedServer, Talk, scripted_server
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice
from tests.fakes.server_process import server_process
from tests.fakes.virtual_time import run
from tests.fakes.waiting import eventually
from tests.unit.client.house import House, house

STORY = "Raconte une histoire"
ITALY = "Quelle est la capitale de l'Italie ?"
TIME = "Quelle heure est-il ?"
PIECES = ("Il était une fois un roi. ", "Il avait trois filles. ", "La première aimait le sel. ")
LOST = "J'ai perdu le serveur."
KEPT = "Je garde ta question pour son retour."
OFFER = "Tout à l'heure, tu as demandé"
ASKED = (-0.2, 0.8)
"""Silence and speech, in seconds."""

Script = Callable[[Talk, ClientMessage], Awaitable[None]]


def figure(what: str, seconds: float) -> None:
    print(f"{what}: {seconds:.2f} s")


def piece_by_piece(count: int = len(PIECES)) -> Script:
    """So many pieces of the story, a second apart; then silence, unless that was all."""

    async def script(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            spawned.add(asyncio.ensure_future(tell(talk, said)))

    async def tell(talk: Talk, said: VoiceInput) -> None:
        for index, piece in enumerate(PIECES[:count]):
            last = index == len(PIECES) - 1
            await talk.piece(said, piece, index, last=last)
            await asyncio.sleep(1.0)
        if count == len(PIECES):
            await talk.end(said)

    spawned: set[asyncio.Future[None]] = set()
    return script


async def until_link(at: House, link: Link, since: float) -> float:
    """Wait until the client knows; how long that took."""
    while at.client.parts.status.state.link is not link:  # noqa: ASYNC110  # virtual time: it costs nothing
        await asyncio.sleep(0.01)
    return at.clock.now() - since


async def until_said(at: House, piece: str) -> None:
    while not any(piece.strip() in text for text in at.voice.said):  # noqa: ASYNC110  # virtual time
        await asyncio.sleep(0.01)


async def asks(at: House) -> str:
    """Ask the next question of the script; what is answered."""
    return (await at.hear(*ASKED)).answer


def once(text: str, *parts: str) -> None:
    for part in parts:
        assert text.count(part.strip()) == 1, (part, text)


def test_killed_before_a_question(tmp_path: Path) -> None:
    async def scene() -> None:
        async with scripted_server(piece_by_piece()) as server:
            stt = ScriptedStt(ITALY, STORY, TIME)
            async with house(tmp_path, stt, server.url) as at:
                server.kill()
                figure("killed while idle, known after", await until_link(at, Link.DEGRADED, at.clock.now()))
                first, second, third = [await asks(at) for _ in range(3)]
        once(first, "Le serveur ne répond pas.", "Je ne peux pas répondre à ça sans le serveur.")
        assert second == "Je ne peux pas répondre à ça sans le serveur.", "it is told once"
        assert third.startswith("Il est ")

    run(scene())


def test_killed_during_an_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with scripted_server(piece_by_piece(2)) as server:
            stt = ScriptedStt(STORY, TIME, ITALY, "non")
            async with house(tmp_path, stt, server.url, keep_questions=True) as at:
                answering = asyncio.ensure_future(asks(at))
                killed_at = await kill_after(at, server, PIECES[1])
                answer = await answering
                ended = at.clock.now() - killed_at
                figure("killed in mid-answer: said so, to the end, after", ended)
                once(answer, *PIECES[:2], LOST, KEPT)
                assert ended < GRACE_S + 0.05 * len(answer) + 2
                assert (await asks(at)).startswith("Il est ")
                away = await asks(at)
                once(away, "Je ne peux pas répondre à ça sans le serveur.", KEPT)
                assert "ne répond pas" not in away, "that it is away was told"
                await server.start()
                back_at = at.clock.now() - await until_link(at, Link.CONNECTED, at.clock.now())
                await eventually(lambda: any(OFFER in text for text in at.voice.said), 60)
                figure("the question is offered again, after the server came back", at.clock.now() - back_at)
                assert at.clock.now() - back_at >= STEADY_S
                offered = [text for text in at.voice.said if STORY in text]
                assert len(offered) == 1

    run(scene())


async def kill_after(at: House, server: ScriptedServer, piece: str) -> float:
    """Kill the server as soon as this is being said."""
    await until_said(at, piece)
    server.kill()
    return at.clock.now()


def test_killed_after_an_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            scripted_server(piece_by_piece()) as server,
            house(tmp_path, ScriptedStt(STORY, TIME), server.url) as at,
        ):
            answer = await asks(at)
            server.kill()
            figure("killed after an answer, known after", await until_link(at, Link.DEGRADED, at.clock.now()))
            said = len(at.voice.said)
            await asyncio.sleep(120)
            assert len(at.voice.said) == said, "nobody needs the server: nothing is said of it"
            once(answer, *PIECES)
            assert LOST not in answer
            assert (await asks(at)).startswith("Il est ")

    run(scene())


def test_the_network_is_cut_during_an_answer_and_comes_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            scripted_server(piece_by_piece()) as server,
            LossyLink("127.0.0.1", server.port) as wire,
            house(tmp_path, ScriptedStt(STORY), f"ws://127.0.0.1:{wire.port}/ws") as at,
        ):
            answering = asyncio.ensure_future(asks(at))
            await until_said(at, PIECES[0])
            await wire.refuse()
            wire.reset()
            cut_at = at.clock.now()
            await asyncio.sleep(1.0)
            await wire.accept()
            answer = await answering
            figure("cut for 1 s in mid-answer, whole after", at.clock.now() - cut_at)
            assert wire.accepted >= 2
            once(answer, *PIECES)
            assert LOST not in answer

    run(scene())


def test_the_network_is_slow_during_an_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            scripted_server(piece_by_piece()) as server,
            LossyLink("127.0.0.1", server.port) as wire,
            house(tmp_path, ScriptedStt(STORY), f"ws://127.0.0.1:{wire.port}/ws") as at,
        ):
            wire.delay(1.5)
            asked_at = at.clock.now()
            answer = await asks(at)
            figure("1.5 s each way: asked and answered to the end in", at.clock.now() - asked_at)
            once(answer, *PIECES)
            assert LOST not in answer and "serveur" not in answer
            assert at.client.parts.status.state.link is Link.CONNECTED

    run(scene())


def test_the_network_swallows_everything_in_mid_answer(tmp_path: Path) -> None:
    async def scene() -> None:
        async with scripted_server(piece_by_piece(2)) as server, LossyLink("127.0.0.1", server.port) as wire:
            url = f"ws://127.0.0.1:{wire.port}/ws"
            async with house(tmp_path, ScriptedStt(STORY, TIME, ITALY), url) as at:
                answering = asyncio.ensure_future(asks(at))
                await until_said(at, PIECES[1])
                wire.blackhole()
                swallowed_at = at.clock.now()
                answer = await answering
                figure("swallowed in mid-answer: said so, to the end, after", at.clock.now() - swallowed_at)
                once(answer, *PIECES[:2], LOST)
                assert (await asks(at)).startswith("Il est ")
                took = await until_link(at, Link.DEGRADED, swallowed_at)
                figure("swallowed: the eyes turn yellow after", took)
                assert took <= 65
                assert "ne répond pas" not in await asks(at), "that it is away was told"

    run(scene())


def test_a_server_that_hangs_before_it_answers_is_not_waited_for_in_silence(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            scripted_server(piece_by_piece(0)) as server,
            house(tmp_path, ScriptedStt(STORY), server.url) as at,
        ):
            turn = await at.hear(*ASKED)
        waited = turn.timeline_ms["first_audible"]
        figure("a server that hangs: first word after", waited / 1000)
        assert waited < 3000
        assert "Je réfléchis." in at.voice.said and LOST in turn.answer

    run(scene())


class QuickVoice(ToneVoice):
    """Says everything in a tenth of a second."""

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        list(super().synthesize(text, speed=speed, cancel=cancel))
        yield np.full(self.capabilities.rate // 10, 0.3, np.float32)


@pytest.mark.waits
def test_a_real_server_killed_with_signal_9(tmp_path: Path) -> None:
    async def scene() -> None:
        port = free_port()
        async with openai_server() as llm:
            engine = {
                "HIVE_MIND_LLM_ENGINE": "openai",
                "HIVE_MIND_LLM_BASE_URL": llm.url,
                "HIVE_MIND_LLM_MODEL": "fake",
            }
            llm.frames, llm.stall_after = sse(*PIECES), 4
            stt = ScriptedStt(STORY, TIME, "oui")
            async with server_process(tmp_path / "server", port, **engine) as (process, url):
                at_work = house(tmp_path, stt, url, voice=QuickVoice(), keep_questions=True)
                async with at_work as at:
                    answering = asyncio.ensure_future(asks(at))
                    await eventually(lambda: PIECES[0].strip() in at.voice.said, 30)
                    process.send_signal(signal.SIGKILL)
                    killed_at = at.clock.now()
                    answer = await answering
                    figure("kill -9 in mid-answer: said so after", at.clock.now() - killed_at)
                    once(answer, PIECES[0], LOST, KEPT)
                    assert (await asks(at)).startswith("Il est ")
                    llm.stall_after = None
                    async with server_process(tmp_path / "server", port, **engine):
                        await eventually(lambda: at.client.link.connected, 60)
                        back_at = at.clock.now()
                        await eventually(lambda: any(OFFER in text for text in at.voice.said), 30)
                        figure("offered again after", at.clock.now() - back_at)
                        once(await asks(at), *PIECES)

    asyncio.run(scene())
