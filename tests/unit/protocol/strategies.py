"""Messages of every class, made from their JSON Schemas: a new class is covered without a word here.

A schema feature that nothing here makes raises, so that no field is left out silently.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from hive_mind.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES
from hive_mind.protocol.limits import MAX_INTEGER
from hive_mind.protocol.messages import Message

Json = Any
Schema = dict[str, Any]

CLASSES: list[type[Message]] = [*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values()]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
# Further out there are no such times in UTC.
FIRST, LAST = datetime.fromisoformat("0002-01-01"), datetime.fromisoformat("9998-01-01")
timestamps = (
    st.datetimes(FIRST, LAST, timezones=st.timezones())
    .map(lambda moment: moment.isoformat())
    .filter(
        # Zones of old had offsets with seconds, which RFC 3339 cannot write.
        lambda text: len(text) - max(text.rfind("+"), text.rfind("-")) == len("+01:00")
    )
)

# What `\\w` is differs between engines outside letters and decimal digits.
word_characters = st.characters(categories=["L", "Nd"], include_characters="_.:@-")
dates = st.dates().map(lambda day: day.isoformat())

ANNOTATIONS = {"$defs", "default", "title", "description", "type", "examples"}


def from_schema(schema: Schema, root: Schema) -> st.SearchStrategy[Json]:
    """JSON values that a schema of ours describes."""
    rest = set(schema) - ANNOTATIONS
    if "$ref" in schema:
        return from_schema(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([from_schema(option, root) for option in schema["anyOf"]])
    match schema.get("type"):
        case None:
            assert not rest, f"unknown schema: {schema}"
            return json_values
        case "object":
            return _object(schema, root, rest)
        case "array":
            assert rest <= {"items", "minItems", "maxItems"}, f"unknown schema: {schema}"
            return st.lists(
                from_schema(schema["items"], root),
                min_size=schema.get("minItems", 0),
                max_size=min(schema.get("maxItems", 4), 4),
            )
        case "string":
            return _string(schema, rest)
        case "integer":
            assert rest <= {"minimum", "maximum"}, f"unknown schema: {schema}"
            return st.integers(schema.get("minimum", -MAX_INTEGER), schema.get("maximum", MAX_INTEGER))
        case "number":
            assert rest <= {"minimum", "maximum", "exclusiveMinimum"}, f"unknown schema: {schema}"
            return st.floats(
                schema.get("minimum", schema.get("exclusiveMinimum")),
                schema.get("maximum"),
                exclude_min="exclusiveMinimum" in schema,
                allow_nan=False,
                allow_infinity=False,
            )
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    raise AssertionError(f"unknown schema: {schema}")


def _object(schema: Schema, root: Schema, rest: set[str]) -> st.SearchStrategy[Json]:
    assert rest <= {"properties", "required", "additionalProperties"}, f"unknown schema: {schema}"
    if "properties" not in schema:
        extra = schema["additionalProperties"]
        values = json_values if extra is True else from_schema(extra, root)
        return st.dictionaries(texts, values, max_size=4)
    fields = {name: from_schema(field, root) for name, field in schema["properties"].items()}
    required = {name for name in fields if name in {"type", *schema.get("required", [])}}
    return st.fixed_dictionaries(
        {name: fields[name] for name in required},
        optional={name: fields[name] for name in fields.keys() - required},
    )


def _string(schema: Schema, rest: set[str]) -> st.SearchStrategy[str]:
    assert rest <= {"minLength", "maxLength", "pattern", "format"}, f"unknown schema: {schema}"
    if schema.get("format") == "date-time":
        return timestamps
    if schema.get("format") == "date":
        return dates
    assert "format" not in schema, f"unknown format: {schema}"
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 1000)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True, alphabet=word_characters).filter(
            lambda text: shortest <= len(text) <= longest and not text.endswith("\n")
        )
    usual = st.text(
        st.characters(exclude_categories=["Cs"]), min_size=shortest, max_size=min(longest, shortest + 30)
    )
    return usual | st.just("é" * longest)


@cache
def objects(cls: type[Message]) -> st.SearchStrategy[dict[str, Json]]:
    """JSON objects of one message class."""
    schema = cls.model_json_schema()
    return from_schema(schema, schema)


def messages(cls: type[Message]) -> st.SearchStrategy[Message]:
    """Instances of one message class."""
    return objects(cls).map(lambda fields: cls.model_validate_json(json.dumps(fields), strict=True))
