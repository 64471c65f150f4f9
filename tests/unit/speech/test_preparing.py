"""Phrases rendered ahead give way to real work."""

import asyncio

from hive_mind.client.core.worker import Worker
from hive_mind.speech.pace import Pace
from hive_mind.speech.preparing import MOST, Preparer
from hive_mind.speech.speaking import clauses_of, spoken_forms
from hive_mind.speech.tts.cached import CachedVoice
from tests.fakes.scripted_speech import ToneVoice
from tests.fakes.virtual_time import VirtualClock, run


def test_what_is_wanted_last_is_rendered_first_and_all_of_it_in_the_end() -> None:
    async def scene() -> tuple[list[str], bool]:
        voice = ToneVoice()
        worker = Worker("prepare")
        preparer = Preparer(CachedVoice(voice), worker, VirtualClock(), Pace())
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
        preparer = Preparer(CachedVoice(voice), worker, VirtualClock(), Pace())
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
        preparer = Preparer(CachedVoice(ToneVoice()), worker, VirtualClock(), Pace())
        preparer.want(str(n) for n in range(10 * MOST))
        worker.close()
        return len(preparer._wanted)

    assert run(scene()) == MOST


def test_what_is_prepared_is_what_the_voice_is_asked_for() -> None:
    reply = "Il est 14 h 30."
    assert spoken_forms([reply]) == ["Il est quatorze heures trente."]
    assert clauses_of(reply) == [reply]


def test_a_slow_voice_starts_when_it_need_not_stop_again() -> None:
    pace = Pace(factor=0.4, seconds_per_letter=0.05)
    assert pace.may_start("a" * 40, 0.45)
    assert not pace.may_start("a" * 40, 0.05)
    for _ in range(20):
        pace.note("a" * 40, rendering_s=4.0, sound_s=2.0)
    assert not pace.may_start("a" * 40, 0.8)
    assert pace.may_start("a" * 40, 1.6)
    assert pace.may_start("a" * 40, 2.0)


def test_looking_up_a_phrase_teaches_nothing_about_speed() -> None:
    pace = Pace(factor=0.4)
    pace.note("Bonjour.", rendering_s=0.0, sound_s=0.8)
    pace.note("", rendering_s=1.0, sound_s=0.0)
    assert pace.factor == 0.4


def test_a_way_given_for_a_moment_only_is_no_reason_to_begin() -> None:
    async def scene() -> list[str]:
        voice = ToneVoice()
        worker = Worker("prepare")
        preparer = Preparer(CachedVoice(voice), worker, VirtualClock(), Pace())
        with preparer.given_way():
            preparer.want(["un"])
            running = asyncio.ensure_future(preparer.run())
            await asyncio.sleep(1)
        with preparer.given_way():
            await asyncio.sleep(1)
            said = list(voice.said)
        running.cancel()
        await asyncio.wait([running])
        worker.close()
        return said

    assert run(scene()) == []
