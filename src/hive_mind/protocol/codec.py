"""Frames to messages and back.

Whatever arrives becomes a message or a `ProtocolError` with one of these codes, never another exception:

FRAME_TOO_LARGE: over the limit for text frames or for binary frames.
NOT_JSON: not UTF-8, not JSON, or `NaN` and its kin.
NOT_AN_OBJECT: JSON, but not an object.
UNKNOWN_TYPE: its `type` is missing or names no message that this direction knows.
INVALID_MESSAGE: a field is missing or out of its limits, a key stands twice, the nesting is too deep, an
    integer too large, or half of a surrogate pair stands alone.
INVALID_AUDIO: a binary frame that is empty or ends in the middle of a sample.

The sentences of these errors name fields of ours, never anything the peer wrote.
"""

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NoReturn, TypeVar, get_args

from pydantic import ValidationError

from hive_mind.errors import ProtocolError
from hive_mind.protocol.limits import (
    MAX_AUDIO_FRAME,
    MAX_DEPTH,
    MAX_INTEGER,
    MAX_TEXT_FRAME,
    MAX_TURN_AUDIO_S,
)
from hive_mind.protocol.messages import AnyServerMessage, ClientMessage, Message, ServerMessage

__all__ = [
    "ADDED_LAST",
    "CLIENT_MESSAGES",
    "MAX_AUDIO_FRAME",
    "MAX_TEXT_FRAME",
    "MAX_TURN_AUDIO_S",
    "SERVER_MESSAGES",
    "check_audio",
    "decode_client",
    "decode_server",
    "encode",
    "sequence_number",
]

M = TypeVar("M", bound=Message)

ADDED_LAST = ("utterance_id", "turn_id", "seq")
"""Added fields of server messages, written after those of the specification, in this order."""


def _by_type(union: Any) -> Mapping[str, type[Any]]:
    classes = get_args(get_args(union)[0])
    return MappingProxyType({cls.model_fields["type"].default: cls for cls in classes})


CLIENT_MESSAGES: Mapping[str, type[ClientMessage]] = _by_type(ClientMessage)
"""The classes that a client may send, by `type`."""

SERVER_MESSAGES: Mapping[str, type[AnyServerMessage]] = _by_type(AnyServerMessage)
"""The classes that a server may send, by `type`."""


def encode(message: Message) -> str:
    """Write a message as one text frame: `type` first, absent fields left out, times in UTC ("Z").

    Raises:
        ProtocolError: FRAME_TOO_LARGE or INVALID_MESSAGE when free-form content (an action's parameters)
            could not be read back by the peer.
    """
    fields = message.model_dump(mode="json", exclude_none=True)
    fields = {"type": fields.pop("type"), **fields} if "type" in fields else fields
    if isinstance(message, ServerMessage):
        fields |= {name: fields.pop(name) for name in ADDED_LAST if name in fields}
    _check_values(fields)
    frame = _WRITER.encode(fields)
    _check_size(len(frame.encode()))
    return frame


def decode_client(frame: str | bytes) -> ClientMessage:
    """Read a text frame that a client sent; bytes are taken as its UTF-8.

    Raises:
        ProtocolError: with one of the codes above.
    """
    return _decode(frame, CLIENT_MESSAGES)


def decode_server(frame: str | bytes) -> AnyServerMessage:
    """Read a text frame that a server sent; bytes are taken as its UTF-8.

    Raises:
        ProtocolError: with one of the codes above. A newer server may send what cannot be read here: see
            `ClientSession.skip`.
    """
    return _decode(frame, SERVER_MESSAGES)


def sequence_number(frame: str | bytes) -> int | None:
    """The `seq` of a server's frame, also of one that `decode_server` refused; None where there is none."""
    try:
        fields = json.loads(_text(frame), parse_int=_integer)
    except (ProtocolError, RecursionError, ValueError):
        return None
    seq = fields.get("seq") if isinstance(fields, dict) else None
    return seq if type(seq) is int and seq >= 1 else None


def check_audio(frame: bytes, audio_format: Literal["pcm_s16le", "opus"] = "pcm_s16le") -> bytes:
    """Check a binary frame and give it back.

    Raises:
        ProtocolError: FRAME_TOO_LARGE, or INVALID_AUDIO when it is empty or holds half a PCM sample.
    """
    if len(frame) > MAX_AUDIO_FRAME:
        raise ProtocolError(f"The audio frame is over {MAX_AUDIO_FRAME} bytes.", code="FRAME_TOO_LARGE")
    if not frame:
        raise ProtocolError("The audio frame is empty.", code="INVALID_AUDIO")
    if audio_format == "pcm_s16le" and len(frame) % 2:
        raise ProtocolError("The audio frame ends in the middle of a 16-bit sample.", code="INVALID_AUDIO")
    return frame


def _decode(frame: str | bytes, classes: Mapping[str, type[M]]) -> M:
    text = _text(frame)
    try:
        fields = _READER.decode(text)
    except RecursionError:
        _invalid(f"The frame nests deeper than {MAX_DEPTH} levels.")
    except ValueError as error:
        raise ProtocolError("The frame is not JSON.", code="NOT_JSON") from error
    if not isinstance(fields, dict):
        raise ProtocolError("The frame is not a JSON object.", code="NOT_AN_OBJECT")
    _check_values(fields)
    name = fields.get("type")
    cls = classes.get(name) if isinstance(name, str) else None
    if cls is None:
        raise ProtocolError("The message has no type that is known here.", code="UNKNOWN_TYPE")
    try:
        return cls.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        field = first["loc"][0] if first["loc"] else None
        where = f"field {field}" if field in cls.model_fields else "its content"
        raise ProtocolError(
            f"The {name} message is not valid: {where} ({first['type']}).", code="INVALID_MESSAGE"
        ) from None


def _text(frame: str | bytes) -> str:
    try:
        _check_size(len(frame))
        if isinstance(frame, str):
            _check_size(len(frame.encode()))
            return frame
        return frame.decode()
    except UnicodeError as error:
        raise ProtocolError("The frame is not UTF-8.", code="NOT_JSON") from error


def _check_size(size: int) -> None:
    if size > MAX_TEXT_FRAME:
        raise ProtocolError(f"The text frame is over {MAX_TEXT_FRAME} bytes.", code="FRAME_TOO_LARGE")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        _invalid("A key stands twice in one object.")
    return fields


def _constant(_: str) -> NoReturn:
    raise ProtocolError("The frame is not JSON: it holds NaN or Infinity.", code="NOT_JSON")


def _integer(digits: str) -> int:
    if len(digits) > len(str(MAX_INTEGER)) + 1:
        _invalid("An integer is too large.")
    return int(digits)


def _check_values(fields: Any) -> None:
    """Refuse what JSON allows and a peer could not hold. Walks without recursion."""
    level = [fields]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                if not value.isascii():
                    _check_text(value)
            elif isinstance(value, dict):
                below += value.keys()
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, int) and abs(value) > MAX_INTEGER:
                _invalid("An integer is too large.")
            elif isinstance(value, float) and not math.isfinite(value):
                _invalid("A number is too large.")
        if not below:
            return
        level = below
    _invalid(f"The message nests deeper than {MAX_DEPTH} levels.")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeError:
        _invalid("Half of a surrogate pair stands alone in a text.")


def _invalid(sentence: str) -> NoReturn:
    raise ProtocolError(sentence, code="INVALID_MESSAGE") from None


_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_READER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer)
