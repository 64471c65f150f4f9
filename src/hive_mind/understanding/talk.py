"""What was said before, and utterances that lean on it: "et demain ?", "annule-le", "non, j'ai dit quinze".

Pure: the owner of a conversation keeps one `TalkState`, passes it to `understand`, and tells it with
`did`, `asks`, `confirms` and `passed` what became of the turn.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.leaning import Leaning
from hive_mind.understanding.orders import split_orders

LEAN_FOR_S = 120.0
"""How long an order can be leaned on."""

ANSWER_FOR_S = 45.0
"""How long a question back waits for its answer."""

DECLINED = "declined"
"""Intent of a "no" to a question back, or of giving it up; its slots are those of the order."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question back that waits for its answer.

    Attributes:
        order: what the answer completes, or confirms.
        slot: the missing slot, without suffix; None when a yes or no is awaited.
    """

    order: Match
    slot: str | None


@dataclass(frozen=True, slots=True)
class TalkState:
    """What the next utterance may lean on.

    Attributes:
        last: the order that was carried out last, unless something else was talked about since.
        question: the question back that is open.
        at: when that was.
    """

    last: Match | None = None
    question: Question | None = None
    at: datetime | None = None

    def did(self, order: Match, now: datetime) -> "TalkState":
        """An order was carried out."""
        last = order if order.replaces is None else replace(order, replaces=None)
        return TalkState(last=last, at=now)

    def asks(self, order: Match, slot: str, now: datetime) -> "TalkState":
        """A slot is missing, and was asked for."""
        return TalkState(last=self.last, question=Question(order, slot), at=now)

    def confirms(self, order: Match, now: datetime) -> "TalkState":
        """A yes was asked for before carrying out an order."""
        return TalkState(last=self.last, question=Question(order, None), at=now)

    def passed(self) -> "TalkState":
        """Something else was talked about: nothing is leaned on."""
        return TalkState()


def understand(
    grammar: Grammar, text: str, talk: TalkState, now: datetime, *, expecting: str | None = None
) -> tuple[list[Match | str], TalkState]:
    """Understand an utterance with what was said before it.

    Args:
        grammar: the sentences that are known.
        text: what was said.
        talk: of the turn before.
        now: aware.
        expecting: kind of answer that a local command waits for (`commands.interpret.expected`).

    Returns:
        The orders, in the order in which they were said, and last perhaps the text of what no sentence
        matches; and the talk as it is when they have been carried out. An order with `replaces` corrects an
        earlier one, which is to be undone first; one with `confirmed` was agreed to; the intent `DECLINED`
        means that the order asked about is not to be carried out.
    """
    talk = _fresh(talk, now)
    leaning = Leaning(grammar, now)
    if talk.question is not None:
        answer = _answer(grammar, leaning, text, talk.question)
        if answer is not None:
            after = talk.passed() if answer.intent == DECLINED else talk.did(answer, now)
            return [answer], after

    def read(part: str, before: Match | None) -> Match | None:
        found = grammar.match(part)
        if found is not None and found.confidence == 1.0:
            return found
        leant = leaning.on(before, part) if before is not None else None
        return leant if leant is not None and (found is None or leant.replaces) else found

    exact = grammar.match(text, expecting=expecting)
    leant = None
    if talk.last is not None:
        # What is a sentence by itself leans on nothing, unless it says that something was wrong.
        sure = exact is not None and exact.confidence == 1.0
        leant = leaning.takes_issue(talk.last, text) if sure else leaning.on(talk.last, text)
    if leant is not None and (leant.replaces is not None or leaning.takes_back(text)):
        return [leant], talk.did(leant, now)
    if leant is not None and (exact is None or exact.confidence < leant.confidence):
        return [leant], talk.did(leant, now)
    orders = split_orders(grammar, text, expecting=expecting, read=read)
    last = orders[-1]
    return orders, talk.passed() if isinstance(last, str) else talk.did(last, now)


def _fresh(talk: TalkState, now: datetime) -> TalkState:
    """Without what is too old; a clock that was set back makes everything too old."""
    age = (now - talk.at).total_seconds() if talk.at is not None else 0.0
    if not 0 <= age <= LEAN_FOR_S:
        return TalkState()
    return talk if age <= ANSWER_FOR_S else replace(talk, question=None)


def _answer(grammar: Grammar, leaning: Leaning, text: str, question: Question) -> Match | None:
    """What an utterance answers to a question back; None when it is about something else."""
    order = question.order
    if question.slot is None:
        if leaning.agrees(text):
            return replace(order, rung="context", confirmed=True)
        if leaning.refuses(text):
            return Match(DECLINED, dict(order.slots), rung="context")
        return leaning.on(order, text)
    filled = leaning.fill(order, question.slot, text)
    if filled is not None:
        return filled
    if leaning.gives_up(text):
        return Match(DECLINED, dict(order.slots), rung="context")
    found = grammar.match(text)
    if found is not None:
        return None
    return leaning.fill(order, question.slot, text, freely=True)
