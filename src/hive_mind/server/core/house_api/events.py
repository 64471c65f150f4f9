"""`/api/events`: what happens, as server-sent events, so that the page need not ask again and again."""

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from hive_mind.errors import ProtocolError
from hive_mind.server.core.bulletin import Bulletin
from hive_mind.server.core.house_api.reach import Home

router = APIRouter()

IDLE_S = 15.0
"""A comment is sent after so long without news, so that a lost reader is noticed."""


@router.get("/events")
async def events(home: Home) -> StreamingResponse:
    """News until the reader leaves or the house closes."""
    if home.bulletin.full:
        raise ProtocolError("Too many pages listen.", code="TOO_MANY_CLIENTS", retryable=True)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_stream(home.bulletin), media_type="text/event-stream", headers=headers)


async def _stream(bulletin: Bulletin) -> AsyncIterator[str]:
    yield ": open\n\n"
    async for news in bulletin.read(IDLE_S):
        if news is None:
            yield ": nothing new\n\n"
        else:
            kind, data = news
            yield f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
