"""What the eyes are to show, as it is handed from the client to whatever draws it."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
MAX_TEXT = 500
Text = Annotated[str, AfterValidator(lambda text: text[-MAX_TEXT:])]


class Expression(StrEnum):
    """The shape of the eyes. Each is told from the others without its colour."""

    IDLE = "idle"
    WAKING = "waking"
    PUZZLED = "puzzled"
    LISTENING = "listening"
    FOLLOW_UP = "follow_up"
    THINKING = "thinking"
    SPEAKING = "speaking"
    MUTED = "muted"
    RINGING = "ringing"
    ELSEWHERE = "elsewhere"
    BROKEN = "broken"


class Tone(StrEnum):
    """The colour of the eyes, with the meanings of the specification."""

    WHITE = "white"
    YELLOW = "yellow"
    BLUE = "blue"
    VIOLET = "violet"
    RED = "red"


class Mood(BaseModel):
    """An expression in a tone; `mood.mood_of` gives the one that is true."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expression: Expression = Expression.WAKING
    tone: Tone = Tone.YELLOW


class Look(BaseModel):
    """All that is shown at one moment.

    Attributes:
        mood: what the eyes say.
        loudness: of whoever is speaking, us or the user, 0 to 1.
        subtitle: what the user said, so far as it is known.
        answer: what is being answered. Of both texts the end is kept: 500 characters.
        night: dimmed, and sleepy while nothing happens.
        brightness: of the eyes, 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mood: Mood = Mood()
    loudness: Share = 0.0
    subtitle: Text = ""
    answer: Text = ""
    night: bool = False
    brightness: Share = 1.0
