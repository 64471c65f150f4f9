"""What the voice has ready before it is asked, and what comes first."""

import asyncio

from hive_mind.server.core.speech.ahead import Ahead
from hive_mind.server.core.speech.pool import Pool
from hive_mind.speech.pace import Pace
from hive_mind.speech.tts.cached import CachedVoice
from tests.fakes.scripted_speech import ToneVoice
from tests.fakes.virtual_time import run


def test_nothing_is_rendered_ahead_while_anybody_waits_for_an_engine() -> None:
    async def scene() -> tuple[list[str], list[str]]:
        voice, ahead = ToneVoice(), Ahead(Pace())
        pool = Pool("stt", around=ahead.given_way)
        ahead.use(CachedVoice(voice))
        go = asyncio.Event()
        holding = asyncio.ensure_future(_held(ahead, go))
        ahead.want(["Il est midi."])
        await pool.run("salon", lambda _: None)
        await asyncio.sleep(1)
        before = list(voice.said)
        go.set()
        await holding
        await asyncio.sleep(1)
        ahead.close()
        pool.close()
        return before, voice.said

    before, after = run(scene())
    assert before == []
    assert after == ["Il est midi."]


async def _held(ahead: Ahead, go: asyncio.Event) -> None:
    with ahead.given_way():
        await go.wait()


def test_it_is_ready_at_the_speed_that_was_asked_for() -> None:
    async def scene() -> tuple[bool, bool]:
        voice, ahead = CachedVoice(ToneVoice()), Ahead(Pace())
        ahead.want(["Il est une heure."])  # there is no voice yet
        ahead.use(voice)
        ahead.want(["Il est midi."], 1.2)
        await asyncio.sleep(1)
        ahead.close()
        return voice.has("Il est midi.", 1.2), voice.has("Il est midi.")

    assert run(scene()) == (True, False)


def test_another_voice_is_another_beginning() -> None:
    async def scene() -> tuple[list[str], list[str]]:
        old, new, ahead = ToneVoice(), ToneVoice(), Ahead(Pace())
        ahead.use(CachedVoice(old))
        with ahead.given_way():
            ahead.want(["Il est midi."])
            ahead.use(CachedVoice(new))
        ahead.want(["Il est midi et quart."])
        await asyncio.sleep(1)
        ahead.close()
        return old.said, new.said

    assert run(scene()) == ([], ["Il est midi et quart."])
