"""The lists plugin: which list, which items."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hive_mind.language.words import fold, keys_of
from hive_mind.server.core.plugin import Plugin
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases, as_said

from .items import find_item, split_items
from .shelf import Shelf

_Result = dict[str, Any]


class ListsPlugin(Plugin):
    """Named lists.

    Configuration: `default_list`; `names`: what else each list is called.
    """

    async def on_load(self) -> None:
        """Find the lists."""
        self._phrases = Phrases.of_folder(Path(__file__).parent)
        self._shelf = Shelf(self.services.storage)

    def get_prompt_context(self) -> str:
        """What the language model should know."""
        return (
            "list_add, list_remove, list_read : les listes de la maison (courses, à faire, ou une autre). "
            "Paramètres : item (« du lait et des œufs »), list (nom, facultatif)."
        )

    async def execute(self, intent: str, params: dict[str, Any]) -> _Result:
        """Add to, take off or read a list."""
        try:
            if intent == "list_add":
                return await self._add(params)
            if intent == "list_remove":
                return await self._remove(params)
            return await self._read(params)
        except Failure as failure:
            return failure.result()

    async def _add(self, params: Mapping[str, Any]) -> _Result:
        name = self._name(params)
        phrase = str(params.get("item") or "").strip()
        if not phrase:
            return self._ask("item", self._phrases.say("ask_item", list=self._title(name)))
        items = split_items(as_said(phrase, self.services.request().text))
        added, there = await self._shelf.add(name, items)
        key = "added" if not there else "added_some" if added else "already"
        return self._done(
            key, name, items=self._phrases.listed(added), there=self._phrases.listed(there), added=added
        )

    async def _remove(self, params: Mapping[str, Any]) -> _Result:
        name = self._name(params)
        on_it = await self._shelf.read(name)
        if not on_it:
            raise Failure("LIST_EMPTY", "There is nothing on the list.", list=self._title(name))
        if params.get("all"):
            return await self._clear(name, on_it, params)
        phrase = str(params.get("item") or "").strip()
        if not phrase:
            return self._ask("item", self._phrases.say("ask_remove", list=self._title(name)))
        gone: list[str] = []
        unknown: list[str] = []
        for wanted in split_items(as_said(phrase, self.services.request().text)):
            found = find_item(wanted, on_it)
            if len(found) > 1:
                which = self._phrases.say("ask_which", items=self._phrases.listed(found))
                return self._ask("item", which)
            gone += found
            unknown += [] if found else [wanted]
        if not gone:
            raise Failure(
                "ITEM_UNKNOWN",
                "The item is not on the list.",
                item=self._phrases.listed(unknown),
                list=self._title(name),
            )
        await self._shelf.remove(name, gone)
        key = "removed_some" if unknown else "removed"
        return self._done(
            key, name, items=self._phrases.listed(gone), unknown=self._phrases.listed(unknown), removed=gone
        )

    async def _clear(self, name: str, on_it: list[str], params: Mapping[str, Any]) -> _Result:
        sure = params.get("sure")
        if sure is None:
            question = self._phrases.count("ask_sure", len(on_it), list=self._title(name))
            return self._ask("sure", question)
        if sure is not True and not set(keys_of(str(sure))) & set(keys_of(self._phrases.say("yes_words"))):
            return {"success": False, "speech": self._phrases.say("kept", list=self._title(name))}
        await self._shelf.remove(name, on_it)
        return self._done("cleared", name, removed=on_it)

    async def _read(self, params: Mapping[str, Any]) -> _Result:
        if params.get("all"):
            lists = {name: items for name, items in (await self._shelf.all()).items() if items}
            if not lists:
                return {"success": True, "speech": self._phrases.say("no_lists"), "lists": {}}
            names = [
                self._phrases.count("list_with", len(items), list=self._title(name))
                for name, items in lists.items()
            ]
            return {"success": True, "speech": self._phrases.say("lists", lists=self._phrases.listed(names))}
        name = self._name(params)
        items = await self._shelf.read(name) or []
        wanted = str(params.get("item") or "").strip()
        if wanted:
            found = find_item(wanted, items)
            return self._done("on_it" if found else "not_on_it", name, item=found[0] if found else wanted)
        if not items:
            return self._done("empty", name)
        return self._done("read", name, items=self._phrases.listed(items), count=len(items), found=items)

    def _done(self, key: str, name: str, **data: Any) -> _Result:
        blanks = {**data, "list": self._title(name)}
        return {"success": True, "speech": self._phrases.say(key, **blanks), "name": name, **data}

    def _ask(self, slot: str, question: str) -> _Result:
        return {"success": False, "ask": {"slot": slot, "question": question}}

    def _name(self, params: Mapping[str, Any]) -> str:
        """The list that is meant: an alias of a known one, or a list of its own."""
        said = str(params.get("list") or "").strip()
        if not said:
            return str(self.config.get("default_list", "courses"))
        names: Mapping[str, list[str]] = self.config.get("names", {})
        for name, aliases in names.items():
            if keys_of(said) in [keys_of(alias) for alias in (name, *aliases)]:
                return name
        return said

    def _title(self, name: str) -> str:
        """How a list is called in a sentence."""
        own = f"title_{'_'.join(keys_of(fold(name)))}"
        return self._phrases.say(own) if self._phrases.has(own) else self._phrases.say("title", name=name)
