"""All plugins of a house: loaded, replaced while they are asked, and asked.

A turn never fails for a plugin's fault: `execute` always gives a `PluginResult`. Calls that run when a new
version comes end on the old one, which is unloaded after the last of them. A version that cannot be loaded
leaves the last good one in place.
"""

import asyncio
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hive_mind.commands.interpret import INTENTS
from hive_mind.errors import HiveMindError
from hive_mind.server.core.offering import intents_of, tools_of
from hive_mind.server.core.plugin import Request
from hive_mind.server.core.plugin_answer import answer, failure, gone, params_fault, refusal
from hive_mind.server.core.plugin_entry import Entry
from hive_mind.server.core.plugin_health import Ending, Health
from hive_mind.server.core.plugin_loader import Candidate, mark_of, one_line, prepare, scan
from hive_mind.server.core.plugin_manifest import Manifest, Override, PluginFaults, read_manifest
from hive_mind.server.core.plugin_result import PluginIntent, PluginResult, Tool
from hive_mind.server.core.plugin_thread import in_own_thread
from hive_mind.server.core.plugin_version import START_S, Overdue, OwnServices, Version
from hive_mind.server.logs import get_logger
from hive_mind.understanding.sentence_texts import SentenceTexts

IMPORT_S = 20.0
"""Seconds that reading and importing one plugin may usually take."""


