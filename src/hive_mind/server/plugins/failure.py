"""How a plugin of ours says that it could not."""

from typing import Any

from hive_mind.errors import HiveMindError


class Failure(HiveMindError):
    """A plugin could not do what it was asked; its code names a sentence of `replies/fr.toml`.

    Args:
        reason: stable code, upper case ("WEATHER_UNREACHABLE").
        message: one English sentence for the log.
        retryable: whether the same request may succeed later.
        blanks: what fills the sentence.
    """

    default_code = "PLUGIN_UNAVAILABLE"

    def __init__(self, reason: str, message: str, *, retryable: bool = False, **blanks: str) -> None:
        super().__init__(message, code=reason, retryable=retryable)
        self.blanks = blanks

    def result(self) -> dict[str, Any]:
        """What `execute` answers for it."""
        return {"success": False, "error": self.code, "retryable": self.retryable, **self.blanks}
