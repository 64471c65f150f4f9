"""How a route reaches the house, and a client in it."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from hive_mind.errors import ProtocolError
from hive_mind.server.core.house import House
from hive_mind.server.core.remote_client import RemoteClient


def house_of(request: Request) -> House:
    """The house that this application serves."""
    house: House = request.app.state.house
    return house


Home: TypeAlias = Annotated[House, Depends(house_of)]
"""A parameter of a route."""


def client_of(house: House, client_id: str) -> RemoteClient:
    """A client that is known here now.

    Raises:
        ProtocolError: CLIENT_UNKNOWN.
    """
    remote = house.remote(client_id)
    if remote is None:
        raise ProtocolError(f"No client {client_id} is known here now.", code="CLIENT_UNKNOWN")
    return remote
