"""Every message on the wire, one class each, one union per direction.

The nine messages of the specification keep their exact names and fields; a client that speaks only those
works. Everything else is optional for a client, and server messages outside the specification go only to
clients that said `hello`. Unknown fields are ignored, so that old and new understand each other.

Text frames are JSON objects with a `type`. Audio travels in binary frames between `audio_start` and
`audio_end` (to the server) or `speech_start` and `speech_end` (from it): mono signed 16-bit little-endian
PCM, never base64.
"""

from hive_mind.protocol.messages.base import MIN_PROTOCOL_VERSION, PROTOCOL_VERSION, Message
from hive_mind.protocol.messages.client import (
    ActionConfirm,
    AudioEnd,
    AudioStart,
    Capabilities,
    ClientMessage,
    DeviceState,
    Flow,
    Forget,
    Hello,
    Interrupt,
    LocalTurn,
    Ping,
    Playout,
    VoiceInput,
    WakeDetected,
    WakePhrase,
)
from hive_mind.protocol.messages.server import (
    Action,
    Announce,
    AnyServerMessage,
    Connected,
    ContextEvent,
    DeviceCommand,
    Error,
    FollowUp,
    Forgotten,
    Pong,
    ResponseChunk,
    Sentences,
    ServerMessage,
    Settings,
    SpeechEnd,
    SpeechStart,
    TranscriptMessage,
    TurnEnd,
    WakeVerdict,
    Welcome,
)
from hive_mind.protocol.messages.settings import SettingsState
from hive_mind.protocol.messages.time_items import (
    AlarmState,
    GoneState,
    ReminderState,
    StopwatchState,
    TimeItems,
    TimerState,
)

__all__ = [
    "MIN_PROTOCOL_VERSION",
    "PROTOCOL_VERSION",
    "Action",
    "ActionConfirm",
    "AlarmState",
    "Announce",
    "AnyServerMessage",
    "AudioEnd",
    "AudioStart",
    "Capabilities",
    "ClientMessage",
    "Connected",
    "ContextEvent",
    "DeviceCommand",
    "DeviceState",
    "Error",
    "Flow",
    "FollowUp",
    "Forget",
    "Forgotten",
    "GoneState",
    "Hello",
    "Interrupt",
    "LocalTurn",
    "Message",
    "Ping",
    "Playout",
    "Pong",
    "ReminderState",
    "ResponseChunk",
    "Sentences",
    "ServerMessage",
    "Settings",
    "SettingsState",
    "SpeechEnd",
    "SpeechStart",
    "StopwatchState",
    "TimeItems",
    "TimerState",
    "TranscriptMessage",
    "TurnEnd",
    "VoiceInput",
    "WakeDetected",
    "WakePhrase",
    "WakeVerdict",
    "Welcome",
]
