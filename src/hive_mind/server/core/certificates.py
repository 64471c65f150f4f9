"""The house's own certificate authority, and the certificate that the server shows.

The authority is made at the first run and stays: clients pin it when they are paired. It can vouch for
names and addresses of a home network alone (name constraints), so that a phone that trusts it cannot be
lied to about anything else. The server's certificate is made anew when the machine's names or addresses
change, and yearly.
"""

import ipaddress
import os
import secrets
import socket
import ssl
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from filelock import FileLock

from hive_mind.errors import ConfigError

LOCAL_ENDINGS = ("local", "lan", "home", "home.arpa", "internal", "localdomain", "localhost")
LOCAL_NETWORKS = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "100.64.0.0/10",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
_AUTHORITY_LIFE = timedelta(days=20 * 365)
_LIFE = timedelta(days=397)
_RENEW = timedelta(days=30)
_EARLIER = timedelta(days=2)
"""A Raspberry Pi without a battery may start in the past."""


class Certificates:
    """The files in the `tls` folder of the data folder; keys have mode 0600.

    Args:
        folder: of the files.
        names: further local names of this server.

    Raises:
        ConfigError: DATA_NOT_WRITABLE, or TLS_INVALID when a file is damaged.
    """

    def __init__(self, folder: Path, names: Sequence[str] = ()) -> None:
        self._folder = folder
        self._names = tuple(names)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(folder / "lock", timeout=10):  # of two servers that start at once, one makes it
                if not self.authority_file.exists():
                    self._make_authority()
            self._authority = x509.load_pem_x509_certificate(self.authority_file.read_bytes())
        except OSError as error:
            raise ConfigError(
                f"The folder {folder} cannot be used: {error.strerror}.", code="DATA_NOT_WRITABLE"
            ) from error
        except ValueError as error:
            raise ConfigError(
                f"{self.authority_file} is no certificate: remove {folder}, then pair all clients again.",
                code="TLS_INVALID",
            ) from error

    @property
    def authority_file(self) -> Path:
        """The authority's certificate, in PEM; it is public."""
        return self._folder / "ca.pem"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, in lower-case hexadecimal."""
        return self._authority.fingerprint(hashes.SHA256()).hex()

    @property
    def authority(self) -> bytes:
        """The authority's certificate, in PEM."""
        return self._authority.public_bytes(serialization.Encoding.PEM)

    def context(self, now: datetime | None = None, old: ssl.SSLContext | None = None) -> ssl.SSLContext:
        """What the server shows; TLS 1.2 and later.

        Args:
            now: aware time.
            old: is changed, rather than a new one made: connections from now on see what is so today.

        Raises:
            ConfigError: DATA_NOT_WRITABLE, TLS_INVALID.
        """
        try:
            with FileLock(self._folder / "lock", timeout=10):
                self._refresh(now or datetime.now(UTC))
            context = old or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self._folder / "server.pem", self._folder / "server.key")
        except (ValueError, ssl.SSLError) as error:
            raise ConfigError(
                f"A file in {self._folder} is damaged: remove server.pem and server.key there.",
                code="TLS_INVALID",
            ) from error
        except OSError as error:
            raise ConfigError(
                f"The folder {self._folder} cannot be used: {error.strerror}.", code="DATA_NOT_WRITABLE"
            ) from error
        return context

    def _refresh(self, now: datetime) -> None:
        """Make a certificate, unless the one that is there says what is so."""
        path = self._folder / "server.pem"
        limits = self._authority.extensions.get_extension_for_class(x509.NameConstraints).value
        allowed = limits.permitted_subtrees or ()
        wanted = [name for name in own_names(self._names) if may_vouch(allowed, name)]
        if path.exists() and (self._folder / "server.key").exists():
            shown = x509.load_pem_x509_certificate(path.read_bytes())
            said = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            if set(said) == set(wanted) and shown.not_valid_after_utc - now > _RENEW:
                return
        authority_key = serialization.load_pem_private_key((self._folder / "ca.key").read_bytes(), None)
        if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
            raise ValueError("ca.key is another kind of key")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder("Hive Mind", self._authority.subject, key, now, _LIFE)
            .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
            .sign(authority_key, hashes.SHA256())
        )
        _write_secret(self._folder / "server.key", _pem(key))
        chain = certificate.public_bytes(serialization.Encoding.PEM) + self.authority
        _write_secret(path, chain)

    def _make_authority(self) -> None:
        """Once."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Hive Mind {secrets.token_hex(3)}")])
        allowed: list[x509.GeneralName] = [x509.DNSName(ending) for ending in LOCAL_ENDINGS]
        bare = {_host(), *(name.lower() for name in self._names if "." not in name)}
        allowed += [x509.DNSName(name) for name in sorted(bare)]
        allowed += [x509.IPAddress(ipaddress.ip_network(network)) for network in LOCAL_NETWORKS]
        certificate = (
            _builder(name, name, key, datetime.now(UTC), _AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.NameConstraints(permitted_subtrees=allowed, excluded_subtrees=None), True)
            .add_extension(_signs_certificates(), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write_secret(self._folder / "ca.key", _pem(key))
        _write_secret(self.authority_file, certificate.public_bytes(serialization.Encoding.PEM))


def own_names(further: Iterable[str] = ()) -> list[x509.GeneralName]:
    """The names and addresses of this machine, and further names."""
    host = _host()
    names = {"localhost", host, f"{host}.local", *(name.lower() for name in further)}
    addresses = {"127.0.0.1", "::1"}
    for card in psutil.net_if_addrs().values():
        addresses |= {a.address.split("%")[0] for a in card if a.family in (socket.AF_INET, socket.AF_INET6)}
    return [
        *(x509.DNSName(name) for name in sorted(names)),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses)),
    ]


def may_vouch(allowed: Iterable[x509.GeneralName], name: x509.GeneralName) -> bool:
    """Whether an authority with these name constraints may vouch for a name."""
    return any(_covers(permitted, name) for permitted in allowed)


def _covers(permitted: x509.GeneralName, name: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName) and isinstance(permitted, x509.DNSName):
        return name.value == permitted.value or name.value.endswith(f".{permitted.value}")
    if isinstance(name, x509.IPAddress) and isinstance(permitted, x509.IPAddress):
        network, address = permitted.value, name.value
        networks = (ipaddress.IPv4Network, ipaddress.IPv6Network)
        return isinstance(network, networks) and not isinstance(address, networks) and address in network
    return False


def _host() -> str:
    return socket.gethostname().split(".")[0].lower() or "hive-mind"


def _builder(
    subject: str | x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    if isinstance(subject, str):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + life)
    )


def _signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(path: Path, data: bytes) -> None:
    """Whole or not at all, readable by us alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
