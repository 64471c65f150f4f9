"""What the QR code of a pairing code says: where the server is, the digits, and which certificate to expect.

The digits and the fingerprint stand behind the `#`: a browser keeps that part to itself, so neither is sent
or logged.
"""

from urllib.parse import urlencode

from starlette.datastructures import URL

from hive_mind.server.core.advertising import home_addresses
from hive_mind.server.core.origin import is_loopback


def pairing_link(asked: URL, digits: str, fingerprint: str) -> str:
    """The link.

    Args:
        asked: the address under which somebody asked for it; if that is this machine's own, another that the
            house can reach stands in the link.
        digits: of the code.
        fingerprint: of our authority; empty where TLS is not ours.
    """
    host = asked.hostname or "127.0.0.1"
    if host == "localhost" or is_loopback(host):
        host = next((a for a in home_addresses() if ":" not in a), host)
    scheme = "https" if fingerprint else asked.scheme
    port = f":{asked.port}" if asked.port else ""
    secret = {"code": digits, "ca": fingerprint} if fingerprint else {"code": digits}
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{port}/pair#{urlencode(secret)}"
