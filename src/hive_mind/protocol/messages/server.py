"""What a server sends: the specification's messages first, then what was added."""

from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, JsonValue

from hive_mind.protocol.messages.base import PROTOCOL_VERSION, Identifier, Message, ShortText, Text, Timestamp
from hive_mind.protocol.messages.settings import Night, WakeWords

# --- server to client: the specification ---------------------------------------------------------------


class ServerMessage(Message):
    """What every server message may carry.

    Attributes:
        seq: sequence number within the session, from 1, without gaps.
        turn_id: the turn that this belongs to, if any.
    """

    in_specification: ClassVar[bool] = False
    """Whether clients that never said `hello` get it."""

    numbered: ClassVar[bool] = True
    """Whether it carries `seq` and comes again after a lost link; others are worth something only now."""

    seq: Annotated[int, Field(ge=1)] | None = None
    turn_id: Identifier | None = None


class Connected(ServerMessage):
    """The socket is open; sent once, at once, to everybody.

    Attributes:
        protocol_version: the newest version that the server speaks.
        server_version: of the server's software.
    """

    in_specification: ClassVar[bool] = True
    numbered: ClassVar[bool] = False

    type: Literal["connected"] = "connected"
    protocol_version: int = PROTOCOL_VERSION
    server_version: ShortText | None = None


class ResponseChunk(ServerMessage):
    """A piece of the answer as text; pieces are joined without adding a space.

    Attributes:
        content: the piece of text.
        is_final: no more pieces follow; the last one may be empty.
        chunk_index: from 0, without gaps within a turn.
        utterance_id: of the `voice_input` that this answers, if it had one.
    """

    in_specification: ClassVar[bool] = True

    type: Literal["response_chunk"] = "response_chunk"
    content: Text
    is_final: bool
    chunk_index: Annotated[int, Field(ge=0)]
    utterance_id: Identifier | None = None


class Action(ServerMessage):
    """A plugin asks the client to do something and to answer with `action_confirm`.

    Attributes:
        action_id: comes back in `action_confirm`.
        plugin: who asks.
        action: what to do, in the plugin's words.
        params: with what.
        response_text: what to say to the user about it.
    """

    in_specification: ClassVar[bool] = True

    type: Literal["action"] = "action"
    action_id: Identifier
    plugin: Identifier
    action: Identifier
    params: dict[str, JsonValue] = Field(default_factory=dict)
    response_text: Text


class Error(ServerMessage):
    """Something went wrong; the connection stays open where that is safe.

    Attributes:
        code: stable identifier, for programs.
        message: one French sentence for the user.
        recoverable: whether trying again may help.
        utterance_id: of the `voice_input` or audio that went wrong, if it had one.
    """

    in_specification: ClassVar[bool] = True

    type: Literal["error"] = "error"
    code: Identifier
    message: Text
    recoverable: bool
    utterance_id: Identifier | None = None


class Pong(ServerMessage):
    """Answer to `ping`, with the timestamp of the ping.

    Attributes:
        timestamp: of the `ping`.
    """

    in_specification: ClassVar[bool] = True
    numbered: ClassVar[bool] = False

    type: Literal["pong"] = "pong"
    timestamp: Timestamp


# --- server to client: added; only after `hello` -------------------------------------------------------


class Welcome(ServerMessage):
    """Answer to `hello`.

    Attributes:
        protocol_version: the version both sides will speak.
        session_id: name of the session, for the next `hello`.
        resumed: the old session goes on; the messages missed follow.
        audio_formats: what the server reads after `audio_start`, best first; PCM alone where absent.
    """

    numbered: ClassVar[bool] = False

    type: Literal["welcome"] = "welcome"
    protocol_version: int
    session_id: Identifier
    resumed: bool = False
    audio_formats: Annotated[tuple[Literal["pcm_s16le", "opus"], ...], Field(max_length=4)] | None = None


class TurnEnd(ServerMessage):
    """A turn is over; exactly one for each turn, after its last chunk.

    Attributes:
        outcome: how it ended.
        route: who answered.
        intent: what was understood ("get_time", "conversation", ...).
        timings_ms: stage durations in milliseconds.
        utterance_id: of the `voice_input` that began the turn, if it had one.
    """

    type: Literal["turn_end"] = "turn_end"
    outcome: Literal["completed", "interrupted", "failed"]
    route: Literal["command", "plugin", "llm", "none"]
    intent: ShortText
    timings_ms: dict[str, float] = Field(default_factory=dict)
    utterance_id: Identifier | None = None


class TranscriptMessage(ServerMessage):
    """What the server heard in the audio that the client streamed.

    Attributes:
        text: the words.
        is_final: no better version will come.
        utterance_id: of the `audio_start`.
        wish: this was said `over` an answer and silences it: nothing more comes of either. stop: be silent;
            wait: be silent and listen.
    """

    type: Literal["transcript"] = "transcript"
    text: Text
    is_final: bool
    utterance_id: Identifier | None = None
    wish: Literal["stop", "wait"] | None = None


class SpeechStart(ServerMessage):
    """Binary frames with the voice of the answer follow, until `speech_end`.

    Attributes:
        format: of the binary frames: s16le, or one packet of Opus each.
        rate: samples per second; of Opus, of what it is decoded to.
    """

    numbered: ClassVar[bool] = False

    type: Literal["speech_start"] = "speech_start"
    format: Literal["pcm_s16le", "opus"] = "pcm_s16le"
    rate: Annotated[int, Field(ge=8000, le=48000)]


