"""What the language model reads to choose a tool, and to put a plugin's data into words. Pure.

Choosing has a static beginning, all tools, so that only the utterance is new to the model. Data of plugins
never stand there: when data are read, no tool can be called any more.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hive_mind.server.core.llm.engine import ChatMessage
from hive_mind.server.core.llm.tools import Offer, tool_data, tool_lines

_MOST_DATA = 1500
_CONTROL = frozenset({"success", "speech", "reply", "ask", "untrusted", "error"})
_MARKS = re.compile(r"[<>|`]+")
_ROLES: tuple[Literal["user", "assistant"], ...] = ("user", "assistant")


def choosing_chat(
    offers: Iterable[Offer], context: str, question: str, language: str = "fr"
) -> list[ChatMessage]:
    """The chat that ends in a call; the same but for the question as long as the plugins are.

    Args:
        offers: all tools, whichever may be called now.
        context: what the plugins want the model to know (`get_prompt_context`).
        question: the utterance; empty to read the rest ahead.
        language: ISO 639-1 code.
    """
    data = tool_data(language)
    offers = tuple(offers)
    names = {data["none"], *(offer.name for offer in offers)}
    # A plugin that tells what its tools do, by name, need not be described again.
    lines = tool_lines((offer for offer in offers if offer.name not in context), language)
    system = str(data["system"]).format(tools=f"{context}\n{lines}".strip()).strip()
    examples = (example for example in data["examples"] if example["tool"] in names)
    shown = [ChatMessage(role, str(example[role])) for example in examples for role in _ROLES]
    return [ChatMessage("system", system), *shown, ChatMessage("user", question)]


def phrasing_question(question: str, title: str, result: Mapping[str, Any], language: str = "fr") -> str:
    """A question with a plugin's data beside it, marked as data.

    Args:
        question: the utterance.
        title: of the plugin, in French.
        result: what the plugin returned.
        language: ISO 639-1 code.
    """
    told = {key: value for key, value in result.items() if key not in _CONTROL}
    written = _MARKS.sub(" ", json.dumps(told, ensure_ascii=False, default=str))[:_MOST_DATA]
    return (
        str(tool_data(language)["phrasing"]["question"])
        .format(question=question, title=title, data=written)
        .strip()
    )
