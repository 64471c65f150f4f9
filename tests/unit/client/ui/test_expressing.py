"""A face that follows the client: moods, voices, words that stay for a while, and the night."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

import numpy as np
import pytest

from hive_mind.client.config import load_config
from hive_mind.client.core.state import ClientState, Link, Turn
from hive_mind.client.ui.expressing import Expressing, face_settings, night_hours
from hive_mind.client.ui.face import Press, no_presses
from hive_mind.client.ui.look import Expression, Look, Tone

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
CONNECTED = ClientState(link=Link.CONNECTED)


class Mirror:
    """A `Face` that keeps what it is shown."""

    def __init__(self) -> None:
        self.looks: list[Look] = []

    def show(self, look: Look) -> None:
        self.looks.append(look)

    def presses(self) -> AsyncIterator[Press]:
        return no_presses()

    async def close(self) -> None:
        """Nothing is open."""


def test_the_same_look_is_shown_once() -> None:
    face = Mirror()
    eyes = Expressing(face, night_hours(None), lambda: NOON)
    eyes.state(CONNECTED)
    eyes.state(CONNECTED)
    assert [look.mood.tone for look in face.looks] == [Tone.WHITE]


def test_a_lost_microphone_is_an_error_until_it_is_back() -> None:
    face = Mirror()
    eyes = Expressing(face, night_hours(None), lambda: NOON)
    eyes.state(CONNECTED)
    eyes.trouble("MICROPHONE_LOST")
    eyes.mended("MICROPHONE_LOST")
    assert [look.mood.expression for look in face.looks] == [
        Expression.IDLE,
        Expression.BROKEN,
        Expression.IDLE,
    ]


def test_the_voice_and_the_words_are_followed() -> None:
    async def scene() -> Look:
        face = Mirror()
        eyes = Expressing(face, night_hours(None), lambda: NOON)
        eyes.state(ClientState(turn=Turn.RESPONDING, link=Link.CONNECTED))
        loud = np.full(480, 0.2, np.float32)
        following = asyncio.ensure_future(eyes.run(lambda _: loud, lambda: ("Quelle heure ?", "Midi.")))
        await asyncio.sleep(0)
        following.cancel()
        await asyncio.wait([following])
        return face.looks[-1]

    look = asyncio.run(scene())
    assert (look.subtitle, look.answer) == ("Quelle heure ?", "Midi.")
    assert look.loudness > 0.5
    assert look.mood.expression is Expression.SPEAKING


@pytest.mark.parametrize(
    ("hours", "at", "dark"),
    [
        ("22:00-07:00", time(23), True),
        ("22:00-07:00", time(6, 59), True),
        ("22:00-07:00", time(7), False),
        ("13:00-15:00", time(14), True),
        ("13:00-15:00", time(15), False),
        (None, time(3), False),
    ],
)
def test_the_night(hours: str | None, at: time, dark: bool) -> None:
    assert night_hours(hours)(at) is dark


def test_two_devices_blink_differently() -> None:
    config = load_config(screen="window", full_screen=True)
    one, other = (face_settings(config, name) for name in ("salon", "cuisine"))
    assert (one.kind, one.full_screen) == ("window", True)
    assert one.seed != other.seed
