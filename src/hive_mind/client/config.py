"""Everything that can be set on a voice client; each setting is also a variable `HIVE_MIND_CLIENT_*`."""

import socket
import uuid
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from hive_mind.errors import ConfigError
from hive_mind.paths import data_dir

PREFIX = "HIVE_MIND_CLIENT_"
DEFAULT_SERVER = "ws://127.0.0.1:8000/ws"


class ClientConfig(BaseSettings):
    """Settings of one client. Make it with `load_config`, which explains what is wrong.

    Attributes:
        server: address of the server's `/ws`.
        room: where this client stands ("cuisine").
        client_id: its stable name; None makes one and keeps it in the data folder.
        data: data folder; None means `HIVE_MIND_DATA` or the platform's own place.
        stt_model: id of the recognition model; None means the chosen one.
        stt_threads: CPU threads of recognition; one leaves the others to the voice and the language model.
        voice: "kokoro:ff_siwis", "espeak:fr", ...; None means the best one here.
        microphone: name of the device; None means the default one.
        speaker: name of the device; None means the default one.
        listening: `always` takes whatever is said, `button` one utterance after Enter is pressed; None means
            `button` in a terminal and `always` elsewhere.
        barge_in: speech stops an answer. For headphones: a microphone that hears the speaker would stop it.
        keep_questions: what only the server can answer is kept, sealed, while it is away, and offered when it
            is back.
        key: base64 of the 32 bytes that seal what is remembered; None keeps a key file in the data folder.
        log_level: of the log on stderr.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    server: str = DEFAULT_SERVER
    room: Annotated[str, Field(max_length=200)] | None = None
    client_id: Annotated[str, Field(pattern=r"^[\w.:@-]{1,128}$")] | None = None
    data: Path | None = None
    stt_model: str | None = None
    stt_threads: Annotated[int, Field(ge=1, le=64)] = 1
    voice: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    listening: Literal["always", "button"] | None = None
    barge_in: bool = False
    keep_questions: bool = False
    key: SecretStr | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    @property
    def data_folder(self) -> Path:
        """Where models and this client's state are."""
        return data_dir(self.data)

    @property
    def state_folder(self) -> Path:
        """Where this client's own files are."""
        return self.data_folder / "client"


def load_config(**given: Any) -> ClientConfig:
    """Settings from the environment; those `given` and not None come first.

    Raises:
        ConfigError: a setting is wrong; the message names it.
    """
    try:
        return ClientConfig(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise ConfigError(f"{PREFIX}{name.upper()} is wrong: {first['msg']}.") from error


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
