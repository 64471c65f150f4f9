"""The plugins in their house: whom they reach, which sentences everybody knows, what is watched."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hive_mind.commands.interpret import INTENTS as COMMANDS
from hive_mind.errors import ConfigError, PluginError, UnderstandingError
from hive_mind.memory import settle
from hive_mind.protocol.messages import Announce, ResponseChunk, Sentences, ServerMessage
from hive_mind.protocol.sentence_parts import cut
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.ending import end
from hive_mind.server.core.entrusting import Entrusting
from hive_mind.server.core.house_orders import INTENTS as ORDERS
from hive_mind.server.core.plugin import Kind, Storage
from hive_mind.server.core.plugin_actions import Actions
from hive_mind.server.core.plugin_host import PluginHost
from hive_mind.server.core.plugin_manifest import Manifest, Override
from hive_mind.server.core.plugin_secrets import STATE as SECRETS
from hive_mind.server.core.plugin_secrets import PluginSecrets
from hive_mind.server.core.plugin_services import HouseServices
from hive_mind.server.core.plugin_settings import read_settings
from hive_mind.server.core.plugin_storage import FileStorage
from hive_mind.server.core.plugin_watch import watch
from hive_mind.server.core.shared_storage import SharedStorage
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Grammar

if TYPE_CHECKING:
    from hive_mind.server.core.house import House
    from hive_mind.server.core.remote_client import RemoteClient

TAKEN = COMMANDS | ORDERS
"""Intents that no plugin may have: the house answers them itself."""

BUILT_IN = Path(str(files("hive_mind.server"))) / "plugins"


class HousePlugins:
    """The host of a house, and what the house does for it.

    Args:
        house: whose clients it reaches.
        vault: seals what plugins keep.
        kept: folder of what they keep.
        own: folder of the household's own plugins.
        load: makes a grammar of the built-in sentences and more.
    """

    def __init__(
        self, house: "House", vault: Vault, kept: Path, own: Path, load: Callable[..., Grammar]
    ) -> None:
        self.actions = Actions(self._send)
        self.entrusting = Entrusting(house.remote)
        self.secrets = PluginSecrets(house.context)
        self.folders: tuple[Path, ...] = ()
        """Where plugins are: those that come with us first."""
        self.host = PluginHost(
            self._services_for,
            local_intents=TAKEN,
            environ=self.secrets,
            overrides=self._overrides,
            on_change=self._changed,
            on_call=house.meters.on_plugin,
        )
        self._house = house
        self._vault = vault
        self._kept = kept
        self._own = own
        self._load = load
        self._storages: dict[str, Storage] = {}
        self._files: dict[str, FileStorage] = {}
        self._stale = asyncio.Event()
        self._log = get_logger("plugins")
        house.context.listen_to_states(self._on_state)

    async def run(self, loaded: asyncio.Event) -> None:
        """Load, then watch and keep the grammar, until cancelled.

        Args:
            loaded: set once what was there at the start can be asked.
        """
        folders = [folder.resolve() for folder in (BUILT_IN, self._own)]
        try:
            await asyncio.to_thread(self._own.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            self._log.warning("no folder for plugins", reason=error.strerror)
        there = [folder for folder in folders if folder.is_dir()]
        self.folders = tuple(there)
        await self.secrets.load()
        await self.host.start(there)
        await self._renew_grammar()
        loaded.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(watch(self.host, there))
            group.create_task(self._keep_grammar())

    def renew_grammar(self) -> None:
        """The house has another name: make the grammar anew, soon."""
        self._stale.set()

    def tell(self, remote: "RemoteClient") -> None:
        """Send a client that recognises speech the sentences of the plugins."""
        if remote.capabilities.stt:
            for message in self.sentences():
                remote.send(message)

    def greet(self, remote: "RemoteClient") -> None:
        """A client has said hello."""
        self.tell(remote)
        self.entrusting.tell(remote.client_id)

    def sentences(self) -> list[Sentences]:
        """What such a client is sent."""
        return cut(self.host.version, self.host.sentences())

    async def announce(
        self, text: str, client_id: str | None, kind: Kind, reminder_id: str | None = None
    ) -> bool:
        """Say something unasked, on one client or on all; whether any was there."""
        remotes = [r for r in self._house.remotes.values() if client_id in (None, r.client_id)]
        present = [remote for remote in remotes if remote.link is not None]
        for remote in present:
            turn_id = self._house.new_turn_id()
            if remote.session.said_hello:
                remote.send(Announce(text=text, kind=kind, reminder_id=reminder_id, turn_id=turn_id))
            else:
                remote.send(ResponseChunk(content=text, is_final=True, chunk_index=0, turn_id=turn_id))
        far = Announce(text=text, kind=kind, reminder_id=reminder_id, turn_id=self._house.new_turn_id())
        elsewhere = (client_id is None or not present) and self._house.peers.tell(client_id, far)
        return bool(present) or elsewhere

    async def _keep_grammar(self) -> None:
        while True:
            await self._stale.wait()
            await self._renew_grammar()

    async def _renew_grammar(self) -> None:
        """Make the grammar anew, off the loop, and let everybody have it."""
        self._stale.clear()
        try:
            self._house.grammar = await asyncio.to_thread(self._load, *self.host.grammar_folders())
        except UnderstandingError as error:
            self._log.error("grammar not renewed", reason=error.message)
            return
        await asyncio.to_thread(settle)
        for remote in list(self._house.remotes.values()):
            self.tell(remote)
        self._house.spawn(self._house.warm())

    def _send(self, client_id: str, message: ServerMessage) -> bool:
        remote = self._house.remote(client_id)
        if remote is None or remote.link is None:
            return self._house.peers.tell(client_id, message)
        remote.send(message)
        return True

    def _services_for(self, manifest: Manifest, config: Mapping[str, object]) -> HouseServices:
        name = manifest.name
        if name not in self._storages:
            own = FileStorage(self._kept / f"{name}.sealed", self._vault, f"plugin:{name}")
            shared = self._house.config.redis_url is not None
            self._files[name] = own
            self._storages[name] = SharedStorage(self._house.context.fields, name, own) if shared else own
        return HouseServices(
            manifest,
            config,
            self._storages[name],
            self._house.now,
            self.announce,
            self.actions,
            self.entrusting,
            self._house.leads,
        )

    async def reseal(self) -> int:
        """Seal what plugins keep with the newest key; answer how many files. Damaged ones stay."""
        count = 0
        for path in await asyncio.to_thread(lambda: sorted(self._kept.glob("*.sealed"))):
            name = path.stem
            storage = self._files.get(name) or FileStorage(path, self._vault, f"plugin:{name}")
            try:
                await storage.reseal()
                count += 1
            except PluginError as error:
                self._log.warning("plugin storage not sealed anew", plugin=name, code=error.code)
        return count

    def _overrides(self) -> Mapping[str, Override]:
        try:
            return read_settings(self._own)
        except ConfigError as error:
            self._log.warning("plugin settings ignored", reason=error.message)
            return {}

    def _changed(self) -> None:
        self._stale.set()
        self._house.bulletin.tell("plugins")

    async def _on_state(self, name: str) -> None:
        """Another server of this house was given a secret."""
        if name in (SECRETS, ""):
            await self.secrets.load()
            self._house.spawn(self.host.refresh())


@asynccontextmanager
async def open_plugins(house: "House") -> AsyncIterator[None]:
    """A house whose plugins are loaded (or soon will be) and watched while in this context."""
    loaded = asyncio.Event()
    running = house.spawn(house.plugins.run(loaded))
    waiting = asyncio.ensure_future(loaded.wait())
    await asyncio.wait(
        {running, waiting}, timeout=house.config.plugins_wait_s, return_when=asyncio.FIRST_COMPLETED
    )
    waiting.cancel()
    try:
        yield
    finally:
        await end({running})
        await house.plugins.host.stop()
