"""The model chooses a tool: what it names, and what of it is believed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, Gate, LanguageModel, generate_with_pauses
from hive_mind.server.core.llm.tools import Offer, believed, form_of, is_convincing, is_hinted, read_call
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Match

_log = get_logger("ladder")


@dataclass(frozen=True, slots=True)
class Called:
    """A tool that the model called.

    Attributes:
        order: with the parameters that were really said.
        sure: nothing changes by it, or words of the utterance ask for it; otherwise the user is asked first.
    """

    order: Match
    sure: bool


async def choose_tool(
    model: LanguageModel,
    chat: Chat,
    text: str,
    offers: Sequence[Offer],
    known: Sequence[Offer],
    gate: Gate | None = None,
) -> Called | None:
    """The tool that the model calls for an utterance; None when it calls none, or none that is convincing.

    Args:
        model: it is asked once.
        chat: in which a tool is chosen (`tool_prompt.choosing_chat`), ending in `text`.
        text: the utterance.
        offers: tools that it may mean (`tools.offered`).
        known: all tools.
        gate: pauses the model.
    """
    written = ""
    try:
        async for piece in generate_with_pauses(model, chat, gate or Gate(), form_of(offers)):
            written += piece
    except LlmError as error:
        _log.warning("no tool chosen", code=error.code)
        return None
    call = read_call(written, offers)
    if call is None:
        return None
    offer = next(o for o in offers if o.name == call.name)
    params = believed(call, offer, text)
    _log.debug("tool chosen", intent=call.name, said=json.dumps(params, ensure_ascii=False))
    if not is_convincing(params, offer):
        return None
    sure = not offer.acts or is_hinted(offer, known, text)
    return Called(Match(call.name, params, confidence=0.5, rung="llm"), sure)
