"""`/api/events`: what happens, as server-sent events, so that the page need not ask again and again."""

import json
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from hive_mind.errors import AccessError, ProtocolError
from hive_mind.server.core.access.desk import Desk
from hive_mind.server.core.access.gate import Admin
from hive_mind.server.core.access.identity import Identity
from hive_mind.server.core.bulletin import Bulletin
from hive_mind.server.core.house_api.reach import Home

router = APIRouter()

IDLE_S = 15.0
"""A comment is sent after so long without news, so that a lost reader is noticed."""


@router.get("/events")
async def events(home: Home, who: Admin) -> StreamingResponse:
    """News until the reader leaves, may no longer run the house, or the house closes."""
    if home.bulletin.full:
        raise ProtocolError("Too many pages listen.", code="TOO_MANY_CLIENTS", retryable=True)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    stream = _stream(home.bulletin, lambda: _may_read(home.access, who))
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _may_read(desk: Desk, who: Identity) -> bool:
    """Whether the reader still may: it may have been revoked, or have other rights."""
    if not who.client_id:
        return True
    try:
        return desk.identity_of(who.client_id).rights.admin
    except AccessError:
        return False


async def _stream(bulletin: Bulletin, may_read: Callable[[], bool]) -> AsyncIterator[str]:
    yield ": open\n\n"
    async for news in bulletin.read(IDLE_S):
        if not may_read():
            return
        if news is None:
            yield ": nothing new\n\n"
        else:
            kind, data = news
            yield f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
