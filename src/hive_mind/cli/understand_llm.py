"""`hive-mind understand --llm`: the last rung, with the plugins' tools; what it chooses is not done."""

import asyncio
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import typer

from hive_mind.cli.understand import as_told, read_line, sentence_folders
from hive_mind.server.config import ServerConfig, load_config
from hive_mind.server.core.llm.choosing import choose_tool
from hive_mind.server.core.llm.engine import LanguageModel
from hive_mind.server.core.llm.factory import make_model
from hive_mind.server.core.llm.tool_prompt import choosing_chat
from hive_mind.server.core.llm.tools import Offer, offered
from hive_mind.server.core.offering import intents_of, offers_of, tools_of
from hive_mind.server.core.plugin_house import BUILT_IN
from hive_mind.server.core.plugin_loader import prepare, scan
from hive_mind.server.core.plugin_manifest import Override, PluginFaults, read_manifest
from hive_mind.server.core.plugin_settings import read_settings
from hive_mind.server.logs import set_up_logs
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.talk import TalkState, understand


class LastRung:
    """What a server's ladder does with what no sentence matches, up to the call.

    Args:
        config: which model, and where the household's plugins are.
        model: that chooses, instead of the configured one.
    """

    def __init__(self, config: ServerConfig, model: LanguageModel | None = None) -> None:
        self.model = model or make_model(config)
        self.grammar = Grammar.load(*sentence_folders(config.plugins_path), robot_names=(config.name,))
        self._offers, self._context = _tools(config, self.grammar)

    async def start(self) -> None:
        """Load the model.

        Raises:
            LlmError: there is none; it says what to do.
        """
        if self.model.state == "off":
            async for _ in self.model.generate(()):
                break
        if not self.model.capabilities.tools:
            name = self.model.capabilities.name
            typer.echo(f"{name} is offered no tool: set HIVE_MIND_LLM_TOOLS=on to offer them.", err=True)
        await self.model.start()

    async def understand(self, text: str, now: datetime) -> list[Match | str]:
        """The orders of an utterance; a text is what is left for conversation."""
        found, _ = understand(self.grammar, text, TalkState(), now)
        return [await self._choose(each) if isinstance(each, str) else each for each in found]

    async def _choose(self, text: str) -> Match | str:
        offers = offered(self._offers, text) if self.model.capabilities.tools else ()
        if not offers:
            return text
        chat = choosing_chat(self._offers, self._context, text)
        called = await choose_tool(self.model, chat, text, offers, self._offers)
        return called.order if called is not None else text


def understand_with_model(lines: Iterable[str], *, jsonl: bool, data: Path | None) -> None:
    """Answer each line, as `hive-mind understand` does.

    Raises:
        LlmError: there is no language model.
    """
    set_up_logs("error", "console")
    asyncio.run(_answer(lines, LastRung(load_config(data=data)), jsonl=jsonl))


async def _answer(lines: Iterable[str], rung: LastRung, *, jsonl: bool) -> None:
    try:
        await rung.start()
        now = datetime.now().astimezone()
        for line in lines:
            told, text = read_line(line, jsonl=jsonl)
            if text is not None:
                told |= as_told(await rung.understand(text, now))
            typer.echo(json.dumps(told, ensure_ascii=False))
    finally:
        await rung.model.stop()


def _tools(config: ServerConfig, grammar: Grammar) -> tuple[tuple[Offer, ...], str]:
    """The tools of all plugins that would be loaded, and what they tell the model; none is started."""
    settings = read_settings(config.plugins_path)
    found = []
    for name, folder in sorted(scan([BUILT_IN, config.plugins_path]).items()):
        try:
            manifest = settings.get(name, Override()).apply(read_manifest(folder))
            if manifest.enabled:
                found.append(prepare(folder, manifest, os.environ))
        except PluginFaults as refused:
            typer.echo(refused.message, err=True)
    asked = [candidate for candidate in found if not candidate.missing]
    manifests = [candidate.manifest for candidate in asked]
    context = "\n\n".join(candidate.context for candidate in asked if candidate.context)
    return offers_of(tools_of(manifests), intents_of(manifests), grammar), context
