"""Everything that can be set on a voice client: in its `client.toml` or as `HIVE_MIND_CLIENT_*` variables."""

import os
import socket
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hive_mind.client.config_file import FileSettings, read
from hive_mind.errors import ConfigError
from hive_mind.paths import data_dir

PREFIX = "HIVE_MIND_CLIENT_"
DEFAULT_SERVER = "ws://127.0.0.1:8000/ws"

ENVIRONMENT_ONLY = frozenset({"key", "data"})
"""Settings that the file may not hold: a secret, and the place of the file itself."""

USUAL_SENSITIVITY = 0.5

NIGHT = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"
"""From one time of day to another."""

Sensitivity: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class ClientConfig(BaseSettings):
    """Settings of one client. Make it with `load_config`, which explains what is wrong.

    Attributes:
        server: address of the server's `/ws`; `auto` looks for it on the network at each start.
        room: where this client stands ("cuisine").
        client_id: its stable name; None makes one and keeps it in the data folder.
        data: data folder; None means `HIVE_MIND_DATA` or the platform's own place.
        profile: `desktop` hears and speaks by itself; `satellite`, for machines with little memory, hears its
            name and keeps its timers, and has the server recognise and speak.
        stt_model: id of the recognition model; None means the chosen one.
        stt_threads: CPU threads of recognition; one leaves the others to the voice and the language model.
        voice: "kokoro:ff_siwis", "espeak:fr", ...; None means the best one here.
        microphone: name of the device; None means the default one.
        speaker: name of the device; None means the default one.
        listening: `wake_word` takes what follows its name or a press of the button, `button` only the latter,
            `always` whatever is said.
        wake_words: names that it answers to, each with its sensitivity from 0 to 1. In the environment:
            "hey_jarvis=0.5,alexa".
        learn_wake_words: the embeddings of wakes are kept, so that a trained word may learn from false ones.
        barge_in: speech stops an answer. For headphones: a microphone that hears the speaker would stop it.
        keep_questions: what only the server can answer is kept, sealed, while it is away, and offered when it
            is back.
        echo: take our own voice out of what the microphone hears; off for headphones.
        follow_up_s: seconds for which it listens after it has asked something.
        after_answer_s: the same after an answer; 0 for never.
        screen: where the eyes are: `auto` takes a window where there is a screen; `panel` is a small one.
        full_screen: of the window, at its start.
        subtitles: the window also writes what is said and answered.
        panel: driver of the small screen ("ssd1306", "st7789", "epd2in13_V4", ...).
        panel_at: where it is: "i2c:1:0x3c" or "spi:0:0".
        night: hours in which the eyes are dimmed ("22:00-07:00"); None for never.
        key: base64 of the 32 bytes that seal what is remembered; None keeps a key file in the data folder.
        log_level: of the log on stderr.
        log_format: of the log: `json`, or text for people.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    server: str = DEFAULT_SERVER
    room: Annotated[str, Field(max_length=200)] | None = None
    # The length is no part of the pattern: counted repetitions of \w cost 12 MB of memory.
    client_id: Annotated[str, Field(pattern=r"^[\w.:@-]+$", max_length=128)] | None = None
    data: Path | None = None
    profile: Literal["desktop", "satellite"] = "desktop"
    stt_model: str | None = None
    stt_threads: Annotated[int, Field(ge=1, le=64)] = 1
    voice: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    listening: Literal["wake_word", "always", "button"] = "wake_word"
    wake_words: Annotated[dict[str, Sensitivity], Field(min_length=1, max_length=8), NoDecode] = {
        "hey_jarvis": 0.5
    }
    learn_wake_words: bool = False
    barge_in: bool = False
    keep_questions: bool = False
    echo: bool = True
    follow_up_s: Annotated[float, Field(ge=1, le=60)] = 6.0
    after_answer_s: Annotated[float, Field(ge=0, le=60)] = 4.0
    screen: Literal["auto", "window", "panel", "none"] = "auto"
    full_screen: bool = False
    subtitles: bool = True
    panel: str = "ssd1306"
    panel_at: str = "i2c:1:0x3c"
    night: Annotated[str, Field(pattern=NIGHT)] | None = None
    key: SecretStr | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_format: Literal["json", "text", "console"] = "text"

    @field_validator("wake_words", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """In the environment the words are separated by commas; a list has the usual sensitivity."""
        if isinstance(value, str):
            value = [word.strip() for word in value.split(",") if word.strip()]
        if isinstance(value, list | tuple):
            pairs = (str(word).partition("=") for word in value)
            return {name.strip(): share.strip() or USUAL_SENSITIVITY for name, _, share in pairs}
        return value

    @property
    def data_folder(self) -> Path:
        """Where models and this client's state are."""
        return data_dir(self.data)

    @property
    def state_folder(self) -> Path:
        """Where this client's own files are."""
        return self.data_folder / "client"


def config_file(data: Path | None = None) -> Path:
    """Where the settings file is: `HIVE_MIND_CLIENT_CONFIG`, else `client/client.toml` in the data folder."""
    if named := os.environ.get(f"{PREFIX}CONFIG"):
        return Path(named).expanduser().resolve()
    return data_dir(data) / "client" / "client.toml"


def load_config(file: Path | None = None, **given: Any) -> ClientConfig:
    """Settings: those `given`, else the environment's, else the file's, else the usual ones.

    Args:
        file: the settings file; None means `config_file`.
        given: settings by name; None stands for none.

    Raises:
        ConfigError: a setting is wrong; the message names the option, the variable, or the file and its line.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = read(file or config_file(chosen.get("data")), ClientConfig.model_fields)
    for name in ENVIRONMENT_ONLY & settings.values.keys():
        raise ConfigError(
            f"{settings.where(name)}: {name} may not stand in a file: set {_variable(name)} instead."
        )
    in_environment = {name.upper() for name in os.environ}
    quiet = {k: v for k, v in settings.values.items() if _variable(k) not in in_environment}
    try:
        return ClientConfig(**{**quiet, **chosen})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise ConfigError(f"{_source(name, chosen, quiet, settings)} is wrong: {first['msg']}.") from error


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


def _source(name: str, given: Mapping[str, Any], filed: Mapping[str, Any], settings: FileSettings) -> str:
    """Where a wrong setting comes from."""
    if name in given or name not in filed:
        return f"{name} ({_variable(name)})"
    return f"{settings.where(name)}: {name}"


def stable_client_id(config: ClientConfig) -> str:
    """The configured name, or the one kept in the data folder, made on the first call.

    Raises:
        ConfigError: DATA_UNWRITABLE.
    """
    if config.client_id is not None:
        return config.client_id
    path = config.state_folder / "id"
    try:
        if path.exists() and (kept := path.read_text("utf-8").strip()):
            return kept
        host = "".join(c if c.isalnum() else "-" for c in socket.gethostname().lower()).strip("-")[:40]
        name = f"{host or 'client'}-{uuid.uuid4().hex[:8]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name + "\n", "utf-8")
    except OSError as error:
        raise ConfigError(
            f"The data folder {config.data_folder} cannot be written ({error.strerror}): "
            "choose another with HIVE_MIND_DATA.",
            code="DATA_UNWRITABLE",
        ) from error
    return name
