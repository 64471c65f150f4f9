"""What the voice has ready before it is asked, and what comes first."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hive_mind.server.core.speech.ahead import Ahead
from hive_mind.server.core.speech.pool import Pool
from hive_mind.speech.pace import Pace
from hive_mind.speech.tts.cached import CachedVoice
from tests.fakes.scripted_speech import ToneVoice
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
NOON, ONE = "Il est midi.", "Il est une heure."
HELD_S = 0.1


@pytest.fixture
async def ahead() -> AsyncIterator[Ahead]:
    made = Ahead(Pace(), easily_s=0.0)
    yield made
    made.close()


async def test_nothing_is_rendered_ahead_while_anybody_waits_for_an_engine(ahead: Ahead) -> None:
    voice, pool, go = ToneVoice(), Pool("stt", around=ahead.given_way), asyncio.Event()
    ahead.use(CachedVoice(voice))

    async def hold() -> None:
        await asyncio.wait_for(go.wait(), 30)

    loop = asyncio.get_running_loop()
    working = asyncio.ensure_future(
        pool.run("salon", lambda _: asyncio.run_coroutine_threadsafe(hold(), loop).result(30))
    )
    await asyncio.sleep(0)
    ahead.want([NOON])
    await asyncio.sleep(HELD_S)
    assert voice.said == []
    go.set()
    await working
    await eventually(lambda: voice.said == [NOON])
    pool.close()


async def test_it_is_ready_at_the_speed_that_was_asked_for(ahead: Ahead) -> None:
    voice = CachedVoice(ToneVoice())
    ahead.want([ONE])  # there is no voice yet
    ahead.use(voice)
    ahead.want([NOON], 1.2)
    await eventually(lambda: voice.has(NOON, 1.2))
    assert not voice.has(NOON)
    assert not voice.has(ONE)


async def test_what_nobody_waits_for_is_rendered_last(ahead: Ahead) -> None:
    voice = ToneVoice()
    ahead.use(CachedVoice(voice))
    with ahead.given_way():
        await ahead.want_easily([ONE, "Minuteur arrêté."])
        ahead.want([NOON])
    await eventually(lambda: voice.said == [NOON, ONE, "Minuteur arrêté."])


async def test_another_voice_is_another_beginning(ahead: Ahead) -> None:
    old, new = ToneVoice(), ToneVoice()
    ahead.use(CachedVoice(old))
    with ahead.given_way():
        ahead.want([ONE])
        ahead.use(CachedVoice(new))
    ahead.want([NOON])
    await eventually(lambda: new.said == [NOON])
    assert old.said == []
