"""The word error rate of a household, as people sampled it (`hive-mind wer`): counts alone, no words."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from hive_mind.disk import replace_whole
from hive_mind.language.speakable import speakable
from hive_mind.language.words import keys_of


@dataclass(frozen=True, slots=True)
class Score:
    """What was sampled in one room.

    Attributes:
        turns: that somebody judged.
        words: that were said in them.
        errors: words that were heard wrong, missed or made up.
    """

    turns: int = 0
    words: int = 0
    errors: int = 0

    def plus(self, said: str, heard: str) -> "Score":
        """With one more turn."""
        words, errors = compared(said, heard)
        return Score(self.turns + 1, self.words + words, self.errors + errors)

    @property
    def rate(self) -> float | None:
        """Errors per word; None before the first."""
        return self.errors / self.words if self.words else None


@dataclass(frozen=True, slots=True)
class Sample:
    """All that is kept.

    Attributes:
        rooms: the score of each.
        until: turns that began up to then were judged, and are not asked about again.
    """

    rooms: dict[str, Score] = field(default_factory=dict)
    until: datetime | None = None

    def judged(self, room: str, begun: datetime, said: str, heard: str) -> "Sample":
        """With one more turn; an empty `said` leaves it out of the score."""
        until = begun if self.until is None else max(self.until, begun)
        if not keys_of(said):
            return replace(self, until=until)
        return Sample({**self.rooms, room: self.rooms.get(room, Score()).plus(said, heard)}, until)


def compared(said: str, heard: str) -> tuple[int, int]:
    """Words that were said, and the fewest edits that make them of what was heard; numbers as words."""
    reference, hypothesis = keys_of(speakable(said)), keys_of(speakable(heard))
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(hypothesis, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return len(reference), row[-1]


def sample_path(data: Path) -> Path:
    """Where it is, in the data folder."""
    return data / "word-errors.json"


def load_sample(path: Path) -> Sample:
    """The sample so far; an empty one where there is none, or none that can be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        rooms = {str(room): Score(**score) for room, score in told["rooms"].items()}
        return Sample(rooms, datetime.fromisoformat(told["until"]) if told["until"] else None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Sample()


def save_sample(path: Path, sample: Sample) -> None:
    """Keep it.

    Raises:
        OSError: the disk refuses.
    """
    rooms = {room: asdict(score) for room, score in sample.rooms.items()}
    told = {"rooms": rooms, "until": sample.until.isoformat() if sample.until else None}
    replace_whole(path, json.dumps(told, ensure_ascii=False, indent=1).encode())
