"""An HTTP client that reaches what a plugin's manifest names, and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from hive_mind.errors import PluginError
from hive_mind.server.core.plugin_manifest import Manifest


def allowed_hosts(manifest: Manifest, config: Mapping[str, Any]) -> frozenset[str]:
    """The hosts of `permissions`, and those of the addresses in the plugin's settings."""
    return frozenset({*(host.lower() for host in manifest.permissions.hosts), *_addressed(config.values())})


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether a host is one of them, or below a "*.example.org"."""
    name = host.lower().rstrip(".")
    return any(name.endswith(known[1:]) if known.startswith("*.") else name == known for known in allowed)


def http_client(plugin: str, allowed: frozenset[str], timeout_s: float) -> httpx.AsyncClient:
    """A client whose requests, redirected ones too, raise PluginError HOST_FORBIDDEN for any other host."""

    async def check(request: httpx.Request) -> None:
        if not is_allowed(request.url.host, allowed):
            raise PluginError(
                f"Plugin {plugin} may not reach {request.url.host}: add it to permissions.hosts.",
                code="HOST_FORBIDDEN",
            )

    return httpx.AsyncClient(timeout=timeout_s, follow_redirects=True, event_hooks={"request": [check]})


def _addressed(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            try:
                host = urlsplit(value).hostname
            except ValueError:
                continue
            if host:
                yield host.lower()
