"""The two ends of a talk, without I/O: versions, numbering, resuming, heartbeat.

Order on a new socket:

1. The server sends `connected` at once, to everybody.
2. A client that wants more than the specification sends `hello`: once, as its first message. It need not
   wait for `connected`. A client that speaks only the specification skips this and gets its messages alone.
3. The server answers `welcome`: the lower of the two versions, the session, and whether it goes on.
4. If it goes on (`resumed`), every numbered message after `hello.last_seq` follows, in order; then live ones.

After `welcome`, messages that matter later carry `seq`: 1, 2, 3, ... without gaps within a session.
Messages that are worth something only at their moment (`connected`, `welcome`, `pong`, `speech_start`,
`speech_end`, `wake_verdict`, `follow_up`) belong to the socket: they carry no number and are never repeated.
So a lost link ends the voice that was sounding: binary frames are neither numbered nor kept, no old voice
bursts out after a reconnection, and the whole text of the answer comes again as `response_chunk`s, from
which the server may start a fresh `speech_start` or the client speaks by itself.

A session is kept for a client that went away as long as the server likes, in a log bounded by count and
bytes. When the log no longer reaches back to what the client has, `welcome` says `resumed: false` and a new
session begins at 1: a client is told of a loss, and never hears anything twice.

In the other direction nothing is numbered. A client that does not know whether its `voice_input` arrived
sends it again with the same `utterance_id`; the server answers an utterance once.
"""

from hive_mind.protocol.client_session import ClientSession
from hive_mind.protocol.heartbeat import (
    HEARTBEAT_S,
    MISSED_TO_DEGRADED,
    PONG_TIMEOUT_S,
    Degraded,
    Effect,
    SendPing,
    backoff,
)
from hive_mind.protocol.server_session import ServerSession
from hive_mind.protocol.version import negotiate

__all__ = [
    "HEARTBEAT_S",
    "MISSED_TO_DEGRADED",
    "PONG_TIMEOUT_S",
    "ClientSession",
    "Degraded",
    "Effect",
    "SendPing",
    "ServerSession",
    "backoff",
    "negotiate",
]
