"""Settings that the server's own configuration decides, so that the page cannot."""

from collections.abc import Iterable, Mapping

from hive_mind.errors import ConfigError
from hive_mind.server.config import PREFIX, ServerConfig
from hive_mind.server.core.settings.values import HouseSettings

CONFIGURED: Mapping[str, str] = {
    "persona": "name",
    "llm_model": "llm_model",
    "stt_model": "stt_model",
    "voice": "voice",
}
"""Setting of the configuration that decides each of these, where it is given."""


def fixed_by(config: ServerConfig) -> dict[str, str]:
    """The environment variable that fixes each fixed setting."""
    given = {path: name for path, name in CONFIGURED.items() if name in config.model_fields_set}
    fixed = {path: f"{PREFIX}{name.upper()}" for path, name in given.items()}
    if config.llm_engine != "llamacpp":
        fixed.setdefault("llm_model", f"{PREFIX}LLM_ENGINE")
    return fixed


def persona_of(config: ServerConfig, values: HouseSettings) -> str:
    """What the assistant calls itself."""
    return config.name if "name" in config.model_fields_set else values.persona or config.name


def refuse_fixed(config: ServerConfig, paths: Iterable[str]) -> None:
    """Refuse to change what cannot be changed.

    Raises:
        ConfigError: SETTING_FIXED.
    """
    fixed = fixed_by(config)
    for path in paths:
        if path in fixed:
            raise ConfigError(f"{path} is fixed by {fixed[path]}.", code="SETTING_FIXED")