class SpeechEnd(ServerMessage):
    """The voice of the answer is complete, or was cut short.

    Attributes:
        outcome: how it ended.
    """

    numbered: ClassVar[bool] = False

    type: Literal["speech_end"] = "speech_end"
    outcome: Literal["completed", "interrupted", "failed"] = "completed"


class WakeVerdict(ServerMessage):
    """Whether this client is the one that answers the wake word.

    Attributes:
        accepted: this client answers; otherwise another one does, or it was no wake word.
        reason: why, for the log.
        utterance_id: of the audio that a client asked about.
    """

    numbered: ClassVar[bool] = False

    type: Literal["wake_verdict"] = "wake_verdict"
    accepted: bool
    reason: ShortText | None = None
    utterance_id: Identifier | None = None


class Announce(ServerMessage):
    """Say this in the room, unasked.

    Attributes:
        text: what to say.
        kind: what it is about.
        reminder_id: of the reminder that it is; a client that has said it already stays silent.
    """

    type: Literal["announce"] = "announce"
    text: Text
    kind: Literal["info", "timer", "reminder", "warning"] = "info"
    reminder_id: Identifier | None = None


class ContextEvent(ServerMessage):
    """The shared conversation grew.

    Attributes:
        role: who said it.
        text: what was said.
        timestamp: when.
        client_id: through which client.
        intent: what was understood.
    """

    type: Literal["context_event"] = "context_event"
    role: Literal["user", "assistant"]
    text: Text
    timestamp: Timestamp
    client_id: Identifier
    intent: ShortText | None = None


class Forgotten(ServerMessage):
    """Something was erased at somebody's wish: whoever has a copy, on a disk or on a screen, erases it too.

    Attributes:
        scope: "turn", "day" or "all".
        forgotten_turn: of the turn, for the scope "turn".
        day: of the scope "day".
    """

    type: Literal["forgotten"] = "forgotten"
    scope: Literal["turn", "day", "all"]
    forgotten_turn: Identifier | None = None
    day: date | None = None


class FollowUp(ServerMessage):
    """Listen again for so many seconds without the wake word.

    Attributes:
        seconds: how long, from the end of the answer.
    """

    numbered: ClassVar[bool] = False

    type: Literal["follow_up"] = "follow_up"
    seconds: Annotated[float, Field(gt=0, le=60)]


class DeviceCommand(ServerMessage):
    """Do this to what the client owns, such as a timer in another room.

    Commands: "merge" (params as in `device_state`: timers, alarms, stopwatch, gone) takes in what changed
    elsewhere; "reminders" (params: reminders, each with reminder_id, text and due) replaces the reminders
    that the client keeps; "silence" ends what rings. A client leaves alone what it does not know.

    Attributes:
        command: what to do.
        params: with what.
    """

    type: Literal["device_command"] = "device_command"
    command: Identifier
    params: dict[str, JsonValue] = Field(default_factory=dict)


class Settings(ServerMessage):
    """How the household wants this client to be; after `welcome` and at each change, to clients that obey.

    A field that is absent is not wished: what the client had before the first wish comes back. A wish is
    obeyed when it comes and when it changes, not again and again: what somebody sets at the client meanwhile
    stays.
    The client answers with `settings_state`.

    Attributes:
        version: of the settings of the house.
        room: where it stands.
        volume: of its voice, in hundredths of the loudest.
        wake_words: names that it answers to.
        night: hours in which it is dimmed.
        persona: what the assistant calls itself, for clients that show it; no wish.
    """

    numbered: ClassVar[bool] = False

    type: Literal["settings"] = "settings"
    version: Annotated[int, Field(ge=0)]
    room: ShortText | None = None
    volume: Annotated[int, Field(ge=0, le=100)] | None = None
    wake_words: WakeWords | None = None
    night: Night | None = None
    persona: ShortText | None = None


class Sentences(ServerMessage):
    """What can be asked of the server's plugins, so that a client knows when such a question is complete.

    Sent after `welcome` and at each change to clients with the capability `stt`. The sentence files of a
    plugin are one JSON object, file name to YAML text, which travels in pieces. All pieces of one version
    together replace whatever was sent before; one piece without a plugin says that there are none. A question
    is sent to the server as ever.

    Attributes:
        version: of the plugins; pieces of different versions do not belong together.
        part: from 1 to `parts`.
        parts: how many pieces there are.
        plugin: whose the sentences are.
        text: the piece; those of one plugin are joined in order.
    """

    numbered: ClassVar[bool] = False

    type: Literal["sentences"] = "sentences"
    version: Annotated[int, Field(ge=0)]
    part: Annotated[int, Field(ge=1, le=1024)] = 1
    parts: Annotated[int, Field(ge=1, le=1024)] = 1
    plugin: Identifier | None = None
    text: Text = ""


AnyServerMessage: TypeAlias = Annotated[
    Connected
    | ResponseChunk
    | Action
    | Error
    | Pong
    | Welcome
    | TurnEnd
    | TranscriptMessage
    | SpeechStart
    | SpeechEnd
    | WakeVerdict
    | Announce
    | ContextEvent
    | Forgotten
    | FollowUp
    | DeviceCommand
    | Settings
    | Sentences,
    Field(discriminator="type"),
]
"""Whatever a server may send."""
