"""Every message class there is, found by reflection, survives the wire."""

import inspect
import json
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES, decode_client, decode_server, encode
from hive_mind.protocol.messages import Message, ServerMessage, client, server, time_items
from hive_mind.protocol.messages import settings as about_settings
from tests.unit.protocol.strategies import CLASSES, objects


def classes_in(module: ModuleType) -> set[type[Message]]:
    return {
        cls
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, Message) and cls.__module__ == module.__name__ and "type" in cls.model_fields
    }


def test_every_class_is_in_the_union_of_its_direction() -> None:
    sent = classes_in(client) | classes_in(about_settings) | classes_in(time_items)
    assert sent == set(CLIENT_MESSAGES.values())
    assert classes_in(server) == set(SERVER_MESSAGES.values())
    assert all(issubclass(cls, ServerMessage) for cls in SERVER_MESSAGES.values())


def test_types_are_unique_and_in_snake_case() -> None:
    names = [*CLIENT_MESSAGES, *SERVER_MESSAGES]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").islower() for name in names)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_round_trip(cls: type[Message], data: st.DataObject) -> None:
    fields = data.draw(objects(cls))
    decode = decode_server if issubclass(cls, ServerMessage) else decode_client
    message = decode(json.dumps(fields))
    assert type(message) is cls
    frame = encode(message)
    assert decode(frame) == message
    assert encode(decode(frame.encode())) == frame
    written = json.loads(frame)
    assert next(iter(written)) == "type"
    assert {name for name, value in fields.items() if value is not None} <= written.keys()
    assert None not in written.values()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_unknown_fields_are_ignored(cls: type[Message]) -> None:
    schema = cls.model_json_schema()
    assert schema.get("additionalProperties") is None
    assert cls.model_config.get("extra") == "ignore"
