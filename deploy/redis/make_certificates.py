"""Makes the certificates with which Redis and the servers know each other; keeps what is there.

python make_certificates.py FOLDER [NAME ...]      NAME: further names and addresses of Redis
"""

import datetime
import ipaddress
import os
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEARS = 10
REDIS_UID, SERVER_UID = 999, 10001
"""Users of the two containers; their keys are theirs alone."""


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, data: bytes, mode: int, owner: int) -> None:
    path.write_bytes(data)
    path.chmod(mode)
    if os.getuid() == 0:
        os.chown(path, owner, owner)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def main(folder: Path, names: list[str]) -> None:
    """Make what is missing; the authority's own key is thrown away."""
    if (folder / "client.key").exists():
        return
    now = datetime.datetime.now(datetime.UTC)
    authority = ec.generate_private_key(ec.SECP256R1())
    base = (
        x509.CertificateBuilder()
        .issuer_name(_name("Hive Mind Redis"))
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
    )
    key_id = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    root = (
        base.subject_name(_name("Hive Mind Redis"))
        .public_key(authority.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_id, critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                crl_sign=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    _write(folder / "ca.crt", root.public_bytes(pem), 0o644, 0)
    whose = {
        "redis": (REDIS_UID, ExtendedKeyUsageOID.SERVER_AUTH),
        "client": (SERVER_UID, ExtendedKeyUsageOID.CLIENT_AUTH),
    }
    for name, (owner, usage) in whose.items():
        key = ec.generate_private_key(ec.SECP256R1())
        made = (
            base.subject_name(_name(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .add_extension(
                x509.SubjectAlternativeName([_alternative(n) for n in [name, *names]]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False
            )
            .sign(authority, hashes.SHA256())
        )
        _write(folder / f"{name}.crt", made.public_bytes(pem), 0o644, 0)
        _write(folder / f"{name}.key", _pem(key), 0o400, owner)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
