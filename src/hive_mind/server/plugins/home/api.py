"""Home Assistant's REST API: https://developers.home-assistant.io/docs/api/rest/."""

from collections.abc import Mapping
from typing import Any

import httpx

from hive_mind.server.plugins.failure import Failure

TIMEOUT_S = 3.0
"""Of one request; a spoken answer can wait no longer."""


class HomeAssistant:
    """One installation.

    Args:
        client: for all requests.
        url: where it stands, without a path ("http://homeassistant.local:8123").
        token: a long-lived access token.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def states(self) -> list[dict[str, Any]]:
        """All entities as they are now.

        Raises:
            Failure: HOME_UNREACHABLE (no answer in time, or 5xx), HOME_TOKEN_REFUSED, HOME_UNREADABLE, or
                HOME_REFUSED for any other answer.
        """
        return _entities(_json(await self._ask("GET", "/api/states")))

    async def render(self, template: str) -> Any:
        """What a template that writes JSON gives; see `states` for failures."""
        return _json(await self._ask("POST", "/api/template", {"template": template}))

    async def call(self, domain: str, service: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Call a service ("light", "turn_on"); the entities that changed meanwhile.

        Raises:
            Failure: as `states`; HOME_UNSURE when no answer came, so that it may have been done or not, and
                HOME_REFUSED when Home Assistant could not do it.
        """
        try:
            answer = await self._ask("POST", f"/api/services/{domain}/{service}", dict(data))
        except Failure as failure:
            if failure.code == "HOME_UNREACHABLE" and isinstance(failure.__cause__, httpx.ReadTimeout):
                raise Failure("HOME_UNSURE", "Home Assistant did not answer the call in time.") from failure
            if failure.code == "HOME_BROKEN":
                raise Failure("HOME_REFUSED", "Home Assistant failed at the call.") from failure
            raise
        return _entities(_json(answer))

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        try:
            answer = await self._client.request(
                method, self._url + path, headers=self._headers, json=body if body is not None else None
            )
        except httpx.HTTPError as error:
            raise Failure(
                "HOME_UNREACHABLE",
                f"Home Assistant gave no answer: {type(error).__name__}; check HOME_ASSISTANT_URL.",
                retryable=True,
            ) from error
        if answer.status_code in (401, 403):
            raise Failure(
                "HOME_TOKEN_REFUSED", "Home Assistant refused the token; check HOME_ASSISTANT_TOKEN."
            )
        if answer.status_code >= 500:
            raise Failure("HOME_BROKEN", f"Home Assistant answered {answer.status_code}.", retryable=True)
        if answer.status_code >= 400:
            raise Failure("HOME_REFUSED", f"Home Assistant answered {answer.status_code} to {path}.")
        return answer


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise unreadable(error) from error


def _entities(found: Any) -> list[dict[str, Any]]:
    """Those of a list that have an id and a state."""
    if not isinstance(found, list):
        raise unreadable(TypeError("not a list of entities"))
    whole = [e for e in found if isinstance(e, dict) and {"entity_id", "state"} <= e.keys()]
    if found and not whole:
        raise unreadable(KeyError("entity_id"))
    return whole


def unreadable(error: Exception) -> Failure:
    """The failure for an answer that has not the documented shape."""
    return Failure("HOME_UNREADABLE", f"Home Assistant's answer cannot be read: {error!r}.", retryable=True)
