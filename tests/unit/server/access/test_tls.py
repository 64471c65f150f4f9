"""The house's authority and certificate: constrained, pinned, renewed, and one port for both ways."""

import asyncio
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from hive_mind.client.access.trust import context_for, fingerprint_of
from hive_mind.errors import ConfigError, LinkError
from hive_mind.server.core.certificates import Certificates, may_vouch
from hive_mind.server.core.shield import Shield
from hive_mind.server.core.two_ways import TwoWays
from tests.fakes.front_desk import FrontDesk

pytestmark = pytest.mark.anyio


def names(folder: Path) -> set[str]:
    shown = x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())
    said = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in said}


def test_the_authority_stays_and_secrets_are_secret(tmp_path: Path) -> None:
    first = Certificates(tmp_path)
    first.context()
    again = Certificates(tmp_path)
    assert again.fingerprint == first.fingerprint == fingerprint_of(first.authority.decode())
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert {"localhost", "127.0.0.1", "::1"} <= names(tmp_path)


def test_it_can_vouch_for_the_home_alone(tmp_path: Path) -> None:
    Certificates(tmp_path, ("hive.example.org", "salon"))
    authority = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    allowed = limits.value.permitted_subtrees or ()
    good = (x509.DNSName("hive.local"), x509.DNSName("salon"), x509.IPAddress(ip_address("192.168.1.9")))
    bad = (x509.DNSName("bank.example"), x509.DNSName("evillocal"), x509.IPAddress(ip_address("8.8.8.8")))
    assert all(may_vouch(allowed, name) for name in good)
    assert not any(may_vouch(allowed, name) for name in bad)


def test_the_certificate_is_made_anew_in_time(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    made.context()
    first = (tmp_path / "server.pem").read_bytes()
    made.context()
    assert (tmp_path / "server.pem").read_bytes() == first
    made.context(datetime.now(UTC) + timedelta(days=380))
    assert (tmp_path / "server.pem").read_bytes() != first
    assert Certificates(tmp_path, ("cave.lan",)).context() is not None
    assert "cave.lan" in names(tmp_path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    Certificates(tmp_path)
    (tmp_path / "ca.pem").write_text("nonsense")
    with pytest.raises(ConfigError, match="is no certificate"):
        Certificates(tmp_path)
    with pytest.raises(LinkError, match="no certificate"):
        fingerprint_of("nonsense")


async def test_one_port_for_both_ways(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    class Echo(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            secure = self.transport.get_extra_info("sslcontext") is not None
            self.transport.write(data + (b" tls" if secure else b" plain"))
            self.transport.close()

    ways = TwoWays(listener, Echo, made.context())
    context = context_for("wss://127.0.0.1", made.authority.decode())
    for secure in (None, context):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=secure)
        writer.write(b"G")
        assert await reader.read() == (b"G plain" if secure is None else b"G tls")
        writer.close()
    other = Certificates(tmp_path / "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection(
            "127.0.0.1", port, ssl=context_for("wss://127.0.0.1", other.authority.decode())
        )
    _, silent = await asyncio.open_connection("127.0.0.1", port)  # says nothing and goes
    silent.close()
    ways.close()
    await ways.wait_closed()
    listener.close()


def test_a_certificate_of_another_authority_of_the_same_name_is_not_trusted(tmp_path: Path) -> None:
    made = Certificates(tmp_path)
    mine = x509.load_pem_x509_certificate(made.authority)
    key = ec.generate_private_key(ec.SECP256R1())
    fake = (
        x509.CertificateBuilder()
        .subject_name(mine.subject)
        .issuer_name(mine.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    assert fake.fingerprint(hashes.SHA256()).hex() != made.fingerprint


async def test_other_machines_come_over_tls() -> None:
    front = FrontDesk()
    await front.desk.start()
    app = Shield(front.app, tls_only=True)

    async def get(address: str, base: str, path: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=base) as http:
            return await http.get(path, headers=headers)

    lan, here = "192.168.1.30", "127.0.0.1"
    plain, secure = "http://hive.local:8000", "https://hive.local:8000"
    refused = await get(lan, plain, "/api/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "TLS_NEEDED")
    sent_on = await get(lan, plain, "/pair", Accept="text/html")
    assert (sent_on.status_code, sent_on.headers["location"]) == (307, "https://hive.local:8000/pair")
    assert (await get(lan, secure, "/api/me")).json()["code"] == "UNAUTHORISED"
    assert (await get(here, plain, "/api/me")).status_code == 200
    assert (await get(lan, plain, "/health")).status_code == 404  # for Prometheus and Docker; not of this app
