"""JSON Schema and AsyncAPI documents."""

from typing import Any

from pydantic.json_schema import models_json_schema

from hive_mind.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES
from hive_mind.protocol.messages import PROTOCOL_VERSION
from hive_mind.protocol.reference.classes import all_messages, examples, field_notes, summary

Json = dict[str, Any]

AUDIO = (
    "Mono signed 16-bit little-endian PCM in one binary frame: between `audio_start` and `audio_end` to the "
    "server, between `speech_start` and `speech_end` from it."
)


def _definitions(ref_template: str) -> Json:
    """The schema of every message and nested class, with the notes of the docstrings."""
    classes = all_messages().values()
    _, document = models_json_schema([(cls, "validation") for cls in classes], ref_template=ref_template)
    definitions: Json = document["$defs"]
    for cls in classes:
        schema = definitions[cls.__name__]
        schema["description"] = summary(cls)
        schema["required"] = ["type", *schema.get("required", [])]
        for name, note in field_notes(cls).items():
            schema["properties"][name]["description"] = note
    return definitions


def json_schema() -> Json:
    """One JSON Schema (2020-12) with a definition per direction: `ClientMessage` and `ServerMessage`."""
    definitions = _definitions("#/$defs/{model}")
    for name, classes in (("ClientMessage", CLIENT_MESSAGES), ("ServerMessage", SERVER_MESSAGES)):
        definitions[name] = {"oneOf": [{"$ref": f"#/$defs/{cls.__name__}"} for cls in classes.values()]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Hive Mind protocol, version {PROTOCOL_VERSION}",
        "anyOf": [{"$ref": "#/$defs/ClientMessage"}, {"$ref": "#/$defs/ServerMessage"}],
        "$defs": definitions,
    }


def asyncapi() -> Json:
    """The AsyncAPI 3.0 description of the WebSocket, as seen from the server."""
    samples = examples()
    messages: Json = {
        cls.__name__: {
            "name": name,
            "title": cls.__name__,
            "summary": summary(cls).split("\n")[0],
            "contentType": "application/json",
            "payload": {"$ref": f"#/components/schemas/{cls.__name__}"},
            "examples": [{"payload": samples[name]}],
        }
        for name, cls in all_messages().items()
    }
    messages["AudioFrame"] = {
        "name": "audio_frame",
        "title": "AudioFrame",
        "summary": AUDIO,
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary"},
    }
    sent, received = (
        [{"$ref": f"#/channels/ws/messages/{cls.__name__}"} for cls in classes.values()]
        + [{"$ref": "#/channels/ws/messages/AudioFrame"}]
        for classes in (SERVER_MESSAGES, CLIENT_MESSAGES)
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Hive Mind",
            "version": str(PROTOCOL_VERSION),
            "description": "The talk between a Hive Mind server and its clients; explained in protocol.md.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"home": {"host": "localhost:8000", "protocol": "ws"}},
        "channels": {
            "ws": {
                "address": "/ws",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET"}},
            }
        },
        "operations": {
            "receive": {"action": "receive", "channel": {"$ref": "#/channels/ws"}, "messages": received},
            "send": {"action": "send", "channel": {"$ref": "#/channels/ws"}, "messages": sent},
        },
        "components": {"messages": messages, "schemas": _definitions("#/components/schemas/{model}")},
    }
