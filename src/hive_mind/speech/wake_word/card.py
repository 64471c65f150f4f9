"""What is known about a wake word beside its network."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hive_mind.errors import ModelError

THRESHOLD = 0.5

LOOSE_THRESHOLD = 0.1

LAG_MS = 100

VERIFY_AT = -4.5


class WakeWordCard(BaseModel):
    """The card of one wake word: a JSON file beside its model, of the same name.

    Attributes:
        phrase: how it is said ("hey alison").
        threshold: score from which on the word was heard, at a sensitivity of 0.5.
        spellings: how a recogniser may write the phrase.
        compared: ways to write it that verifying compares with the sound; phrase and spellings by default.
        handicaps: of each of these, how much better than the first one it fits whatever is said.
        trust: how much of the detector's own log odds counts with that, see `Phrase`.
        lag_ms: from the end of the word to the moment its score has passed the threshold and is done with
            rising, rather more than less: the question is cut there, and what is left of the phrase before it
            does no harm.
        loose_threshold: the threshold where each wake is verified.
        verify_at: how well one of the spellings must fit the sound, as `ScoresPhrases` tells it, with what
            trust adds.
    """

    # What else training writes into it (seeds, data, curves, date) is nobody's business here.
    model_config = ConfigDict(frozen=True, extra="ignore")

    phrase: str = Field(min_length=1, max_length=100)
    threshold: float = Field(default=THRESHOLD, gt=0.0, lt=1.0)
    spellings: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    handicaps: tuple[float, ...] = ()
    trust: float = Field(default=0.0, ge=0.0, le=2.0)
    lag_ms: int = Field(default=LAG_MS, ge=-2000, le=2000)
    loose_threshold: float = Field(default=LOOSE_THRESHOLD, gt=0.0, lt=1.0)
    verify_at: float = Field(default=VERIFY_AT, le=0.0)

    @property
    def verified_by(self) -> tuple[str, ...]:
        """What the sound of a wake is compared with."""
        return self.compared or self.all_spellings

    @property
    def all_spellings(self) -> tuple[str, ...]:
        """The phrase, then the other ways to write it; none twice."""
        return tuple(dict.fromkeys((self.phrase, *self.spellings)))


def read_card(path: Path) -> WakeWordCard:
    """The card in a JSON file.

    Raises:
        ModelError: MODEL_MISSING without it, MODEL_CORRUPT when it is malformed.
    """
    try:
        return WakeWordCard.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(
            f"the wake word's card {path} is missing: it says at least its phrase, as in "
            '{"phrase": "hey alison"}.',
            code="MODEL_MISSING",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ModelError(
            f"the wake word's card {path} is malformed: {place}: {first['msg']}.", code="MODEL_CORRUPT"
        ) from error


@cache
def stock_cards() -> dict[str, WakeWordCard]:
    """The words that come with openWakeWord, by name."""
    text = files(__package__).joinpath("data/stock.toml").read_text("utf-8")
    return {name: WakeWordCard.model_validate(entry) for name, entry in tomllib.loads(text).items()}
