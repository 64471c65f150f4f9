"""What plugins offer, and what comes of asking one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class PluginIntent:
    """Something that a plugin can be asked.

    Attributes:
        name: of the intent.
        plugin: whose it is.
        title: of the plugin, in French.
        schema: JSON schema of its parameters; empty: anything goes.
        confirm: it is only carried out after a yes.
        quick: the answer is said as it is, without the language model.
        timeout_s: seconds that a call may take.
        read_only: it changes nothing, so that it may be asked before the speaker has finished.
        triggers: words that point to the plugin.
        description: what it does, for people and for the language model.
    """

    name: str
    plugin: str
    title: str
    schema: Mapping[str, JsonValue]
    confirm: bool
    quick: bool
    timeout_s: float
    read_only: bool = False
    triggers: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """An intent as the language model is told of it.

    Attributes:
        name: of the intent.
        description: what it does.
        parameters: JSON schema of an object.
    """

    name: str
    description: str
    parameters: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Ask:
    """A parameter is missing.

    Attributes:
        slot: its name.
        question: how to ask for it, in French.
    """

    slot: str
    question: str


@dataclass(frozen=True, slots=True)
class PluginResult:
    """What came of a call; there always is one, whatever the plugin did.

    Attributes:
        intent: that was asked.
        plugin: that was asked; empty when none has the intent.
        success: whether it was done.
        speech: the whole answer in French; None: the plugin has no words for it, and somebody should phrase
            `data`. Always there when something failed.
        data: what the plugin returned.
        ask: a question back instead of an answer.
        receipt_id: proof that it was done, of successes alone.
        error: code of what went wrong.
        untrusted: `data` holds texts of others, which must not be taken for orders.
        ms: how long it took.
    """

    intent: str
    plugin: str
    success: bool
    speech: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    ask: Ask | None = None
    receipt_id: str | None = None
    error: str | None = None
    untrusted: bool = True
    ms: float = 0.0

    def taking(self, ms: float) -> "PluginResult":
        """The same, with its duration."""
        return replace(self, ms=ms)
