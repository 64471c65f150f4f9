"""llama.cpp's own requests, beside the chat API: what a slot has read is saved to a file and restored."""

from typing import Any

import httpx

from hive_mind.errors import LlmError

_TIMEOUT_S = 30.0


class Slot:
    """The one slot of a worker that was started with a folder for it.

    Args:
        base_url: root of the listener.
        api_key: sent as a bearer token.
        transport: how to reach it, where not by TCP.
    """

    def __init__(
        self, base_url: str, *, api_key: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=_TIMEOUT_S,
            transport=transport,
            trust_env=False,
        )

    async def save(self, name: str) -> int:
        """Write what was read to a file in the worker's folder; answer how many tokens.

        Raises:
            LlmError: it was not written.
        """
        return int((await self._act("save", name))["n_saved"])

    async def restore(self, name: str) -> int:
        """Read such a file; answer how many tokens need not be computed any more.

        Raises:
            LlmError: the file is refused; or the worker died of it.
        """
        return int((await self._act("restore", name))["n_restored"])

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _act(self, action: str, name: str) -> dict[str, Any]:
        try:
            reply = await self._http.post("/slots/0", params={"action": action}, json={"filename": name})
            told = reply.json() if reply.status_code == 200 else {}
        except (httpx.HTTPError, ValueError) as error:
            raise LlmError(f"llama.cpp did not {action} its slot ({type(error).__name__}).") from error
        if not isinstance(told, dict) or not told:
            raise LlmError(f"llama.cpp answered {reply.status_code} to {action}.")
        return told
