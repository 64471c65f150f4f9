"""The examples of the specification, field for field, in its order."""

import json
from pathlib import Path
from typing import Any

import pytest

from hive_mind.protocol.codec import decode_client, decode_server, encode
from hive_mind.protocol.session import ServerSession

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("vectors.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("example", VECTORS["client"], ids=lambda e: str(e["type"]))
def test_client_examples_are_read_and_written_as_they_are(example: dict[str, Any]) -> None:
    frame = encode(decode_client(json.dumps(example)))
    assert json.loads(frame) == example
    assert list(json.loads(frame)) == list(example)


@pytest.mark.parametrize("example", VECTORS["server"], ids=lambda e: str(e["type"]))
def test_server_examples_are_read_and_written_as_they_are(example: dict[str, Any]) -> None:
    frame = encode(decode_server(json.dumps(example)))
    assert json.loads(frame) == example
    assert list(json.loads(frame)) == list(example)


@pytest.mark.parametrize("example", VECTORS["server"], ids=lambda e: str(e["type"]))
def test_a_client_of_the_specification_gets_no_added_field(example: dict[str, Any]) -> None:
    session = ServerSession("s")
    message = decode_server(json.dumps(example))
    assert session.may_send(message)
    assert json.loads(encode(session.stamp(message))) == example


def test_added_fields_follow_those_of_the_specification() -> None:
    message = decode_server(
        json.dumps({"seq": 7, "turn_id": "t", "utterance_id": "u"} | VECTORS["server"][0])
    )
    assert list(json.loads(encode(message))) == [*VECTORS["server"][0], "utterance_id", "turn_id", "seq"]


def test_the_wire_is_utf8_and_compact() -> None:
    frame = encode(decode_server(json.dumps(VECTORS["server"][0])))
    assert frame == (
        '{"type":"response_chunk","content":"Il fait actuellement 8°C à Belfort",'
        '"is_final":false,"chunk_index":0}'
    )
