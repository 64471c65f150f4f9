"""Any endpoint that speaks OpenAI's chat completions: llama-server, Ollama, vLLM, a paid one."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, Form, LlmCapabilities, LlmState

CONNECT_S = 5.0
FIRST_PIECE_S = 30.0
NEXT_PIECE_S = 15.0
_MAX_LINE = 256 * 1024


class OpenAiModel:
    """A chat model behind HTTP.

    Args:
        base_url: up to and with `/v1`.
        model: its name there.
        api_key: sent as a bearer token.
        max_tokens: longest answer.
        temperature: 0 always gives the likeliest answer.
        capabilities: what is known of the endpoint; by default, nothing special.
        extra: further fields of each request.
        transport: how to reach it, where not by TCP.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        max_tokens: int = 160,
        temperature: float = 0.2,
        capabilities: LlmCapabilities | None = None,
        extra: dict[str, Any] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._capabilities = capabilities or LlmCapabilities(f"openai:{model}")
        self._fields = {"model": model, "temperature": temperature, **(extra or {})}
        self._max_tokens = max_tokens
        self._state: LlmState = "ready"
        self._http = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(FIRST_PIECE_S, connect=CONNECT_S),
            transport=transport,
            trust_env=transport is None,
        )

    @property
    def capabilities(self) -> LlmCapabilities:
        """What is known of the endpoint."""
        return self._capabilities

    @property
    def state(self) -> LlmState:
        """`failed` after a request that failed, until one succeeds."""
        return self._state

    async def start(self) -> None:
        """Nothing to load."""

    async def stop(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def prepare(self, chat: Chat) -> None:
        """Nothing to warm at an endpoint that is not ours."""

    def keep_ready(self, chat: Chat) -> None:
        """Nothing to warm at an endpoint that is not ours."""

    @property
    def keeps_ready(self) -> bool:
        """Such an endpoint is fast enough, or it is not used."""
        return True

    async def generate(
        self, chat: Chat, so_far: str = "", form: Form | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer, piece by piece; see `LanguageModel.generate`."""
        try:
            async with asyncio.timeout(FIRST_PIECE_S + NEXT_PIECE_S) as deadline:
                async with self._http.stream(
                    "POST", "/chat/completions", json=self._body(chat, so_far, form=form)
                ) as reply:
                    if reply.status_code != 200:
                        raise await _refused(reply)
                    async for piece in _pieces(reply):
                        deadline.reschedule(asyncio.get_running_loop().time() + NEXT_PIECE_S)
                        self._state = "ready"
                        yield piece
                        deadline.reschedule(asyncio.get_running_loop().time() + NEXT_PIECE_S)
        except (TimeoutError, httpx.TimeoutException) as error:
            self._state = "failed"
            raise LlmError("The language model took too long.", code="LLM_TIMEOUT") from error
        except httpx.HTTPError as error:
            self._state = "failed"
            raise LlmError(f"The language model cannot be reached ({type(error).__name__}).") from error
        except LlmError:
            self._state = "failed"
            raise

    async def answers(self) -> bool:
        """Whether the endpoint is there: it lists its models, or at least says something of its own."""
        try:
            reply = await self._http.get("/models", timeout=CONNECT_S)
        except httpx.HTTPError:
            return False
        return reply.status_code < 500

    async def read_only(self, chat: Chat) -> int | None:
        """Have the endpoint read a chat, and answer next to nothing.

        Returns:
            Tokens that it had to compute, where it tells them as llama.cpp does.

        Raises:
            LlmError: as `generate`.
        """
        try:
            reply = await self._http.post(
                "/chat/completions", json=self._body(chat, "", 1) | {"stream": False}
            )
        except httpx.HTTPError as error:
            raise LlmError(f"The language model cannot be reached ({type(error).__name__}).") from error
        if reply.status_code != 200:
            raise await _refused(reply)
        try:
            computed = reply.json()["timings"]["prompt_n"]
        except (ValueError, KeyError, TypeError):
            return None
        return computed if isinstance(computed, int) else None

    def _body(
        self, chat: Chat, so_far: str, max_tokens: int | None = None, form: Form | None = None
    ) -> dict[str, Any]:
        messages = [{"role": m.role, "content": m.content} for m in chat]
        if so_far:
            messages.append({"role": "assistant", "content": so_far})
        body = {
            **self._fields,
            "messages": messages,
            "max_tokens": max_tokens or self._max_tokens,
            "stream": True,
        }
        if form is not None:
            body |= {"max_tokens": form.max_tokens, "temperature": 0.0, "response_format": _format(form)}
        return body


def _format(form: Form) -> dict[str, Any]:
    """The API's structured output, which llama.cpp turns into a grammar."""
    return {"type": "json_schema", "json_schema": {"name": "call", "schema": dict(form.schema)}}


async def _refused(reply: httpx.Response) -> LlmError:
    """What an answer other than 200 means; its text may quote the question and is not repeated."""
    await reply.aread()
    loading = reply.status_code == 503
    return LlmError(
        f"The language model's endpoint answered {reply.status_code}.",
        code="LLM_LOADING" if loading else "LLM_REFUSED",
        retryable=loading or reply.status_code == 429 or reply.status_code >= 500,
    )


async def _pieces(reply: httpx.Response) -> AsyncGenerator[str, None]:
    """The text of a server-sent event stream, as it comes.

    Raises:
        LlmError: LLM_INVALID when the stream is not what was agreed, LLM_REFUSED when it tells an error.
    """
    finished = False
    async for line in reply.aiter_lines():
        if len(line) > _MAX_LINE:
            raise LlmError("The language model sent a line without end.", code="LLM_INVALID")
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == "[DONE]":
            return
        try:
            event = json.loads(data)
            if event.get("error"):
                raise LlmError("The language model reported an error.", code="LLM_REFUSED")
            for choice in event.get("choices") or ():
                finished = finished or choice.get("finish_reason") is not None
                if piece := (choice.get("delta") or {}).get("content"):
                    yield str(piece)
        except (ValueError, AttributeError, TypeError) as error:
            raise LlmError("The language model sent what is not JSON.", code="LLM_INVALID") from error
    if not finished:
        raise LlmError("The language model stopped in the middle of its answer.", code="LLM_INVALID")
