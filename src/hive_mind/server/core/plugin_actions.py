"""What plugins ask clients to do: `action` goes out, `action_confirm` comes back."""

import asyncio
import secrets
from collections.abc import Callable, Mapping

from pydantic import JsonValue

from hive_mind.errors import PluginError, ProtocolError
from hive_mind.protocol.messages import Action, ActionConfirm, ServerMessage


class Actions:
    """The actions that wait to be confirmed.

    Args:
        send: to a client, soon; False when it is not there.
    """

    def __init__(self, send: Callable[[str, ServerMessage], bool]) -> None:
        self._send = send
        self._waiting: dict[str, tuple[str, asyncio.Future[ActionConfirm]]] = {}

    async def ask(
        self,
        client_id: str,
        plugin: str,
        action: str,
        params: Mapping[str, JsonValue],
        *,
        say: str,
        turn_id: str,
        timeout_s: float,
    ) -> Mapping[str, JsonValue]:
        """Have a client do something.

        Returns:
            The client's result.

        Raises:
            PluginError: ACTION_FAILED when the client is not there or says no, ACTION_TIMEOUT.
        """
        action_id = f"{plugin}-{secrets.token_hex(6)}"
        answer: asyncio.Future[ActionConfirm] = asyncio.get_running_loop().create_future()
        self._waiting[action_id] = (client_id, answer)
        message = Action(
            action_id=action_id,
            plugin=plugin,
            action=action,
            params=dict(params),
            response_text=say,
            turn_id=turn_id,
        )
        try:
            if not self._send(client_id, message):
                raise PluginError(f"Client {client_id} is not there to do {action}.", code="ACTION_FAILED")
            async with asyncio.timeout(timeout_s):
                confirmed = await answer
        except TimeoutError:
            raise PluginError(
                f"Client {client_id} did not confirm {action} within {timeout_s:g} s.", code="ACTION_TIMEOUT"
            ) from None
        finally:
            del self._waiting[action_id]
        if confirmed.status != "success":
            raise PluginError(
                f"Client {client_id} answered {action}: {confirmed.status}.", code="ACTION_FAILED"
            )
        return confirmed.result or {}

    def confirm(self, message: ActionConfirm, client_id: str) -> None:
        """A client has answered.

        Raises:
            ProtocolError: ACTION_UNKNOWN when this client was asked for no such action, or too long ago.
        """
        asked, answer = self._waiting.get(message.action_id, ("", None))
        if answer is None or asked != client_id:
            raise ProtocolError("No such action waits to be confirmed.", code="ACTION_UNKNOWN")
        if not answer.done():
            answer.set_result(message)
