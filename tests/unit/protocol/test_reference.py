"""The committed reference is what the code says, complete, and consistent with the codec."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from hive_mind.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES, decode_client, decode_server, encode
from hive_mind.protocol.messages import Message, ServerMessage
from hive_mind.protocol.reference.__main__ import main, render
from hive_mind.protocol.reference.classes import all_messages, examples, field_notes, summary
from hive_mind.protocol.reference.markdown import PARTS
from hive_mind.protocol.reference.schemas import asyncapi, json_schema
from tests.unit.protocol.strategies import CLASSES, objects

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = Draft202012Validator(json_schema(), format_checker=FormatChecker())
FILES = ("protocol.md", "protocol/schema.json", "protocol/asyncapi.json")


@pytest.mark.parametrize("name", FILES)
def test_the_committed_reference_is_up_to_date(name: str) -> None:
    path = DOCS / name
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    up_to_date = committed == render(DOCS)[path]
    assert up_to_date, f"docs/{name} drifted; run: python -m hive_mind.protocol.reference"


def test_all_files_are_written(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    client = (DOCS / "examples" / "minimal_client.py").read_text(encoding="utf-8")
    (tmp_path / "examples" / "minimal_client.py").write_text(client, encoding="utf-8")
    main(tmp_path)
    assert {tmp_path / name for name in FILES} == set(render(tmp_path))
    assert all((tmp_path / name).read_text(encoding="utf-8") for name in FILES)


def test_every_message_has_an_example() -> None:
    assert list(examples()) == list(all_messages())


@pytest.mark.parametrize("name", all_messages())
def test_examples_are_written_as_the_codec_writes_them(name: str) -> None:
    example = examples()[name]
    decode = decode_server if name in SERVER_MESSAGES else decode_client
    message = decode(json.dumps(example))
    assert message.type == name
    assert list(json.loads(encode(message)).items()) == list(example.items())
    SCHEMA.validate(example)


@pytest.mark.parametrize("cls", [*CLASSES, *PARTS], ids=lambda cls: cls.__name__)
def test_every_class_and_every_field_is_explained(cls: type[Message]) -> None:
    assert summary(cls)
    assert summary(cls) != summary(ServerMessage)
    assert field_notes(cls).keys() == cls.model_fields.keys() - {"type"}


def test_no_placeholder_is_left() -> None:
    text = render(DOCS)[DOCS / "protocol.md"]
    assert "{{" not in text
    assert all(f"\n### {name}\n" in text for name in [*all_messages(), *(cls.__name__ for cls in PARTS)])


@settings(max_examples=60)
@given(st.data())
def test_what_the_codec_reads_and_writes_the_schema_describes(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from(CLASSES))
    message = cls.model_validate_json(json.dumps(data.draw(objects(cls))), strict=True)
    SCHEMA.validate(json.loads(encode(message)))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"type": "nothing"},
        {"type": "ping"},
        {"client_id": "a", "state": "connected", "timestamp": "2025-01-06T14:30:05Z"},
        {"type": "ping", "client_id": "", "state": "connected", "timestamp": "2025-01-06T14:30:05Z"},
    ],
    ids=["empty", "unknown", "incomplete", "no type", "out of limits"],
)
def test_the_schema_refuses_what_the_codec_refuses(wrong: dict[str, str]) -> None:
    assert not SCHEMA.is_valid(wrong)


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.parametrize("document", [json_schema(), asyncapi()], ids=["schema", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_asyncapi_has_both_directions() -> None:
    document = asyncapi()
    for operation, classes in (("receive", CLIENT_MESSAGES), ("send", SERVER_MESSAGES)):
        listed = {r["$ref"].rpartition("/")[2] for r in document["operations"][operation]["messages"]}
        assert listed == {cls.__name__ for cls in classes.values()} | {"AudioFrame"}
