"""One tree of errors with stable codes.

Every fault that Hive Mind foresees is a `HiveMindError`. Its `code` is part of the wire protocol and of
the command line's contract: it never changes once released. Its `message` is one English sentence for
the log that says what to do; what a person hears or reads is French and comes from
`language/data/fr/errors.toml`, looked up by code.
"""

from typing import ClassVar


class HiveMindError(Exception):
    """Base of all foreseen faults.

    Args:
        message: one English sentence: what is wrong and what to do about it.
        code: stable upper-case identifier; defaults to the class's own.
        retryable: whether the same request may succeed later without a change.
    """

    default_code: ClassVar[str] = "INTERNAL"
    default_retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, code: str | None = None, retryable: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.retryable = self.default_retryable if retryable is None else retryable


class ConfigError(HiveMindError):
    """A setting is missing, malformed or contradicts another."""

    default_code = "CONFIG_INVALID"


class ProtocolError(HiveMindError):
    """A message on the wire is malformed, too large, out of order or of an unknown type."""

    default_code = "PROTOCOL_INVALID"


class ModelError(HiveMindError):
    """A model is unknown, absent, corrupted or could not be fetched."""

    default_code = "MODEL_UNAVAILABLE"


class AudioError(HiveMindError):
    """An audio file or device cannot be read or written."""

    default_code = "AUDIO_UNREADABLE"


class ScreenError(HiveMindError):
    """A screen is absent or its driver is not installed."""

    default_code = "SCREEN_UNAVAILABLE"


class SpeechError(HiveMindError):
    """Recognition or synthesis failed."""

    default_code = "SPEECH_FAILED"


class UnderstandingError(HiveMindError):
    """Sentences or slots are malformed."""

    default_code = "SENTENCES_INVALID"


class LlmError(HiveMindError):
    """The language model is absent, failed or is too busy."""

    default_code = "LLM_UNAVAILABLE"
    default_retryable = True


class ContextError(HiveMindError):
    """The conversation store is away or refuses."""

    default_code = "CONTEXT_UNAVAILABLE"
    default_retryable = True


class PluginError(HiveMindError):
    """A plugin cannot be loaded, or could not do what it was asked for."""

    default_code = "PLUGIN_FAILED"


class LinkError(HiveMindError):
    """The server cannot be reached, or the link to it was lost."""

    default_code = "SERVER_UNREACHABLE"
    default_retryable = True


class AccessError(HiveMindError):
    """Whoever asks is not known here, or may not do that."""

    default_code = "UNAUTHORISED"


class Cancelled(HiveMindError):
    """Work was stopped on request (barge-in, shutdown); not a fault, and never shown to the user."""

    default_code = "CANCELLED"
