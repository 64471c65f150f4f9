"""What a client is doing, as a look: kept up to date while the client runs."""

import asyncio
import zlib
from collections.abc import Callable
from datetime import datetime, time

from hive_mind.client.config import ClientConfig
from hive_mind.client.core.state import ClientState, Turn
from hive_mind.client.ui.face import Face, FaceSettings
from hive_mind.client.ui.look import Look, Mood
from hive_mind.client.ui.loudness import loudness
from hive_mind.client.ui.mood import Situation, mood_of
from hive_mind.speech.audio import Samples

PERIOD_S = 1 / 30
"""How often a voice is looked at while somebody speaks."""

IDLE_S = 0.25
"""The same while nobody does: subtitles and the night change slowly."""

LINGER_S = 5.0
"""Words stay so long after the last of them."""

_SPEAKING = (Turn.LISTENING, Turn.RESPONDING)


class Expressing:
    """Shows on a face what a client does.

    Args:
        face: to show it on.
        night: tells whether the eyes are dimmed at a time of day.
        now: the time of the household.
    """

    def __init__(self, face: Face, night: Callable[[time], bool], now: Callable[[], datetime]) -> None:
        self._face = face
        self._night = night
        self._now = now
        self._state = ClientState()
        self._troubles: set[str] = set()
        self._shown: Look | None = None
        self._words = ("", "")
        self._loudness = 0.0

    def state(self, state: ClientState) -> None:
        """The client's state has changed."""
        self._state = state
        self._show()

    def trouble(self, code: str) -> None:
        """A device is gone: MICROPHONE_LOST or SPEAKER_LOST."""
        self._troubles.add(code)
        self._show()

    def mended(self, code: str) -> None:
        """It is back."""
        self._troubles.discard(code)
        self._show()

    async def run(self, voice: Callable[[Turn], Samples], words: Callable[[], tuple[str, str]]) -> None:
        """Follow voices and words until cancelled.

        Args:
            voice: the newest block of what sounds: of the user while listening, of ours while responding.
            words: what the user said and what is answered, as far as both are known.
        """
        clock = asyncio.get_running_loop().time
        last = clock()
        while True:
            speaking = self._state.turn in _SPEAKING
            self._loudness = loudness(voice(self._state.turn)) if speaking else 0.0
            now = words()
            if any(now) or clock() - last > LINGER_S:
                self._words = now
            last = clock() if any(now) else last
            self._show()
            await asyncio.sleep(PERIOD_S if speaking else IDLE_S)

    @property
    def mood(self) -> Mood:
        """What the eyes say now."""
        state = self._state
        return mood_of(
            Situation(
                state,
                microphone="MICROPHONE_LOST" not in self._troubles,
                muted=state.muted,
                ringing=state.ringing,
                elsewhere=state.elsewhere,
                broken=bool(self._troubles),
            )
        )

    def _show(self) -> None:
        heard, said = self._words
        look = Look(
            mood=self.mood,
            loudness=round(self._loudness, 2),
            subtitle=heard,
            answer=said,
            night=self._night(self._now().timetz().replace(tzinfo=None)),
        )
        if look != self._shown:
            self._shown = look
            self._face.show(look)


def night_hours(text: str | None) -> Callable[[time], bool]:
    """Whether a time of day lies in the night of the settings ("22:00-07:00"); never without one."""
    if text is None:
        return lambda _: False
    first, last = (time.fromisoformat(part) for part in text.split("-"))
    if first <= last:
        return lambda at: first <= at < last
    return lambda at: at >= first or at < last


class NightHours:
    """The night of the settings, which may change while a client runs. Call it with a time of day.

    Args:
        text: "22:00-07:00"; None for never.
    """

    def __init__(self, text: str | None) -> None:
        self.set(text)

    def set(self, text: str | None) -> None:
        """From now on these are the hours."""
        self.text = text
        self._is_night = night_hours(text)

    def __call__(self, at: time) -> bool:
        """Whether a time of day lies in it."""
        return self._is_night(at)


def face_settings(config: ClientConfig, client_id: str) -> FaceSettings:
    """How the settings want the face; the name gives each device blinks of its own."""
    return FaceSettings(
        kind=config.screen,
        full_screen=config.full_screen,
        subtitles=config.subtitles,
        panel=config.panel,
        panel_at=config.panel_at,
        seed=zlib.crc32(client_id.encode()),
    )
