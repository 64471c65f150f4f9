"""What a client sends: the specification's messages first, then what was added."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue, StringConstraints

from hive_mind.protocol.limits import LEAST_FLOOR
from hive_mind.protocol.messages.base import (
    PROTOCOL_VERSION,
    Identifier,
    Message,
    ShortText,
    Text,
    Timestamp,
    Token,
)
from hive_mind.protocol.messages.settings import SettingsState
from hive_mind.protocol.messages.time_items import TimeItems

# --- client to server: the specification ---------------------------------------------------------------


class VoiceInput(Message):
    """What the user said, as text.

    Attributes:
        transcription: the words, as recognised or typed.
        timestamp: when they were said.
        client_id: stable name of the client.
        language: language of the words, such as "fr" or "fr-FR".
        utterance_id: groups a speculative transcript with the final one that confirms or replaces it.
        speculative: the user may still be speaking: prepare an answer, act on nothing, remember nothing.
        token: access token of a paired client, where the header of the connection carries none.
    """

    type: Literal["voice_input"] = "voice_input"
    transcription: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    timestamp: Timestamp
    client_id: Identifier
    language: Annotated[str, StringConstraints(min_length=2, max_length=16)] = "fr"
    utterance_id: Identifier | None = None
    speculative: bool | None = None
    token: Annotated[Token | None, Field(repr=False)] = None


class Ping(Message):
    """Heartbeat, every 30 s.

    Attributes:
        client_id: stable name of the client.
        state: how the client saw the link when it sent this.
        timestamp: when it was sent; comes back in the `pong`.
        last_seq: last number received in this session, which the server need not keep any longer.
        token: access token of a paired client, where the header of the connection carries none.
    """

    type: Literal["ping"] = "ping"
    client_id: Identifier
    state: Literal["connected", "degraded"]
    timestamp: Timestamp
    last_seq: Annotated[int, Field(ge=0)] | None = None
    token: Annotated[Token | None, Field(repr=False)] = None


class ActionConfirm(Message):
    """The client did (or could not do) what an `action` asked.

    Attributes:
        action_id: of the `action`.
        status: how it went.
        client_id: stable name of the client.
        result: what came of it, for the plugin.
    """

    type: Literal["action_confirm"] = "action_confirm"
    action_id: Identifier
    status: Literal["success", "failure", "refused"]
    client_id: Identifier
    result: dict[str, JsonValue] | None = None


# --- client to server: added ---------------------------------------------------------------------------


class Capabilities(Message):
    """What a client can do by itself.

    Attributes:
        stt: recognises speech; otherwise it streams audio.
        tts: has a voice; otherwise the server sends speech to clients that play it (`plays`).
        wake_word: listens for its wake word by itself.
        local_commands: answers time, date, stopwatch, timers and alarms alone.
        plays: has a speaker: where it has no voice of its own, the server sends speech.
        settings: obeys `settings` and tells its own.
        display: what it can show.
        audio_formats: what it can send and play, best first; the server's voice comes in the first one, or as
            PCM where it makes no other.
    """

    stt: bool = False
    tts: bool = False
    wake_word: bool = False
    local_commands: bool = False
    plays: bool = False
    settings: bool = False
    display: Literal["none", "eyes", "text"] = "none"
    audio_formats: Annotated[tuple[Literal["pcm_s16le", "opus"], ...], Field(max_length=4)] = ("pcm_s16le",)


class Hello(Message):
    """Who the client is; optional, once, first.

    Attributes:
        protocol_version: the newest version that the client speaks.
        client_id: stable name of the client.
        room: where it stands, in the user's words.
        locale: language and country of its user.
        capabilities: what it can do by itself.
        session_id: of the session to resume, from an earlier `welcome`.
        last_seq: sequence number of the last server message seen in that session.
        away_s: seconds since the client's link to this house was lost; absent at its first connection.
        token: access token of a paired client, where the header of the connection carries none.
    """

    type: Literal["hello"] = "hello"
    protocol_version: Annotated[int, Field(ge=0, le=1_000_000)] = PROTOCOL_VERSION
    client_id: Identifier
    room: ShortText | None = None
    locale: Annotated[str, StringConstraints(min_length=2, max_length=16)] = "fr-FR"
    capabilities: Capabilities = Capabilities()
    session_id: Identifier | None = None
    last_seq: Annotated[int, Field(ge=0)] | None = None
    away_s: Annotated[float, Field(ge=0, le=1e9)] | None = None
    token: Annotated[Token | None, Field(repr=False)] = None


class WakePhrase(Message):
    """What a wake word must sound like.

    Attributes:
        texts: ways to write it; the one that fits best counts.
        floor: mean log probability of its tokens that it must reach.
        handicaps: of each text, what is taken off before; nothing by default.
    """

    texts: Annotated[tuple[ShortText, ...], Field(min_length=1, max_length=16)]
    floor: Annotated[float, Field(ge=LEAST_FLOOR, le=0)]
    handicaps: Annotated[tuple[Annotated[float, Field(ge=-20, le=20)], ...], Field(max_length=16)] = ()


class AudioStart(Message):
    """Binary frames with the user's voice follow, until `audio_end`.

    Attributes:
        utterance_id: name of this utterance, chosen by the client.
        format: of the binary frames.
        rate: samples per second.
        wake: this is no question, but what a client without a recogniser took for its wake word, 2.5 s at
            most: the server says in a `wake_verdict` whether it is. A question that is under way goes on.
        over: the answer of this turn sounds meanwhile: what silences it is no question.
        amendable: the client goes on streaming until the final transcript, though an answer may begin before
            it: an order that can be taken back is answered before it is sure that it is over, and answered
            anew if it goes on.
    """

    type: Literal["audio_start"] = "audio_start"
    utterance_id: Identifier
    format: Literal["pcm_s16le", "opus"] = "pcm_s16le"
    rate: Annotated[int, Field(ge=8000, le=48000)] = 16000
    wake: WakePhrase | None = None
    over: Identifier | None = None
    amendable: bool | None = None


class AudioEnd(Message):
    """The user's voice is complete.

    Attributes:
        utterance_id: of the `audio_start`.
    """

    type: Literal["audio_end"] = "audio_end"
    utterance_id: Identifier


class WakeDetected(Message):
    """The wake word was heard, or speech began: the server gets ready.

    Attributes:
        word: the wake word that was heard; empty when speech began without one.
        score: detector's confidence in [0, 1].
        loudness: of the wake word, in dBFS.
    """

    type: Literal["wake_detected"] = "wake_detected"
    word: ShortText
    score: Annotated[float, Field(ge=0, le=1)]
    loudness: Annotated[float, Field(ge=-120, le=20)]


class Interrupt(Message):
    """Stop answering.

    Attributes:
        turn_id: the turn to stop; without it, whatever is running for this client.
        utterance_id: a speculative utterance to drop.
        spoken: the part of the answer that was heard; the rest is remembered as not said.
    """

    type: Literal["interrupt"] = "interrupt"
    turn_id: Identifier | None = None
    utterance_id: Identifier | None = None
    spoken: Text | None = None


class Playout(Message):
    """The answer began, or finished, sounding in the room; closes the latency measure.

    Attributes:
        turn_id: the turn whose answer it is.
        state: which of the two.
        since_question_ms: from the end of the question to this moment.
        stages_ms: how long took what the client did by itself, in milliseconds: "wake" (from the end of its
            name to being sure of it), "endpoint", "stt", "tts".
    """

    type: Literal["playout"] = "playout"
    turn_id: Identifier
    state: Literal["started", "finished"]
    since_question_ms: Annotated[float, Field(ge=0)] | None = None
    stages_ms: dict[str, float] | None = None


class Flow(Message):
    """Pause or resume generation while the client, on the same machine, needs the processor for its voice.

    Attributes:
        turn_id: the turn that is being generated.
        state: pause or go on.
    """

    type: Literal["flow"] = "flow"
    turn_id: Identifier
    state: Literal["hold", "go"]


class DeviceState(TimeItems):
    """The time things that a client owns, mirrored to the server: after `welcome`, and at each change.

    The server merges them with its copy. If that holds anything newer (a timer set from another room while
    the client was away), it answers with a `device_command` "merge".

    Attributes:
        client_id: stable name of the client.
        battery: charge left, from 0 to 1.
        clock: the client's time of day as this was sent: its instants are told by that clock.
        rings: a timer or an alarm rings there, and nobody has silenced it.
        said: reminders (`reminder_id`) that the client has said; the server says them no more.
    """

    type: Literal["device_state"] = "device_state"
    client_id: Identifier
    battery: Annotated[float, Field(ge=0, le=1)] | None = None
    clock: Timestamp | None = None
    rings: bool | None = None
    said: Annotated[tuple[Identifier, ...], Field(max_length=64)] = ()


class LocalTurn(Message):
    """The client answered by itself, and tells so that "pourquoi ?" can be answered; never kept on disk.

    Attributes:
        turn_id: the client's name for the turn.
        heard: what was recognised.
        answer: what was said.
        intent: the first order that was carried out.
        rung: how it was understood ("exact", "spelling", "sound", "context").
        slots: with what.
        timings_ms: how long each stage took, in milliseconds.
    """

    type: Literal["local_turn"] = "local_turn"
    turn_id: Identifier
    heard: Annotated[str, StringConstraints(max_length=2000)]
    answer: Annotated[str, StringConstraints(max_length=2000)]
    intent: ShortText
    rung: ShortText = "exact"
    slots: dict[str, JsonValue] = Field(default_factory=dict)
    timings_ms: dict[str, float] = Field(default_factory=dict)


class Forget(Message):
    """Erase a turn, a day or everything from the conversation.

    Attributes:
        scope: what to erase.
        turn_id: the turn, when `scope` is "turn".
        day: the day, when `scope` is "day".
    """

    type: Literal["forget"] = "forget"
    scope: Literal["turn", "day", "all"]
    turn_id: Identifier | None = None
    day: date | None = None


ClientMessage: TypeAlias = Annotated[
    VoiceInput
    | Ping
    | ActionConfirm
    | Hello
    | AudioStart
    | AudioEnd
    | WakeDetected
    | Interrupt
    | Playout
    | Flow
    | DeviceState
    | LocalTurn
    | SettingsState
    | Forget,
    Field(discriminator="type"),
]
"""Whatever a client may send."""
