"""Talks to a Hive Mind server with the specification's messages alone: python minimal_client.py [URL]."""

import asyncio
import json
import sys
from datetime import UTC, datetime

from websockets.asyncio.client import connect

ME = {"client_id": "minimal-001", "timestamp": datetime.now(UTC).isoformat()}
QUESTION = {"transcription": "Quelle est la capitale de l'Italie ?", "language": "fr"}


async def main(url: str) -> None:
    async with connect(url) as socket:
        await socket.send("this is not JSON")
        await socket.send(json.dumps({"type": "ping", "state": "connected"} | ME))
        await socket.send(json.dumps({"type": "voice_input"} | QUESTION | ME))
        async for frame in socket:
            print(frame)
            if json.loads(frame).get("is_final"):
                break


asyncio.run(main((sys.argv[1:] or ["ws://localhost:8000/ws"])[0]))
