"""The language model speaks: its text is made sayable, and no claim without a receipt gets through."""

from collections.abc import Callable
from contextlib import aclosing

from hive_mind.errors import LlmError
from hive_mind.language.clauses import is_sent_ahead
from hive_mind.server.core.claims import load_claims
from hive_mind.server.core.guard import TruthGuard
from hive_mind.server.core.llm.engine import Chat, Gate, LanguageModel, generate_with_pauses
from hive_mind.server.core.llm.plain import PlainText
from hive_mind.server.core.saying import Saying
from hive_mind.understanding.restating import restated


def opening_of(question: str, model: LanguageModel, language: str = "fr") -> str:
    """What the answer may begin with before the model has thought of anything; empty when it may not.

    An answer about the house's own things is left to the model as a whole, which may have to decline.

    Args:
        question: that is answered.
        model: it must be there, and go on from a beginning.
        language: ISO 639-1 code.
    """
    able = model.capabilities.continues and model.state == "ready"
    return restated(question, language) if able and not load_claims(language).about_house(question) else ""


async def converse(
    model: LanguageModel,
    chat: Chat,
    gate: Gate,
    guard: TruthGuard,
    saying: Saying,
    opening: str = "",
    on_first: Callable[[], None] = lambda: None,
) -> None:
    """Say the model's answer as it comes.

    Args:
        model: it answers in free text; whatever it writes, no tool is called.
        chat: that it answers.
        gate: pauses it.
        guard: knows what was really done.
        saying: takes the answer.
        opening: beginning of the answer, from which the model goes on; said at once where it is long enough.
        on_first: called at the model's own first piece.

    Raises:
        LlmError: it failed, or answered nothing.
    """
    plain = PlainText()
    before = saying.text
    if before:
        saying.give(" ")
    lead = opening
    if is_sent_ahead(f"{opening} "):
        saying.give(guard.feed(plain.feed(f"{opening} ")))
        before, lead = saying.text, ""
    begun = False
    async with aclosing(generate_with_pauses(model, chat, gate, so_far=opening)) as pieces:
        async for piece in pieces:
            if not begun:
                begun = True
                on_first()
                piece = _joined(opening, piece, said=not lead) if opening else piece
            saying.give(guard.feed(plain.feed(piece)))
            if plain.done or guard.blocked is not None:
                break
    if guard.blocked is None:
        saying.give(guard.feed(plain.flush()))
        saying.give(guard.flush())
    if saying.text.strip() == before.strip():
        raise LlmError("The language model answered nothing.", code="LLM_INVALID")


def _joined(opening: str, piece: str, *, said: bool) -> str:
    """The model's first piece behind the opening, which was said already, with a space, or was not."""
    rest = piece.lstrip()
    if said:
        return rest
    return f"{opening} {rest}" if rest[:1].isalnum() or piece != rest else opening + rest
