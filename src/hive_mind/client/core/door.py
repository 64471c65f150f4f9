"""Whether what is said now is meant for us, and why we think so: a pure machine in audio time.

The door is open always (`always`), or from the wake word or the button until a question was taken or nobody
spoke, and for a while after a question back and after an answer.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hive_mind.speech.audio import SAMPLE_RATE

Listening: TypeAlias = Literal["always", "wake_word", "button"]
"""What opens the door: nothing need; its name; a press. The button and the wake word always do."""

BargeIn: TypeAlias = Literal["button", "words", "speech"]
"""What stops an answer, beside its name and the button, which always do: nothing else; "stop" and the like,
for a microphone from which the played sound is taken out; whatever is said, for headphones."""

Reason: TypeAlias = Literal["always", "wake_word", "button", "question", "answer", "ringing"]
"""Why it is open. `question`: we asked back. `answer`: we have just answered. `ringing`: something rings."""


AFTER_ANSWER_S = 4.0


@dataclass(frozen=True, slots=True)
class TurnTaking:
    """How a client takes turns.

    Attributes:
        listening: what opens the door.
        barge_in: what stops an answer.
        question_s: seconds for which it waits for the question after its name or a press.
        follow_up_s: the same after it has asked something back; the server may ask for another time.
        after_answer_s: the same after an answer, where its name opens the door; 0 for never.
        wake_score_over_answer: least score of the wake word while an answer sounds in a microphone that hears
            it, from 0 to 1.
        cue_s: after its name alone and so long without a question, a soft sound says that it listens.
        echo_ms: after an answer, a microphone that hears it is not listened to for so long: card and air have
            some of it still.
        yield_s: how long it is shown that another room answers.
        answer_silence: say so when the button was pressed and nothing intelligible was heard.
    """

    listening: Listening = "always"
    barge_in: BargeIn = "button"
    question_s: float = 8.0
    follow_up_s: float = 6.0
    after_answer_s: float = AFTER_ANSWER_S
    wake_score_over_answer: float = 0.7
    cue_s: float = 0.5
    echo_ms: int = 250
    yield_s: float = 4.0
    answer_silence: bool = False


class Door:
    """Open or closed.

    Args:
        listening: what opens it.
    """

    def __init__(self, listening: Listening) -> None:
        self._rest: Reason | None = "always" if listening == "always" else None
        self._reason: Reason | None = None
        self._until: int | None = None
        self.rings = False
        """Whether something rings: then "stop" counts even when the door is closed."""

    @property
    def reason(self) -> Reason | None:
        """Why it was opened, for a while; None when it was not."""
        return self._reason

    @property
    def why(self) -> Reason | None:
        """Why it is open; None when it is closed."""
        return self._reason or self._rest or ("ringing" if self.rings else None)

    @property
    def called(self) -> bool:
        """Whether somebody has called and was not answered yet."""
        return self._reason in ("wake_word", "button")

    def open(self, reason: Reason, sample: int, seconds: float) -> None:
        """Open it from `sample` on."""
        self._reason, self._until = reason, sample + int(seconds * SAMPLE_RATE)

    def close(self) -> Reason | None:
        """Close it, unless it is open always; answers why it was open."""
        reason, self._reason, self._until = self._reason, None, None
        return reason

    def overdue(self, sample: int) -> bool:
        """Whether nobody has come in time."""
        return self._until is not None and sample >= self._until
