"""Faults as messages on the wire."""

from hive_mind.errors import HiveMindError
from hive_mind.language.messages import error_message
from hive_mind.protocol.messages import Error


def complaint(error: HiveMindError, utterance_id: str | None = None) -> Error:
    """A fault in French, with its code.

    Args:
        error: what went wrong.
        utterance_id: what the client said, if that is what it is about.
    """
    return Error(
        code=error.code,
        message=error_message(error.code),
        recoverable=error.retryable,
        utterance_id=utterance_id,
    )
