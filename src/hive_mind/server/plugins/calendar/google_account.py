"""Leave to use a Google account: OAuth 2 for installed applications and for devices without a keyboard.

See https://developers.google.com/identity/protocols/oauth2. Tokens are kept in the plugin's storage, which is
encrypted; they are in no log.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from hive_mind.server.core.plugin import Storage
from hive_mind.server.plugins.failure import Failure

SCOPE = "https://www.googleapis.com/auth/calendar.events"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

_KEY = "google"
_MARGIN_S = 60.0


class Tokens(BaseModel):
    """What Google gave; instants are seconds since 1970.

    Attributes:
        refresh_token: good until it is withdrawn.
        access_token: good for about an hour; empty before the first.
        expires: of the access token.
    """

    refresh_token: str
    access_token: str = ""
    expires: float = 0.0


class SignIn(BaseModel):
    """A sign-in that waits for the user, on another device.

    Attributes:
        device_code: ours, for asking again.
        user_code: to be typed in.
        url: where.
        expires: seconds since 1970.
        interval: seconds between two questions of ours.
    """

    device_code: str
    user_code: str
    url: str
    expires: float
    interval: float = 5.0


@dataclass(frozen=True, slots=True)
class Application:
    """The application that the household registered with Google.

    Attributes:
        client_id: of it.
        client_secret: of it.
        url: of the token service, without a path.
    """

    client_id: str
    client_secret: str
    url: str = "https://oauth2.googleapis.com"


class GoogleAccount:
    """Tokens of one account.

    Args:
        client: for all requests.
        application: of the household.
        storage: where tokens are kept.
        refresh_token: from the environment, where sign-in was done by hand.
    """

    def __init__(
        self, client: httpx.AsyncClient, application: Application, storage: Storage, refresh_token: str | None
    ) -> None:
        self._client = client
        self._application = application
        self._storage = storage
        self._given = refresh_token
        self._waiting: SignIn | None = None
        self._next_poll = 0.0

    async def token(self, now: datetime, *, fresh: bool = False) -> str:
        """A valid access token.

        Args:
            now: aware.
            fresh: the last one was refused.

        Raises:
            Failure: CALENDAR_SIGN_IN (with what the user must do), CALENDAR_REFUSED, CALENDAR_UNREACHABLE.
        """
        tokens = await self._tokens()
        if tokens is None:
            raise await self._ask_to_sign_in(now)
        if tokens.access_token and not fresh and tokens.expires - _MARGIN_S > now.timestamp():
            return tokens.access_token
        said = await self._post(
            "token",
            {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token, **self._credentials},
        )
        if "error" in said:
            if said["error"] == "invalid_grant":
                await self._storage.put(_KEY, None)
            raise Failure("CALENDAR_REFUSED", f"Google refused to renew access: {said['error']}.")
        renewed = _tokens_of({"refresh_token": tokens.refresh_token, **said}, now)
        await self._storage.put(_KEY, renewed.model_dump())
        return renewed.access_token

    async def poll(self, now: datetime) -> bool:
        """Ask whether the user has signed in, if one waits and it is time to; whether it is done."""
        waiting = self._waiting
        if waiting is None or now.timestamp() < self._next_poll:
            return False
        self._next_poll = now.timestamp() + waiting.interval
        if waiting.expires <= now.timestamp():
            self._waiting = None
            return False
        said = await self._post(
            "token", {"grant_type": DEVICE_GRANT, "device_code": waiting.device_code, **self._credentials}
        )
        match said.get("error"):
            case None:
                await self._storage.put(_KEY, _tokens_of(said, now).model_dump())
                self._waiting = None
                return True
            case "authorization_pending":
                return False
            case "slow_down":
                self._waiting = waiting.model_copy(update={"interval": waiting.interval + 5})
                return False
            case _:
                self._waiting = None
                return False

    async def _tokens(self) -> Tokens | None:
        kept = await self._storage.get(_KEY)
        if kept is not None:
            try:
                return Tokens.model_validate(kept)
            except ValidationError:
                return None
        return Tokens(refresh_token=self._given) if self._given else None

    async def _ask_to_sign_in(self, now: datetime) -> Failure:
        """The failure that tells the user where to sign in; a sign-in that waits already is told again."""
        waiting = self._waiting
        if waiting is None or waiting.expires <= now.timestamp():
            said = await self._post("device/code", {"client_id": self._application.client_id, "scope": SCOPE})
            if "error" in said:
                return Failure(
                    "CALENDAR_SIGN_IN_BY_HAND", f"Google allows no sign-in by code here: {said['error']}."
                )
            try:
                waiting = SignIn(
                    device_code=said["device_code"],
                    user_code=said["user_code"],
                    url=said["verification_url"],
                    expires=now.timestamp() + float(said["expires_in"]),
                    interval=float(said.get("interval", 5)),
                )
            except (KeyError, TypeError, ValueError) as error:
                return _unreadable(error)
            self._waiting = waiting
            self._next_poll = now.timestamp() + waiting.interval
        address = waiting.url.removeprefix("https://").removeprefix("www.")
        spelled = ", ".join(char if char != "-" else "tiret" for char in waiting.user_code)
        return Failure(
            "CALENDAR_SIGN_IN",
            "Google waits for the user's sign-in.",
            retryable=True,
            url=address,
            code=spelled,
        )

    async def _post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """A request to the token service; its documented errors come back as `error`."""
        try:
            answer = await self._client.post(f"{self._application.url.rstrip('/')}/{path}", data=form)
        except httpx.HTTPError as error:
            raise Failure(
                "CALENDAR_UNREACHABLE", f"Google gave no answer: {type(error).__name__}.", retryable=True
            ) from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Failure("CALENDAR_UNREACHABLE", f"Google answered {answer.status_code}.", retryable=True)
        try:
            said = answer.json()
        except ValueError as error:
            raise _unreadable(error) from error
        if not isinstance(said, dict) or (answer.status_code >= 400 and "error" not in said):
            raise _unreadable(ValueError(f"status {answer.status_code}"))
        return said

    @property
    def _credentials(self) -> dict[str, str]:
        return {"client_id": self._application.client_id, "client_secret": self._application.client_secret}


def _tokens_of(said: dict[str, Any], now: datetime) -> Tokens:
    try:
        return Tokens(
            refresh_token=said["refresh_token"],
            access_token=said["access_token"],
            expires=(now + timedelta(seconds=float(said["expires_in"]))).timestamp(),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> Failure:
    return Failure("CALENDAR_UNREADABLE", f"Google's answer cannot be read: {error!r}.", retryable=True)
