"""Which language model to run, by configuration."""

import importlib.util
import sys
from pathlib import Path

import psutil

from hive_mind.errors import ConfigError, ModelError
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.llm.engine import LanguageModel, LlmCapabilities, NoModel
from hive_mind.server.core.llm.fallback import FallbackModel
from hive_mind.server.core.llm.llamacpp import LlamaCppModel
from hive_mind.server.core.llm.openai import OpenAiModel
from hive_mind.server.core.llm.prefix import KeptPrefix
from hive_mind.server.core.llm.prefix_store import PrefixStore
from hive_mind.server.core.llm.prompt import static_persona
from hive_mind.server.core.redis_server import runtime_dir
from hive_mind.server.core.settings.fixed import persona_of
from hive_mind.server.core.settings.values import HouseSettings

ABLE_BYTES = 900_000_000
"""Size of the smallest GGUF file that may choose tools: 1.5B parameters at 4 bits. One of 0.5B calls a
tool for 97 % of the questions that want none (measured)."""


def make_model(config: ServerConfig, values: HouseSettings | None = None) -> LanguageModel:
    """The configured engine; one that refuses with a reason where there is no model to run.

    Args:
        config: of the server.
        values: what the household has set.
    """
    values = values or HouseSettings()
    if config.llm_engine == "none":
        return NoModel("HIVE_MIND_LLM_ENGINE is none: only local commands are answered.")
    if config.llm_engine == "openai":
        elsewhere = OpenAiModel(
            config.llm_base_url or "",
            config.llm_model or "",
            api_key=config.llm_api_key.get_secret_value() if config.llm_api_key else None,
            max_tokens=config.llm_max_tokens,
            temperature=config.llm_temperature,
            capabilities=LlmCapabilities(f"openai:{config.llm_model}", tools=config.llm_tools != "off"),
        )
        here = _local(config, values, None) if config.llm_fallback == "local" else None
        if here is None or isinstance(here, NoModel):
            return elsewhere
        return FallbackModel(elsewhere, here, config.llm_first_word_s)
    return _local(config, values, config.llm_model or values.llm_model)


def _local(config: ServerConfig, values: HouseSettings, wanted: str | None) -> LanguageModel:
    """llama.cpp on this machine; what refuses with a reason where that cannot be."""
    if importlib.util.find_spec("xllamacpp") is None:
        return NoModel("The package xllamacpp is not installed: pip install hive-mind[server].")
    try:
        file = find_gguf(config, wanted)
    except ModelError as error:
        return NoModel(error.message, error.code)
    return LlamaCppModel(
        file,
        config.data_path if sys.platform == "win32" else runtime_dir(config.data_path),
        threads=config.llm_threads or psutil.cpu_count(logical=False) or 1,
        context_tokens=config.llm_context_tokens,
        max_tokens=config.llm_max_tokens,
        temperature=config.llm_temperature,
        tools=config.llm_tools == "on" or (config.llm_tools == "auto" and _able(file)),
        prefix=KeptPrefix(
            static_persona(persona_of(config, values), values.facts),
            PrefixStore(config.data_path / "cache" / "llm"),
        ),
    )


def _able(file: Path) -> bool:
    """Whether a model is able enough to choose an action, by its size."""
    return file.stat().st_size >= ABLE_BYTES


def find_gguf(config: ServerConfig, wanted: str | None) -> Path:
    """The GGUF file to run: a path as it is, an id from the model store, or what `models use` chose.

    Raises:
        ModelError: it is unknown or not installed.
        ConfigError: the path does not exist.
    """
    if wanted and wanted.endswith(".gguf"):
        path = Path(wanted).expanduser()
        if not path.is_file():
            raise ConfigError(f"HIVE_MIND_LLM_MODEL: {path} does not exist.")
        return path
    store = ModelStore(models_dir(config.data_path))
    folder = store.path(wanted or store.selected("llm"))
    found = sorted(folder.glob("*.gguf"))
    if not found:
        raise ModelError(f"{folder.name} is not a GGUF model.", code="MODEL_UNAVAILABLE")
    return found[0]
