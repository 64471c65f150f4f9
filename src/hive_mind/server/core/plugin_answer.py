"""From what a plugin returned, or raised, to what is said. Pure but for the receipt's name."""

import secrets
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jsonschema.validators import Draft202012Validator

from hive_mind.errors import HiveMindError
from hive_mind.language.messages import error_message
from hive_mind.server.core.plugin_manifest import Manifest
from hive_mind.server.core.plugin_replies import Replies, ReplyFault
from hive_mind.server.core.plugin_result import Ask, PluginResult


class BadResult(ValueError):
    """A plugin returned what the contract does not allow: one line."""


def apology(code: str, title: str = "", *, language: str = "fr", **blanks: str) -> str:
    """What is said in a plugin's place."""
    return _sentences(language)[code].format(title=title, **blanks)


def gone(intent: str) -> PluginResult:
    """The result when no plugin has the intent, any more."""
    return PluginResult(intent, "", success=False, speech=apology("PLUGIN_GONE"), error="PLUGIN_UNAVAILABLE")


def failure(
    intent: str, manifest: Manifest, code: str, *, ask: Ask | None = None, missing: str = ""
) -> PluginResult:
    """The result of a call that the host ended, or did not even make."""
    speech = ask.question if ask else apology(code, manifest.spoken_title, missing=missing)
    return PluginResult(intent, manifest.name, success=False, speech=speech, error=code, ask=ask)


def refusal(intent: str, manifest: Manifest, replies: Replies, error: HiveMindError) -> PluginResult:
    """The result of a call that ended in a foreseen fault: the plugin's own words for its code come first."""
    try:
        speech = replies.say(error.code, {})
    except ReplyFault:
        speech = error_message(error.code)
    return PluginResult(intent, manifest.name, success=False, speech=speech, error=error.code)


def params_fault(intent: str, manifest: Manifest, params: Mapping[str, Any]) -> tuple[str, Ask | None] | None:
    """What is wrong with parameters, on one line, and the question that would mend it; None: nothing."""
    schema = manifest.params.get(intent, {})
    required = schema.get("required")
    properties = schema.get("properties")
    for name in required if isinstance(required, list) else ():
        if name not in params:
            known = properties.get(str(name)) if isinstance(properties, dict) else None
            question = known.get("question") if isinstance(known, dict) else None
            return f"{name!r} is missing", Ask(str(name), question) if isinstance(question, str) else None
    for error in Draft202012Validator(schema).iter_errors(dict(params)):
        where = ".".join(str(part) for part in error.path) or "params"
        return f"{where} does not fit its schema ({error.validator})", None
    return None


def answer(intent: str, manifest: Manifest, replies: Replies, raw: object) -> tuple[PluginResult, str | None]:
    """The result of a call that returned, and what was wrong with its reply, on one line.

    Raises:
        BadResult: it is no dictionary, or one of its keys has a wrong type.
    """
    if not isinstance(raw, dict):
        raise BadResult(f"execute must return a dictionary, not {type(raw).__name__}")
    success = raw.get("success")
    if not isinstance(success, bool):
        raise BadResult("the result lacks success: true or false")
    ask = _ask(raw.get("ask"))
    error = None if success else str(raw.get("error") or "NOT_DONE")
    speech, fault = _speech(intent, replies, raw, error)
    if ask is not None:
        speech = ask.question
    elif speech is None and error is not None:
        speech = apology("NOT_DONE", manifest.spoken_title)
    result = PluginResult(
        intent,
        manifest.name,
        success=success,
        speech=speech,
        data=raw,
        ask=ask,
        receipt_id=f"r-{secrets.token_hex(8)}" if success and ask is None else None,
        error=error if ask is None else None,
        untrusted=raw.get("untrusted", True) is not False,
    )
    return result, fault


def _speech(
    intent: str, replies: Replies, raw: Mapping[str, Any], error: str | None
) -> tuple[str | None, str | None]:
    speech = raw.get("speech")
    if isinstance(speech, str) and speech.strip():
        return speech, None
    named = raw.get("reply") or error or intent
    if named not in replies and "reply" not in raw:
        return None, None
    try:
        return replies.say(str(named), raw), None
    except ReplyFault as fault:
        return None, str(fault)


def _ask(value: object) -> Ask | None:
    if value is None:
        return None
    if (
        isinstance(value, dict)
        and isinstance(value.get("slot"), str)
        and isinstance(value.get("question"), str)
    ):
        return Ask(value["slot"], value["question"])
    raise BadResult("ask must be {'slot': name, 'question': text}")


@lru_cache(maxsize=4)
def _sentences(language: str) -> dict[str, str]:
    text = (files("hive_mind.server") / "data" / language / "plugins.toml").read_text("utf-8")
    return {key: str(sentence) for key, sentence in tomllib.loads(text).items()}
