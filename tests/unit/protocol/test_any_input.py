"""Whatever arrives is a message or a coded error."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import (
    CLIENT_MESSAGES,
    MAX_AUDIO_FRAME,
    MAX_TEXT_FRAME,
    SERVER_MESSAGES,
    check_audio,
    decode_client,
    decode_server,
    encode,
)
from hive_mind.protocol.limits import MAX_DEPTH, MAX_INTEGER
from hive_mind.protocol.messages import Action, DeviceState, Message, TimerState
from tests.unit.protocol.strategies import CLASSES, json_values, messages, objects, texts

CODES = {"FRAME_TOO_LARGE", "NOT_JSON", "NOT_AN_OBJECT", "UNKNOWN_TYPE", "INVALID_MESSAGE"}
DECODERS: list[Callable[[str | bytes], Message]] = [decode_client, decode_server]
SECRET = "Zébulon"


def decode(frame: str | bytes) -> list[Message]:
    """The messages both decoders make of a frame; anything but a coded error fails the test."""
    made = []
    for decoder in DECODERS:
        try:
            made.append(decoder(frame))
        except ProtocolError as error:
            assert error.code in CODES
            assert error.message.endswith(".")
            assert "\n" not in error.message
    return made


def code_of(frame: str | bytes) -> str:
    with pytest.raises(ProtocolError) as caught:
        decode_client(frame)
    return caught.value.code


@given(st.binary(max_size=200))
def test_any_bytes(frame: bytes) -> None:
    decode(frame)


@given(st.text(max_size=200))
def test_any_text(frame: str) -> None:
    decode(frame)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
)


@given(any_json, st.booleans())
def test_any_json(value: object, ascii_only: bool) -> None:
    decode(json.dumps(value, ensure_ascii=ascii_only))


@given(st.data())
def test_any_json_in_the_fields_of_a_message(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(CLASSES))
    fields = data.draw(objects(cls))
    spoilt = data.draw(st.sampled_from(sorted(cls.model_fields.keys() - {"type"})))
    for message in decode(json.dumps(fields | {spoilt: data.draw(any_json)})):
        encode(message)


@given(st.data())
def test_a_flipped_byte(data: st.DataObject) -> None:
    frame = bytearray(encode(data.draw(messages(data.draw(st.sampled_from(CLASSES))))).encode())
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] = data.draw(st.integers(0, 255))
    for message in decode(bytes(frame)):
        encode(message)


REST = '"state":"connected","timestamp":"2025-01-06T14:30:05Z"}'
PING = '"client_id":"a","state":"connected","timestamp":"2025-01-06T14:30:05Z"'


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "NOT_JSON"),
        ("not json", "NOT_JSON"),
        ("{} {}", "NOT_JSON"),
        ("\ufeff{}", "NOT_JSON"),
        ("{'type':'ping'}", "NOT_JSON"),
        ('{"type":"ping",}', "NOT_JSON"),
        ('{"type":"ping\n"}', "NOT_JSON"),
        (b'{"type":"\xff"}', "NOT_JSON"),
        ("\ud800", "NOT_JSON"),
        ('{"type":"ping","x":NaN}', "NOT_JSON"),
        ('{"type":"ping","x":-Infinity}', "NOT_JSON"),
        ("null", "NOT_AN_OBJECT"),
        ("[]", "NOT_AN_OBJECT"),
        ('"ping"', "NOT_AN_OBJECT"),
        ("1", "NOT_AN_OBJECT"),
        ("{}", "UNKNOWN_TYPE"),
        ('{"type":null}', "UNKNOWN_TYPE"),
        ('{"type":["ping"]}', "UNKNOWN_TYPE"),
        ('{"type":{}}', "UNKNOWN_TYPE"),
        ('{"type":"pong","timestamp":"2025-01-06T14:30:05Z"}', "UNKNOWN_TYPE"),
        ('{"type":"Ping"}', "UNKNOWN_TYPE"),
        ('{"type":"ping"}', "INVALID_MESSAGE"),
        ('{"type":"ping","type":"ping",' + PING + "}", "INVALID_MESSAGE"),
        ('{"type":"ping",' + PING + ',"x":{"a":1,"a":1}}', "INVALID_MESSAGE"),
        ('{"type":"ping",' + PING + ',"x":"\\ud800"}', "INVALID_MESSAGE"),
        ('{"type":"ping",' + PING + ',"\\udfff":1}', "INVALID_MESSAGE"),
        ('{"type":"ping",' + PING + ',"x":1e999}', "INVALID_MESSAGE"),
        ('{"type":"ping",' + PING + ',"x":' + str(MAX_INTEGER + 1) + "}", "INVALID_MESSAGE"),
        ('{"type":"ping",' + PING + ',"x":' + "9" * 5000 + "}", "INVALID_MESSAGE"),
        ('{"type":"ping",' + PING + ',"x":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}", "INVALID_MESSAGE"),
        ('{"type":"ping","client_id":"a b",' + REST, "INVALID_MESSAGE"),
        ('{"type":"ping","client_id":"a\\n",' + REST, "INVALID_MESSAGE"),
        (
            '{"type":"ping","client_id":"a","state":"lost","timestamp":"2025-01-06T14:30:05Z"}',
            "INVALID_MESSAGE",
        ),
        (
            '{"type":"ping","client_id":"a","state":"connected","timestamp":"2025-01-06T14:30:05"}',
            "INVALID_MESSAGE",
        ),
        ('{"type":"ping","client_id":"a","state":"connected","timestamp":1736173805}', "INVALID_MESSAGE"),
        (
            '{"type":"ping","client_id":"a","state":"connected","timestamp":"9999-12-31T23:59:59-12:00"}',
            "INVALID_MESSAGE",
        ),
    ],
)  # fmt: skip
def test_bad_frames_have_stable_codes(frame: str | bytes, code: str) -> None:
    assert code_of(frame) == code


@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_nesting_as_deep_as_a_frame_allows(bracket: str) -> None:
    assert code_of(bracket * (MAX_TEXT_FRAME // len(bracket))) == "INVALID_MESSAGE"


def test_size_is_counted_in_bytes() -> None:
    filler = MAX_TEXT_FRAME - len('{"type":"ping",' + PING + ',"x":""}')
    frame = '{"type":"ping",' + PING + ',"x":"' + "a" * filler + '"}'
    assert decode_client(frame).type == "ping"
    assert code_of(frame + " ") == "FRAME_TOO_LARGE"
    assert code_of('{"x":"' + "é" * (MAX_TEXT_FRAME // 2) + '"}') == "FRAME_TOO_LARGE"
    assert code_of("x" * 5 * 1024 * 1024) == "FRAME_TOO_LARGE"
    assert code_of(b"\xff" * (MAX_TEXT_FRAME + 1)) == "FRAME_TOO_LARGE"


@pytest.mark.parametrize("name", [*CLIENT_MESSAGES, *SERVER_MESSAGES, SECRET])
@given(value=json_values, key=texts)
@settings(max_examples=20)
def test_errors_never_repeat_what_the_peer_wrote(name: str, value: object, key: str) -> None:
    frame = json.dumps({"type": name, key: value, SECRET: SECRET, "transcription": [SECRET], "seq": SECRET})
    for decoder in DECODERS:
        try:
            decoder(frame)
        except ProtocolError as error:
            assert SECRET not in error.message
            assert not isinstance(error.__cause__, ValueError) or SECRET not in str(error.__cause__)


def test_an_error_names_the_field_at_fault() -> None:
    with pytest.raises(ProtocolError, match=r"^The ping message is not valid: field state \(missing\)\.$"):
        decode_client('{"type":"ping","client_id":"a","timestamp":"2025-01-06T14:30:05Z"}')


@pytest.mark.parametrize("size", [2, 4, MAX_AUDIO_FRAME])
def test_audio_frames_pass(size: int) -> None:
    assert check_audio(bytes(size)) == bytes(size)


@pytest.mark.parametrize(
    ("size", "code"), [(0, "INVALID_AUDIO"), (3, "INVALID_AUDIO"), (MAX_AUDIO_FRAME + 1, "FRAME_TOO_LARGE")]
)
def test_bad_audio_frames_have_stable_codes(size: int, code: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        check_audio(bytes(size))
    assert caught.value.code == code


def test_a_compressed_frame_may_have_any_length() -> None:
    assert check_audio(bytes(3), "opus") == bytes(3)


def action(params: dict[str, object]) -> Action:
    return Action.model_validate(
        {"action_id": "a", "plugin": "p", "action": "do", "params": params, "response_text": ""}
    )


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"x": "a" * MAX_TEXT_FRAME}, "FRAME_TOO_LARGE"),
        ({"x": 2**63}, "INVALID_MESSAGE"),
        ({"x": "\ud800"}, "INVALID_MESSAGE"),
        ({"x": nested(MAX_DEPTH)}, "INVALID_MESSAGE"),
    ],
    ids=["large", "integer", "surrogate", "deep"],
)
def test_what_the_peer_could_not_read_is_not_written(params: dict[str, object], code: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        encode(action(params))
    assert caught.value.code == code


def test_null_inside_parameters_is_content() -> None:
    assert json.loads(encode(action({"x": None, "y": [None]})))["params"] == {"x": None, "y": [None]}


def test_null_inside_nested_models_is_absence() -> None:
    timer = TimerState.model_validate_json(
        '{"timer_id":"t","duration_s":60,"remaining_s":5,"changed":"2025-01-06T14:30:05Z"}'
    )
    written = json.loads(encode(DeviceState(client_id="c", timers=(timer,))))
    assert written["timers"] == [
        {"timer_id": "t", "duration_s": 60.0, "remaining_s": 5.0, "changed": "2025-01-06T14:30:05Z"}
    ]
