"""Phrases rendered ahead give way to real work."""

import asyncio

from hive_mind.client.core.preparing import MOST, Preparer
from hive_mind.client.core.speaking import clauses_of, spoken_forms
from hive_mind.client.core.worker import Worker
from hive_mind.speech.tts.cached import CachedVoice
from tests.fakes.scripted_speech import ToneVoice
from tests.fakes.virtual_time import run


def test_what_is_wanted_last_is_rendered_first_and_all_of_it_in_the_end() -> None:
    async def scene() -> tuple[list[str], bool]:
        voice = ToneVoice()
        worker = Worker("prepare")
        preparer = Preparer(CachedVoice(voice), worker)
        preparer.want(["un", "deux"])
        preparer.want(["trois", "un"])
        with preparer.given_way():
            running = asyncio.ensure_future(preparer.run())
            await asyncio.sleep(1)
            idle = not voice.said
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.wait([running])
        worker.close()
        return voice.said, idle

    said, idle = run(scene())
    assert idle
    assert said == ["trois", "un", "deux"]


def test_a_phrase_that_cannot_be_said_does_not_stop_the_others() -> None:
    async def scene() -> list[str]:
        voice = ToneVoice(failing=["un"])
        worker = Worker("prepare")
        preparer = Preparer(CachedVoice(voice), worker)
        preparer.want(["un", "deux"])
        running = asyncio.ensure_future(preparer.run())
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.wait([running])
        worker.close()
        return voice.said

    assert run(scene()) == ["un", "deux"]


def test_the_list_is_bounded() -> None:
    async def scene() -> int:
        worker = Worker("prepare")
        preparer = Preparer(CachedVoice(ToneVoice()), worker)
        preparer.want(str(n) for n in range(10 * MOST))
        worker.close()
        return len(preparer._wanted)

    assert run(scene()) == MOST


def test_what_is_prepared_is_what_the_voice_is_asked_for() -> None:
    reply = "Il est 14 h 30."
    assert spoken_forms([reply]) == ["Il est quatorze heures trente."]
    assert clauses_of(reply) == [reply]
