"""Who is at the other end of a WebSocket: the address, a header, a cookie or the first message says it."""

import asyncio
from collections import Counter
from datetime import datetime

from starlette.requests import HTTPConnection

from hive_mind.errors import AccessError, ProtocolError
from hive_mind.server.core.access.desk import Desk
from hive_mind.server.core.access.gate import address_of, known
from hive_mind.server.core.access.identity import HERE, Identity
from hive_mind.server.core.access.register import ROTATE_AFTER

SAY_WHO_S = 10.0
"""Seconds in which a client says who it is."""

MOST_STRANGERS = 64
MOST_STRANGERS_FROM_ONE = 8
"""Connections that have not said yet who they are."""

SHOWN_FOR = ROTATE_AFTER
"""How long a connection lives on the token that it was opened with; then it is opened with the next one."""


class Badge:
    """See above.

    Args:
        desk: knows who is paired.
        socket: the connection.
    """

    def __init__(self, desk: Desk, socket: HTTPConnection) -> None:
        self.who: Identity | None = None
        self.patience: asyncio.TimerHandle | None = None
        self._desk = desk
        self._socket = socket
        self._address = address_of(socket)
        self._counted = False
        self._shown_at: datetime | None = None

    def check(self) -> bool:
        """Whether it is known already who this is; a stranger is counted.

        Raises:
            AccessError: a token is not good, or too many strangers wait.
        """
        self.who = known(self._desk, self._socket)
        self._shown_at = self._desk.now()
        if self.who is None:
            strangers = self._desk.strangers
            if strangers.total() >= MOST_STRANGERS or strangers[self._address] >= MOST_STRANGERS_FROM_ONE:
                raise AccessError("Too many strangers wait.", code="RATE_LIMITED", retryable=True)
            strangers[self._address] += 1
            self._counted = True
        return self.who is not None

    @property
    def is_guest(self) -> bool:
        """Whether nothing of what it says is remembered."""
        return self.who is not None and self.who.rights.private

    def show(self, token: str | None) -> None:
        """The first message: it says who this is, or nobody does.

        Raises:
            AccessError: UNAUTHORISED, TOKEN_EXPIRED, TOKEN_REVOKED, RATE_LIMITED.
        """
        if token is None:
            raise nobody()
        self.who = self._desk.recognise(token, self._address)
        self._shown_at = self._desk.now()
        self.drop()

    def recheck(self, *, busy: bool = False) -> None:
        """Look again: it may have been revoked, have other rights, or have shown its token long ago.

        Args:
            busy: it is being answered, so that an old token will do for now.

        Raises:
            AccessError: TOKEN_REVOKED, TOKEN_EXPIRED.
        """
        if self.who is None or self.who is HERE:
            return
        self.who = self._desk.identity_of(self.who.client_id)
        shown = self._shown_at
        if shown is not None and not busy and self._desk.now() - shown >= SHOWN_FOR:
            raise AccessError("The tokens are too old: renew them.", code="TOKEN_EXPIRED", retryable=True)

    def check_name(self, client_id: str) -> None:
        """Whether it may call itself so.

        Raises:
            ProtocolError: CLIENT_ID_MISMATCH.
        """
        if self.who is not None and not self.who.speaks_as(client_id):
            raise ProtocolError("This client was paired under another name.", code="CLIENT_ID_MISMATCH")

    def room(self, said: str | None) -> str | None:
        """Where it stands: where it says, if it may stand there; else where it was paired for."""
        if self.who is None:
            return said
        rights = self.who.rights
        rooms = [said or self.who.room, self.who.room, *(rights.rooms or ())]
        return next((room for room in rooms if room and rights.may_enter(room)), None)

    def drop(self) -> None:
        """It is no stranger any more, or gone."""
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None
        if self._counted:
            self._counted = False
            self._desk.strangers -= Counter({self._address: 1})


def nobody() -> AccessError:
    """What a client hears that does not say who it is."""
    return AccessError("This needs a paired client.")
