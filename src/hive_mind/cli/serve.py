"""`hive-mind serve`."""

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[
        str | None,
        typer.Option(
            help="Address to listen on. Default 127.0.0.1, this machine; 0.0.0.0: the whole local network."
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one. Default 8000.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Data folder: models, conversation, key. Default: the platform's own place."),
    ] = None,
    llm: Annotated[
        str | None,
        typer.Option("--llm", help="Language model: id from `hive-mind models list`, or a .gguf file."),
    ] = None,
    log_level: Annotated[
        str | None, typer.Option(help="debug, info, warning or error. Default info.")
    ] = None,
    log_format: Annotated[str | None, typer.Option(help="json or text. Default json.")] = None,
) -> None:
    """Start the server alone, in the foreground; Ctrl-C stops it.

    Every setting is also an environment variable: HIVE_MIND_HOST, HIVE_MIND_PORT, HIVE_MIND_DATA,
    HIVE_MIND_REDIS_URL (redis:// or rediss://; default: an embedded Redis), HIVE_MIND_KEY (base64 of 32 bytes
    that encrypt the conversation), HIVE_MIND_LLM_ENGINE (llamacpp, openai, none), HIVE_MIND_LLM_MODEL,
    HIVE_MIND_LLM_BASE_URL, HIVE_MIND_LLM_API_KEY, HIVE_MIND_CONTEXT_DAYS, HIVE_MIND_TIMEZONE,
    HIVE_MIND_PLUGINS (folder of your own plugins), ...

    A server that listens for other machines speaks TLS to them, and answers those alone that were paired
    with it (./hive pair).
    """
    from hive_mind.cli.with_parent import end_with_parent
    from hive_mind.server.config import load_config
    from hive_mind.server.logs import set_up_logs
    from hive_mind.server.run import run

    end_with_parent()
    config = load_config(
        host=host, port=port, data=data, llm_model=llm, log_level=log_level, log_format=log_format
    )
    set_up_logs(config.log_level, config.log_format)
    run(config)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)
