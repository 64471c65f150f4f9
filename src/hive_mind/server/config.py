"""Everything that can be set on the server; each setting is also an environment variable `HIVE_MIND_*`."""

from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hive_mind.errors import ConfigError
from hive_mind.paths import data_dir, plugins_dir

PREFIX = "HIVE_MIND_"


class ServerConfig(BaseSettings):
    """Settings of one server process. Make it with `load_config`, which explains what is wrong.

    Attributes:
        host: address to listen on; 127.0.0.1 serves this machine alone, 0.0.0.0 the whole local network.
        port: TCP port; 0 takes a free one.
        data: data folder; None means the platform's own place.
        announce: let clients find the server by multicast DNS, when it listens for other machines.
        name: what the assistant calls itself.
        timezone: IANA name such as Europe/Paris; None means this machine's.
        redis_url: `redis://` or `rediss://` of a Redis of yours; None starts the embedded one.
        plugins: folder of your own plugins; None means `plugins` in the data folder.
        plugins_wait_s: seconds that a start waits for its plugins; slower ones arrive later.
        redis_password: of that Redis, so that the address holds no secret.
        key: base64 of the 32 bytes that encrypt the conversation; None keeps a key file in the data folder.
        context_days: days that the conversation is kept.
        llm_engine: `llamacpp` runs a GGUF model here, `openai` asks any OpenAI-compatible endpoint, `none`
            answers local commands only.
        llm_model: id of an installed model or path of a GGUF file (`llamacpp`), or the endpoint's model name.
        llm_base_url: of the endpoint, up to and with `/v1`.
        llm_fallback: of a model elsewhere: `local` answers with the chosen model of this machine while the
            endpoint is away, `none` says that it is.
        llm_first_word_s: seconds that a model elsewhere may take to its first word before that.
        llm_threads: CPU threads of llama.cpp; None means the physical cores.
        llm_context_tokens: size of the model's window.
        llm_max_tokens: longest answer.
        llm_temperature: 0 always gives the likeliest answer.
        llm_tools: whether the model may choose what plugins do when no sentence matches; `auto` lets models
            of 1.5 billion parameters and more.
        llm_client_s: seconds that the language model works for one client in an hour; 0: no limit.
        llm_house_s: the same for all clients together.
        speech: whether the server hears and speaks for clients that have no engines of their own: `auto`
            loads what that takes when the first such client speaks, `on` at the start, `off` never.
        stt_model: id of the recognition model; None means the chosen one.
        voice: "kokoro:ff_siwis", "espeak:fr", ...; None means the best one here.
        history_chars: characters of past conversation that the model sees at most.
        pairing: whether clients on other machines must be paired; `off` lets in whoever reaches the port.
        trust_loopback: whether programs on this machine need no pairing. Switch it off where other people
            have accounts here, or where a proxy here does not say whom it speaks for.
        tls: whether the server speaks TLS itself, with a certificate authority that it makes at the first
            run: `auto` does when it listens for other machines. Programs on this machine need none.
        plain: who may come without TLS where the server has it.
        tls_names: further names of this server on its certificate; local ones.
        proxies: addresses of reverse proxies, whose word is taken for whom they speak for.
        allowed_origins: web origins, besides pages from this server, that may open `/ws` and change things.
        metrics_token: opens `/metrics` to other machines, as a bearer token; None: to none.
        metrics_allow: networks, such as 172.18.0.0/16, that read `/metrics` without a token.
        otlp_endpoint: of an OpenTelemetry collector that takes OTLP over HTTP (port 4318); None: no traces.
        max_clients: connections at once.
        house_messages_s: messages of all clients of this server in a second; 0: no limit.
        house_voice_s: seconds of voice of all clients of this server in a second; 0: no limit.
        memory_mb: of this server and its model: past it nobody new is let in. None: nine tenths of what its
            container or service may have, where that is limited; 0: no limit.
        slow_client_s: seconds after which a client that does not read is dropped.
        away_s: seconds that an answer goes on for a client whose connection was lost.
        keep_session_s: seconds that a session can be resumed after its connection was lost.
        draft_s: seconds that a speculative answer waits to be confirmed.
        stop_grace_s: seconds that running answers get when the server stops.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    announce: bool = True
    data: Path | None = None
    name: Annotated[str, Field(min_length=1, max_length=40)] = "Alison"
    timezone: str | None = None
    plugins: Path | None = None
    plugins_wait_s: Annotated[float, Field(ge=0)] = 6.0

    redis_url: Annotated[str, Field(pattern=r"^(rediss?|unix)://")] | None = None
    redis_password: SecretStr | None = None
    key: SecretStr | None = None
    context_days: Annotated[float, Field(gt=0, le=366)] = 7.0

    llm_engine: Literal["llamacpp", "openai", "none"] = "llamacpp"
    llm_model: str | None = None
    llm_base_url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    llm_api_key: SecretStr | None = None
    llm_fallback: Literal["local", "none"] = "local"
    llm_first_word_s: Annotated[float, Field(gt=0, le=60)] = 6.0
    llm_threads: Annotated[int, Field(ge=1, le=256)] | None = None
    llm_context_tokens: Annotated[int, Field(ge=1024, le=131072)] = 4096
    llm_max_tokens: Annotated[int, Field(ge=16, le=2048)] = 160
    llm_temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    llm_tools: Literal["auto", "on", "off"] = "auto"
    llm_client_s: Annotated[float, Field(ge=0)] = 1200.0
    llm_house_s: Annotated[float, Field(ge=0)] = 3000.0
    history_chars: Annotated[int, Field(ge=0, le=100_000)] = 2400

    speech: Literal["auto", "on", "off"] = "auto"
    stt_model: str | None = None
    voice: str | None = None

    pairing: Literal["on", "off"] = "on"
    trust_loopback: bool = True
    tls: Literal["auto", "on", "off"] = "auto"
    plain: Literal["loopback", "anywhere"] = "loopback"
    tls_names: Annotated[tuple[str, ...], NoDecode] = ()
    proxies: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "::1")
    metrics_token: SecretStr | None = None
    metrics_allow: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://")] | None = None
    max_clients: Annotated[int, Field(ge=1, le=10_000)] = 64
    house_messages_s: Annotated[float, Field(ge=0)] = 500.0
    house_voice_s: Annotated[float, Field(ge=0)] = 32.0
    memory_mb: Annotated[int, Field(ge=0)] | None = None
    slow_client_s: Annotated[float, Field(gt=0)] = 10.0
    away_s: Annotated[float, Field(ge=0)] = 10.0
    keep_session_s: Annotated[float, Field(ge=0)] = 300.0
    draft_s: Annotated[float, Field(gt=0)] = 5.0
    stop_grace_s: Annotated[float, Field(ge=0)] = 3.0

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text", "console"] = "json"

    @field_validator("allowed_origins", "metrics_allow", "tls_names", "proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """In the environment they are separated by commas."""
        return tuple(o.strip() for o in value.split(",") if o.strip()) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        """The time zone exists."""
        if value is not None and value not in available_timezones():
            raise ValueError("no such time zone; an example is Europe/Paris")
        return value

    @property
    def data_path(self) -> Path:
        """The data folder; not created here."""
        return data_dir(self.data)

    @property
    def plugins_path(self) -> Path:
        """The folder of the household's own plugins; not created here."""
        return plugins_dir(self.data_path, self.plugins)


def load_config(**overrides: Any) -> ServerConfig:
    """Read the environment; arguments that are not None win over it.

    Raises:
        ConfigError: CONFIG_INVALID, naming every setting that is wrong in one line.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        config = ServerConfig(**given)
    except ValidationError as error:
        wrong = "; ".join(
            f"{PREFIX}{'_'.join(str(p) for p in e['loc'][:1]).upper()}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False)
        )
        raise ConfigError(f"Wrong settings: {wrong}.") from None
    if config.llm_engine == "openai" and not config.llm_base_url:
        raise ConfigError(
            f"{PREFIX}LLM_ENGINE=openai needs {PREFIX}LLM_BASE_URL, such as http://localhost:8080/v1."
        )
    if config.llm_engine == "openai" and not config.llm_model:
        raise ConfigError(f"{PREFIX}LLM_ENGINE=openai needs {PREFIX}LLM_MODEL, the endpoint's model name.")
    return config
