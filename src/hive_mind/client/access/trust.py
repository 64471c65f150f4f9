"""Whom this client trusts over TLS: a pinned authority alone, or what the machine trusts."""

import hashlib
import ssl
from urllib.parse import urlsplit

from hive_mind.client.access.http import base_of, fetch
from hive_mind.errors import HiveMindError, LinkError


def context_for(url: str, authority: str) -> ssl.SSLContext | None:
    """What to connect with; None where the address knows no TLS.

    A pinned authority has signed nothing but this server's certificate, so that the name by which the server
    is reached does not matter, and may change.

    Args:
        url: of the server.
        authority: in PEM; empty for what the machine trusts.

    Raises:
        LinkError: SERVER_UNTRUSTED, the authority is damaged.
    """
    if urlsplit(url).scheme not in ("wss", "https"):
        return None
    if not authority:
        return ssl.create_default_context()
    try:
        context = ssl.create_default_context(cadata=authority)
    except ssl.SSLError:
        raise LinkError(
            "The kept certificate is damaged: pair this device again.",
            code="SERVER_UNTRUSTED",
            retryable=False,
        ) from None
    context.check_hostname = False
    return context


def authority_of(url: str) -> str:
    """The authority that a server says is its own, not trusted yet; empty where it has none. Blocking.

    Raises:
        LinkError: SERVER_UNREACHABLE.
    """
    if urlsplit(url).scheme not in ("wss", "https"):
        return ""
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    try:
        return fetch(f"{base_of(url)}/api/ca.pem", context=anybody).decode("ascii", "replace")
    except HiveMindError as error:
        if error.code != "NOT_FOUND":
            raise
        return ""


def fingerprint_of(authority: str) -> str:
    """SHA-256 of a certificate in PEM, lower-case hexadecimal; empty for none.

    Raises:
        LinkError: SERVER_UNTRUSTED, it is no certificate.
    """
    if not authority:
        return ""
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(authority)).hexdigest()
    except ValueError:
        raise LinkError(
            "What the server shows is no certificate.", code="SERVER_UNTRUSTED", retryable=False
        ) from None
