"""The language model speaks: its text is made sayable, and no claim without a receipt gets through."""

from contextlib import aclosing

from hive_mind.errors import LlmError
from hive_mind.server.core.guard import TruthGuard
from hive_mind.server.core.llm.engine import Chat, Gate, LanguageModel, generate_with_pauses
from hive_mind.server.core.llm.plain import PlainText
from hive_mind.server.core.saying import Saying


async def converse(model: LanguageModel, chat: Chat, gate: Gate, guard: TruthGuard, saying: Saying) -> None:
    """Say the model's answer as it comes.

    Args:
        model: it answers in free text; whatever it writes, no tool is called.
        chat: that it answers.
        gate: pauses it.
        guard: knows what was really done.
        saying: takes the answer.

    Raises:
        LlmError: it failed, or answered nothing.
    """
    plain = PlainText()
    before = saying.text
    if before:
        saying.give(" ")
    async with aclosing(generate_with_pauses(model, chat, gate)) as pieces:
        async for piece in pieces:
            saying.give(guard.feed(plain.feed(piece)))
            if plain.done or guard.blocked is not None:
                break
    if guard.blocked is None:
        saying.give(guard.feed(plain.flush()))
        saying.give(guard.flush())
    if saying.text.strip() == before.strip():
        raise LlmError("The language model answered nothing.", code="LLM_INVALID")