class PluginHost:
    """See above.

    Args:
        services_for: makes the services of one version, from its manifest and its settings.
        local_intents: that no plugin may take.
        environ: where secrets are.
        overrides: what the household sets about plugins, by name; read at each load.
        import_s: seconds that reading and importing one plugin may take.
        clock: monotonic seconds.
        on_change: told when `version` grew.
        on_call: told of each call: plugin, how it ended, milliseconds.
    """

    def __init__(
        self,
        services_for: Callable[[Manifest, Mapping[str, Any]], OwnServices],
        *,
        local_intents: Collection[str] = INTENTS,
        environ: Mapping[str, str] | None = None,
        overrides: Callable[[], Mapping[str, Override]] = dict,
        import_s: float = IMPORT_S,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[], None] = lambda: None,
        on_call: Callable[[str, Ending, float], None] = lambda *_: None,
    ) -> None:
        self.version = 0
        self.start_s = START_S
        """Seconds that `on_load` of a plugin may take."""
        self._on_call = on_call
        self.on_change = on_change
        self._services_for = services_for
        self._local = frozenset(local_intents)
        self._environ = os.environ if environ is None else environ
        self._overrides = overrides
        self._import_s = import_s
        self._clock = clock
        self._folders: tuple[Path, ...] = ()
        self._entries: dict[str, Entry] = {}
        self._known: tuple[tuple[Manifest, ...], Mapping[str, PluginIntent]] | None = None
        self._loading = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()
        self._log = get_logger("plugins")

    async def start(self, folders: Sequence[Path], only: Collection[str] | None = None) -> None:
        """Load every plugin of these folders (or `only` some); what cannot be loaded is logged."""
        self._folders = tuple(folders)
        await self.refresh(only)

    async def stop(self) -> None:
        """Unload all, each after its last call."""
        async with self._loading:
            for entry in self._entries.values():
                self._retire(entry)
            self._entries.clear()
        if self._retiring:
            await asyncio.wait(self._retiring)

    async def refresh(self, names: Iterable[str] | None = None) -> None:
        """Look at folders again: load what is new or changed, unload what is gone.

        Args:
            names: of plugins that may have changed; None: all. Those that were refused are tried again too.
        """
        async with self._loading:
            found = await asyncio.to_thread(scan, self._folders)
            overrides = await asyncio.to_thread(self._overrides)
            refused = {n for n, e in self._entries.items() if e.version is None and e.enabled}
            wanted = {*found, *self._entries} if names is None else {*names} | refused
            changed = False
            for name in [name for name in self._entries if name in wanted and name not in found]:
                self._retire(self._entries.pop(name))
                self._log.info("plugin removed", plugin=name)
                changed = True
            for name in [name for name in found if name in wanted]:
                override = overrides.get(name, Override())
                changed = await self._look_at_safely(name, found[name], override) or changed
            if changed:
                self.version += 1
        if changed:
            self.on_change()

    def intents(self) -> Mapping[str, PluginIntent]:
        """What can be asked now, by intent."""
        manifests = tuple(self._manifests())
        if self._known is None or self._known[0] != manifests:
            self._known = (manifests, intents_of(manifests))
        return self._known[1]

    def tools(self) -> tuple[Tool, ...]:
        """The intents as the language model is told of them, but for plugins that lack a setting."""
        return tools_of(self._manifests(configured=True))

    def descriptions(self) -> tuple[str, ...]:
        """What each plugin does, in French, but for those that lack a setting."""
        return tuple(manifest.description for manifest in self._manifests(configured=True))

    def prompt_context(self) -> str:
        """What the language model should know of the plugins; the same as long as `version` is."""
        told = [e.version.candidate for e in self._running(configured=True) if e.version is not None]
        return "\n\n".join(candidate.context for candidate in told if candidate.context)

    def grammar_folders(self) -> tuple[SentenceTexts, ...]:
        """The sentences of the versions at work, for `Grammar.load`."""
        return tuple(SentenceTexts(name, texts) for name, texts in self.sentences().items())

    def sentences(self) -> dict[str, Mapping[str, str]]:
        """The sentence files of the versions at work: by plugin, then by file name.

        What two plugins understand is the first one's: those of later folders (the household's own) go before
        those of earlier ones, and one that lacks a setting goes last.
        """
        running = [e.version for e in self._running() if e.version is not None]
        return {v.manifest.name: v.texts for v in sorted(running, key=self._turn) if v.texts}

    def describe(self) -> dict[str, dict[str, Any]]:
        """State, faults, counts and latency of each plugin, by name."""
        now = self._clock()
        return {name: entry.describe(now) for name, entry in sorted(self._entries.items())}

    async def execute(self, intent: str, params: Mapping[str, Any], request: Request) -> PluginResult:
        """Ask the plugin that has the intent.

        Args:
            intent: one of `intents()`; another one gives a result that says so.
            params: slots; those that are None count as absent.
            request: who asks.
        """
        entry = next((e for e in self._running() if e.version and intent in e.version.manifest.intents), None)
        version = entry.version if entry is not None else None
        if entry is None or version is None:
            return gone(intent)
        manifest, candidate = version.manifest, version.candidate
        given = {key: value for key, value in params.items() if value is not None}
        if candidate.missing:
            return failure(intent, manifest, "PLUGIN_NEEDS_CONFIG", missing=", ".join(candidate.missing))
        if fault := params_fault(intent, manifest, given):
            self._log.info("call refused", plugin=manifest.name, intent=intent, fault=fault[0])
            return failure(intent, manifest, "PLUGIN_PARAMS", ask=fault[1])
        health = entry.health.call(self._clock())
        if health is None:
            return failure(intent, manifest, "PLUGIN_UNAVAILABLE")
        entry.health = health
        began = self._clock()
        result, ending = await self._ask(version, intent, given, request)
        now = self._clock()
        ms = round(1000 * (now - began), 1)
        entry.calls.note(ending, ms)
        self._on_call(manifest.name, ending, ms)
        entry.health = entry.health.after(ending, now)
        if ending != "answered" and entry.health.resting(now):
            self._log.warning("plugin quarantined", plugin=manifest.name, seconds=entry.health.rest_s)
            result = failure(intent, manifest, "PLUGIN_UNAVAILABLE")
        return result.taking(ms)

    async def _ask(
        self, version: Version, intent: str, params: Mapping[str, Any], request: Request
    ) -> tuple[PluginResult, Ending]:
        manifest, candidate = version.manifest, version.candidate
        log = self._log.bind(plugin=manifest.name, intent=intent)
        try:
            raw = await version.call(intent, params, request)
            result, fault = answer(intent, manifest, candidate.replies, raw)
        except Overdue:
            log.warning("call failed", fault=f"it took more than {manifest.timeout_s:g} s")
            return failure(intent, manifest, "PLUGIN_TIMEOUT"), "timeout"
        except HiveMindError as error:
            log.info("call refused", code=error.code, reason=error.message)
            return refusal(intent, manifest, candidate.replies, error), "answered"
        except Exception as error:  # noqa: BLE001 - somebody else's code may raise anything
            log.warning("call failed", fault=one_line(error, candidate.folder))
            return failure(intent, manifest, "PLUGIN_FAILED"), "failed"
        if fault is not None:
            log.warning("reply not filled", fault=fault)
        return result, "answered"

    async def _look_at_safely(self, name: str, folder: Path, override: Override) -> bool:
        """As `_look_at`; what nobody foresaw in one plugin must not keep the others from being loaded."""
        try:
            return await self._look_at(name, folder, override)
        except Exception as error:  # noqa: BLE001 - see above
            self._log.exception("plugin not loaded", plugin=name)
            self._refuse(name, self._entries[name], (one_line(error),))
            return False

    async def _look_at(self, name: str, folder: Path, override: Override) -> bool:
        """Load a folder if it is new or changed; whether another version, or none, is at work now."""
        entry = self._entries.setdefault(name, Entry(folder))
        entry.folder = folder
        running = entry.version.candidate if entry.version is not None else None
        try:
            manifest = override.apply(await asyncio.to_thread(read_manifest, folder))
            entry.enabled = manifest.enabled
            if not manifest.enabled:
                entry.manifest, entry.faults = manifest, ()
                if not self._retire(entry):
                    return False
                self._log.info("plugin disabled", plugin=name)
                return True
            if entry.hung is not None and await asyncio.to_thread(mark_of, folder) == entry.hung:
                return False
            async with asyncio.timeout(self._import_s):
                candidate = await in_own_thread(partial(prepare, folder, manifest, self._environ, running))
            if candidate is running:
                entry.faults = ()
                return False
            self._claim(candidate)
            version = Version(candidate, self._services_for(manifest, candidate.config), self.start_s)
            await version.start()
        except TimeoutError:
            self._refuse(name, entry, (f"importing it takes more than {self._import_s:g} s",))
            entry.hung = await asyncio.to_thread(mark_of, folder)
            return False
        except PluginFaults as error:
            self._refuse(name, entry, error.faults)
            return False
        replaced = self._retire(entry)
        entry.version, entry.manifest, entry.faults, entry.health = version, manifest, (), Health()
        version.begin(self._learnt)
        event = "plugin replaced" if replaced else "plugin loaded"
        self._log.info(event, plugin=name, version=manifest.version, state=entry.state(self._clock()))
        return True

    def _turn(self, version: Version) -> tuple[bool, int]:
        parents = [folder for folder in self._folders if version.candidate.folder.is_relative_to(folder)]
        return bool(version.candidate.missing), -self._folders.index(parents[-1]) if parents else 0

    def _learnt(self) -> None:
        """A version has names that it had not before."""
        self.version += 1
        self.on_change()

    def _claim(self, candidate: Candidate) -> None:
        """Check that its intents are nobody else's."""
        name = candidate.manifest.name
        others = {i: m.name for m in self._manifests() if m.name != name for i in m.intents}
        faults = [
            f"intent {intent!r} is " + (f"plugin {others[intent]}'s" if intent in others else "built in")
            for intent in candidate.manifest.intents
            if intent in others or intent in self._local
        ]
        if faults:
            candidate.drop()
            raise PluginFaults(name, faults)

    def _refuse(self, name: str, entry: Entry, faults: tuple[str, ...]) -> None:
        if faults != entry.faults:
            kept = entry.version.manifest.version if entry.version is not None else None
            for fault in faults:
                self._log.warning("plugin refused", plugin=name, fault=fault, kept=kept)
        entry.faults = faults

    def _retire(self, entry: Entry) -> bool:
        """Let the version at work go, if there is one."""
        version, entry.version = entry.version, None
        if version is None:
            return False
        task = asyncio.create_task(version.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)
        return True

    def _running(self, *, configured: bool = False) -> list[Entry]:
        entries = [entry for _, entry in sorted(self._entries.items()) if entry.version is not None]
        return [e for e in entries if not (configured and e.version and e.version.candidate.missing)]

    def _manifests(self, *, configured: bool = False) -> list[Manifest]:
        return [e.version.manifest for e in self._running(configured=configured) if e.version is not None]
