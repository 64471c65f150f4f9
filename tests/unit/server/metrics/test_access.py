"""Who reads the metrics."""

import ipaddress

import pytest

from hive_mind.server.core.metrics.access import may_scrape

HERE = {"host": "127.0.0.1:8000"}
NETWORK = (ipaddress.ip_network("172.18.0.0/16"),)


@pytest.mark.parametrize(
    ("peer", "headers", "token", "allowed", "may"),
    [
        ("127.0.0.1", HERE, None, (), True),
        ("::1", {"host": "[::1]:8000"}, None, (), True),
        ("127.0.0.1", HERE | {"x-forwarded-for": "192.168.1.9"}, None, (), False),
        ("127.0.0.1", HERE | {"origin": "http://evil.example"}, None, (), False),
        ("192.168.1.9", HERE, None, (), False),
        (None, HERE, None, NETWORK, False),
        ("192.168.1.9", HERE | {"authorization": "Bearer s3cret"}, "s3cret", (), True),
        ("192.168.1.9", HERE | {"authorization": "Bearer s3cre"}, "s3cret", (), False),
        ("192.168.1.9", HERE | {"authorization": "Bearer "}, "", (), False),
        ("192.168.1.9", HERE | {"authorization": "Bearer é"}, "s3cret", (), False),
        ("172.18.0.5", HERE, None, NETWORK, True),
        ("172.19.0.5", HERE, None, NETWORK, False),
        ("172.18.0.5", HERE | {"x-forwarded-for": "8.8.8.8"}, None, NETWORK, False),
        ("not an address", HERE, None, NETWORK, False),
    ],
)
def test_who_may_scrape(
    peer: str | None,
    headers: dict[str, str],
    token: str | None,
    allowed: tuple[ipaddress.IPv4Network, ...],
    may: bool,
) -> None:
    assert may_scrape(peer, headers, token=token, allowed=allowed) is may
