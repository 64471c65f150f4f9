"""The tools of the moment: what the plugins can be asked, and which words ask for it."""

from collections.abc import Iterable, Mapping

from hive_mind.server.core.llm.tools import Offer
from hive_mind.server.core.plugin_manifest import Manifest
from hive_mind.server.core.plugin_result import PluginIntent, Tool
from hive_mind.understanding.grammar import Grammar


def intents_of(manifests: Iterable[Manifest]) -> dict[str, PluginIntent]:
    """What plugins can be asked, by intent."""
    return {
        intent: PluginIntent(
            intent,
            manifest.name,
            manifest.spoken_title,
            manifest.params.get(intent, {}),
            confirm=intent in manifest.confirm,
            quick=manifest.quick,
            timeout_s=manifest.timeout_s,
            read_only=intent in manifest.read_only,
            triggers=manifest.triggers,
            description=_description(manifest, intent),
        )
        for manifest in manifests
        for intent in manifest.intents
    }


def tools_of(manifests: Iterable[Manifest]) -> tuple[Tool, ...]:
    """The intents of plugins as the language model is told of them."""
    return tuple(
        Tool(
            intent,
            _description(manifest, intent),
            manifest.params.get(intent) or {"type": "object", "properties": {}},
        )
        for manifest in manifests
        for intent in manifest.intents
    )


def _description(manifest: Manifest, intent: str) -> str:
    return str(manifest.params.get(intent, {}).get("description") or manifest.description)


def offers_of(
    tools: tuple[Tool, ...], intents: Mapping[str, PluginIntent], grammar: Grammar
) -> tuple[Offer, ...]:
    """What the language model may be offered.

    Args:
        tools: as the plugins describe them.
        intents: by name.
        grammar: with the plugins' sentences, whose words and slots say what an intent is about.
    """
    found = []
    for tool in tools:
        intent = intents[tool.name]
        # What a sibling calls a moment is one here too, even if no sentence of this intent has it.
        slots = {k: v for other in grammar.siblings(tool.name) for k, v in grammar.slots_of(other).items()}
        found.append(
            Offer(
                tool.name,
                tool.description,
                tool.parameters,
                triggers=intent.triggers,
                acts=not intent.read_only,
                slots={**slots, **grammar.slots_of(tool.name)},
                hints=grammar.words_of(tool.name),
            )
        )
    return tuple(found)
