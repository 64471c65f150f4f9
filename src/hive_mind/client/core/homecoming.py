"""The server is away, and is back: what is told of it, and the questions that waited for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from hive_mind.client.core.clock import Clock
from hive_mind.client.core.kept_questions import KeptQuestions
from hive_mind.client.core.outages import STEADY_S, Outages
from hive_mind.client.core.state import Effect
from hive_mind.language.messages import error_message, message
from hive_mind.protocol.messages import Forgotten
from hive_mind.understanding.grammar import Match

BETWEEN_S = 45.0
"""Between two questions that are offered: time for a yes, and for the answer."""


class Homecoming:
    """Watches the link.

    Args:
        clock: measures.
        say: says a sentence, as soon as nobody speaks.
        offer: asks whether a kept question should be answered now; given the words and the question.
        kept: questions that waited; None where none are kept.
    """

    def __init__(
        self,
        clock: Clock,
        say: Callable[[str], Awaitable[None]],
        offer: Callable[[str, str], Awaitable[None]],
        kept: KeptQuestions | None,
    ) -> None:
        self._clock = clock
        self._say = say
        self._offer = offer
        self._kept = kept
        self._outages = Outages()
        self._came = asyncio.Event()

    def linked(self) -> None:
        """The link came up."""
        self._outages = self._outages.up(self._clock.now())
        self._came.set()

    def lost(self) -> None:
        """The link is gone."""
        self._outages = self._outages.down()

    def tells_loss(self) -> bool:
        """Whether to say at length that the server is away."""
        self._outages, tell = self._outages.tell_loss(self._clock.now())
        return tell

    def keeps(self, question: str) -> bool:
        """Keep a question that cannot be answered now; False where that is not wanted."""
        if self._kept is None:
            return False
        self._kept.keep(question, self._clock.today())
        return True

    def forgets(self, order: Match | None) -> bool:
        """Whether this is the order to forget everything; then it is done, as far as it can be done here."""
        if order is None or (order.intent, order.slots.get("scope")) != ("forget", "all"):
            return False
        if self._kept is not None:
            self._kept.forget(Forgotten(scope="all"))
        return True

    async def run(self) -> None:
        """Say that the server is back, and offer what was kept, until cancelled."""
        while True:
            await self._came.wait()
            self._came.clear()
            await self._clock.sleep(STEADY_S)
            now = self._clock.now()
            if not self._outages.is_back(now):
                continue
            self._outages, tell = self._outages.tell_return(now)
            back = message("reconnected") if tell else ""
            if self._kept is None or not await self._offer_all(self._kept, back):
                await self._say_if_any(back)

    async def _offer_all(self, kept: KeptQuestions, back: str) -> bool:
        """Offer one question after the other as long as the server stays; whether there was one."""
        offered = False
        while self._outages.is_back(self._clock.now()):
            question = kept.take(self._clock.today())
            if question is None:
                break
            asked = message("kept_question", question=_sentence(question.text))
            await self._offer(f"{back} {asked}".strip(), question.text)
            offered, back = True, ""
            await self._clock.sleep(BETWEEN_S)
        return offered

    async def _say_if_any(self, text: str) -> None:
        if text:
            await self._say(text)


def away_sentences(effects: Sequence[Effect], question: str, home: Homecoming | None) -> list[str]:
    """What is said when the server is needed and away.

    Args:
        effects: of `Event.SERVER_NEEDED`.
        question: what only the server can answer.
        home: knows what was said before; None: nothing was.
    """
    said: list[str] = []
    for effect in effects:
        if effect is Effect.SAY_DEGRADED and (home is None or home.tells_loss()):
            said.append(message("degraded"))
        elif effect is Effect.SAY_NEEDS_SERVER:
            kept = home is not None and home.keeps(question)
            said.append(message("question_kept" if kept else "cannot_answer_offline"))
        elif effect is Effect.SAY_REFUSED:
            said.append(error_message("SERVER_REFUSED"))
    return said


def lost_sentence(code: str, question: str, home: Homecoming | None) -> str:
    """What is said when the server is lost in the middle of a turn, and what becomes of the question.

    Args:
        code: of the fault.
        question: that was not answered, or not to its end.
        home: knows what was said before.
    """
    said = [error_message(code)]
    if home is not None and code == "SERVER_LOST":
        home.tells_loss()
        said += [message("question_kept_too")] if home.keeps(question) else []
    return " ".join(said)


def _sentence(text: str) -> str:
    """With a mark at its end."""
    return text if text.rstrip()[-1:] in ("?", "!", ".", "…") else f"{text.rstrip()}."
