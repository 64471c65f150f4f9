"""Who is at the other end of a WebSocket: the address, a header, a cookie or the first message says it."""

import asyncio
from collections import Counter
from datetime import timedelta

from starlette.requests import HTTPConnection

from hive_mind.errors import AccessError, ProtocolError
from hive_mind.server.core.access.desk import Desk
from hive_mind.server.core.access.gate import address_of, known
from hive_mind.server.core.access.identity import HERE, Identity
from hive_mind.server.core.access.register import ACCESS_LIFE, ROTATE_AFTER

SAY_WHO_S = 10.0
"""Seconds in which a client says who it is."""

MOST_STRANGERS = 64
MOST_STRANGERS_FROM_ONE = 8
"""Connections that have not said yet who they are."""

_STALE = ROTATE_AFTER + ACCESS_LIFE + timedelta(hours=1)


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

    def check(self) -> bool:
        """Whether it is known already who this is; a stranger is counted.

        Raises:
            AccessError: a token is not good, or too many strangers wait.
        """
        self.who = known(self._desk, self._socket)
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
        self.drop()

    def recheck(self) -> None:
        """Look again: it may have been revoked, have other rights, or have not renewed its tokens in time.

        Raises:
            AccessError: TOKEN_REVOKED, TOKEN_EXPIRED.
        """
        if self.who is None or self.who is HERE:
            return
        self.who = self._desk.identity_of(self.who.client_id)
        renewed = self._desk.renewed_at(self.who.client_id)
        if renewed is not None and self._desk.now() - renewed > _STALE:
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
