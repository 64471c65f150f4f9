"""A GGUF model on this machine's CPU: llama.cpp in a process of its own, watched and started again."""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, Form, LlmCapabilities, LlmState
from hive_mind.server.core.llm.openai import OpenAiModel
from hive_mind.server.core.llm.prefix import KeptPrefix
from hive_mind.server.core.llm.slot import Slot
from hive_mind.server.core.llm.worker import WorkerOrder
from hive_mind.server.logs import get_logger

LOAD_WAIT_S = 30.0
"""How long a question waits for a model that is being loaded."""

_SPINS = "300"
"""How often a thread of llama.cpp looks for its mates before it sleeps. By default it looks for so long that
beside one other program on the same two cores the model writes at a third of its speed: 10 tokens a second
instead of 33 (1.5B); with this, 17."""

_LOAD_S = 180.0
_RESTART_S = (0.5, 2.0, 10.0, 60.0)
_QUIET_S = 60.0
_IDLE_S = 2.0


class LlamaCppModel:
    """llama.cpp with one slot: the conversation's prefix stays in its cache from turn to turn.

    Args:
        model: GGUF file.
        runtime: private folder for the socket.
        threads: CPU threads.
        context_tokens: size of the window.
        max_tokens: longest answer.
        temperature: 0 always gives the likeliest answer.
        prefix: static beginning of every chat, kept from one start to the next.
        tools: the model may choose actions.
    """

    def __init__(
        self,
        model: Path,
        runtime: Path,
        *,
        threads: int,
        context_tokens: int = 4096,
        max_tokens: int = 160,
        temperature: float = 0.2,
        prefix: KeptPrefix | None = None,
        tools: bool = False,
    ) -> None:
        self._model = model
        self._tools = tools
        self._listen = (
            str(runtime / f"llm-{secrets.token_hex(4)}.sock") if sys.platform != "win32" else "127.0.0.1"
        )
        self._threads = threads
        self._context_tokens = context_tokens
        self._max_tokens = max_tokens
        self._temperature = temperature
        self._prefix = prefix
        self._computed: int | None = None
        self._hopeless = False  # the last try to load it failed: nobody need wait for the next one
        self._state: LlmState = "loading"
        self._process: asyncio.subprocess.Process | None = None
        self._client: OpenAiModel | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._ready = asyncio.Event()
        self._first: Chat | None = None
        self._second: Chat | None = None
        self._second_read = False
        self._second_task: asyncio.Task[None] | None = None
        self._log = get_logger("llm")

    @property
    def capabilities(self) -> LlmCapabilities:
        """It is local, goes on from a beginning, and can be warmed."""
        name = f"llamacpp:{self._model.parent.name}"
        return LlmCapabilities(name, local=True, continues=True, warms=True, tools=self._tools)

    @property
    def state(self) -> LlmState:
        """Loading, ready, or failed and about to be started again."""
        return self._state

    @property
    def pid(self) -> int | None:
        """Process id of the worker, while it runs."""
        return self._process.pid if self._process is not None else None

    @property
    def computed(self) -> int | None:
        """Tokens that the last reading ahead had to compute; None before the first."""
        return self._computed

    async def start(self) -> None:
        """Begin to load."""
        self._keeper = asyncio.create_task(self._keep(), name="llm")

    def keep_ready(self, chat: Chat) -> None:
        """Read it as soon as the model is idle; see `LanguageModel.keep_ready`."""
        self._second, self._second_read = chat, False
        if self._second_task is None:
            self._second_task = asyncio.create_task(self._read_second(), name="llm second beginning")

    @property
    def keeps_ready(self) -> bool:
        """Whether it was read, by this worker."""
        return self._second_read

    async def stop(self) -> None:
        """End the worker."""
        for task in (self._second_task, self._keeper, self._reading, self._opening):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        await self._end()
        self._state = "off"

    async def generate(
        self, chat: Chat, so_far: str = "", form: Form | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer, piece by piece; see `LanguageModel.generate`."""
        if self._reading is not None:
            self._reading.cancel()
        async with self._turn:
            client = await self._loaded()
            await self._opened()
            if client is None or client is not self._client:
                code = "LLM_LOADING" if self._state == "loading" else "LLM_UNAVAILABLE"
                raise LlmError(f"The language model is {self._state}.", code=code)
            pieces = client.generate(chat, so_far, form)
            try:
                async for piece in pieces:
                    yield piece
            finally:
                await pieces.aclose()

    async def prepare(self, chat: Chat) -> None:
        """Read the chat into the cache, unless an answer is being generated; see `LanguageModel.prepare`."""
        self._first = chat
        if self._client is None or self._turn.locked() or (self._reading and not self._reading.done()):
            return
        self._reading = asyncio.create_task(self._warm(self._client, chat))
        await asyncio.wait({self._reading})

    async def _read_second(self) -> None:
        """Whenever the second beginning is not read and nothing else is to be done, read it.

        The conversation is read again after it: llama.cpp's one slot holds one beginning, and keeps the other
        in memory.
        """
        while True:
            await asyncio.sleep(_IDLE_S)
            client, chat = self._client, self._second
            busy = self._turn.locked() or (self._reading is not None and not self._reading.done())
            if client is None or chat is None or self._second_read or busy:
                continue
            await self._opened()
            self._reading = asyncio.create_task(self._read_both(client, chat))
            await asyncio.wait({self._reading})

    async def _read_both(self, client: OpenAiModel, chat: Chat) -> None:
        if await self._read(client, chat) and client is self._client and chat is self._second:
            self._second_read = True
            self._log.info("tools read")
            if self._first is not None:
                await self._read(client, self._first)

    async def _loaded(self) -> OpenAiModel | None:
        """The model, waiting for it a while if it is being loaded."""
        if self._client is None and self._state == "loading" and not self._hopeless:
            try:
                async with asyncio.timeout(LOAD_WAIT_S):
                    await self._ready.wait()
            except TimeoutError:
                return None
        return self._client

    async def _read(self, client: OpenAiModel, chat: Chat) -> bool:
        """Whether it was read; a failure shows at the next answer."""
        try:
            self._computed = await client.read_only(chat)
        except LlmError as error:
            self._log.debug("prefix not read", code=error.code)
            return False
        return True

    async def _open(self, client: OpenAiModel, prefix: KeptPrefix) -> None:
        """Read the static prefix and keep it, before anything else is read: no turn may get into the file."""
        if await self._read(client, prefix.chat):
            await prefix.keep()

    async def _opened(self) -> None:
        """Return when the static prefix is read.

        A question loses nothing: it would have to read it as well.
        """
        if self._opening is not None:
            await asyncio.wait({self._opening})

    async def _warm(self, client: OpenAiModel, chat: Chat) -> None:
        await self._opened()
        if client is self._client:
            await self._read(client, chat)

    async def _keep(self) -> None:
        """Start the worker, wait for its end, start it again; ever slower while it keeps failing."""
        failures = 0
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self._run_once()
            except LlmError as error:
                self._hopeless = self._client is None
                self._log.error("language model failed", code=error.code, reason=error.message)
            finally:
                self._state = "failed"
                await self._end()
            lasted = asyncio.get_running_loop().time() - begun
            failures = 0 if lasted > _QUIET_S else failures + 1
            await asyncio.sleep(_RESTART_S[min(failures, len(_RESTART_S)) - 1])
            self._state = "loading"

    async def _run_once(self) -> None:
        """Run a worker until it ends.

        Raises:
            LlmError: it could not load the model, or ended.
        """
        if not await asyncio.to_thread(self._model.is_file):
            raise LlmError(f"{self._model} does not exist: ./hive models pull", code="MODEL_MISSING")
        begun = asyncio.get_running_loop().time()
        key = secrets.token_urlsafe(24)
        slots = await self._prefix.prepare(self._model, self._context_tokens) if self._prefix else ""
        order = WorkerOrder(str(self._model), self._listen, key, self._threads, self._context_tokens, slots)
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "hive_mind.server.core.llm.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env={"GOMP_SPINCOUNT": _SPINS, **os.environ},
        )
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(order.to_line())
        try:
            async with asyncio.timeout(_LOAD_S):
                line = await process.stdout.readline()
        except TimeoutError:
            raise LlmError(f"The model did not load within {_LOAD_S:.0f} s.", code="LLM_TIMEOUT") from None
        told = json.loads(line) if line.strip() else {"error": "its process ended while loading"}
        if "address" not in told:
            raise LlmError(f"llama.cpp cannot load {self._model.name}: {told['error']}.")
        address = str(told["address"])
        client = self._connect(address, key)
        if (
            self._prefix is not None
            and slots
            and not await self._prefix.restore(self._connect_slot(address, key))
        ):
            self._opening = asyncio.create_task(self._open(client, self._prefix))
        self._client = client
        self._hopeless = False
        self._state = "ready"
        self._ready.set()
        self._log.info(
            "language model ready",
            model=self.capabilities.name,
            load_s=round(asyncio.get_running_loop().time() - begun, 2),
            pid=process.pid,
        )
        if self._first is not None and not self._turn.locked():
            self._reading = asyncio.create_task(self._warm(client, self._first))
        code = await process.wait()
        raise LlmError(f"The process of llama.cpp ended (code {code}).")

    def _connect(self, address: str, key: str) -> OpenAiModel:
        transport = _transport(address)
        return OpenAiModel(
            "http://llm/v1" if transport else f"{address}/v1",
            self._model.parent.name,
            api_key=key,
            max_tokens=self._max_tokens,
            temperature=self._temperature,
            capabilities=self.capabilities,
            extra={"cache_prompt": True},
            transport=transport,
        )

    def _connect_slot(self, address: str, key: str) -> Slot:
        transport = _transport(address)
        return Slot("http://llm" if transport else address, api_key=key, transport=transport)

    async def _end(self) -> None:
        self._ready.clear()
        for task in (self._reading, self._opening):
            if task is not None:
                task.cancel()
        self._opening, self._second_read = None, False
        client, self._client = self._client, None
        if client is not None:
            await client.stop()
        if self._prefix is not None:
            await self._prefix.leave()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        if self._listen.endswith(".sock"):
            await asyncio.to_thread(Path(self._listen).unlink, missing_ok=True)


def _transport(address: str) -> httpx.AsyncBaseTransport | None:
    """How to reach a worker that does not listen on TCP."""
    if address.startswith("unix://"):
        return httpx.AsyncHTTPTransport(uds=address.removeprefix("unix://"))
    return None
