"""All routes of the page, for those who run the house."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.params import Depends

from hive_mind.server.core.house_api import (
    conversation,
    events,
    models,
    plugins,
    qr,
    quality,
    rooms,
    settings,
)

_NOUNS = (conversation, events, models, plugins, qr, quality, rooms, settings)


def house_api(guards: Sequence[Depends]) -> APIRouter:
    """`/api/...`.

    Args:
        guards: dependencies that refuse whoever may not run the house.
    """
    router = APIRouter(prefix="/api", dependencies=list(guards))
    for noun in _NOUNS:
        router.include_router(noun.router)
    return router
