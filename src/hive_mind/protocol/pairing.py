"""How a client and a server that share six digits prove that to each other, without saying them.

The digits are stretched (scrypt, so that each guess costs memory and time) and the result signs the
fingerprint of the certificate authority that each side sees. A machine in the middle shows a certificate of
its own: what the client says is then worth nothing to the server, and the digits cannot be guessed from it
while they are good. Pure.

On the wire: `nonce` is 16 to 64 hexadecimal digits that the client makes up, `proof` is hexadecimal. A
client that trusts the connection already (a page of the server) may send the digits as they are.
"""

import hashlib
import hmac

DIGITS = 6
SCRYPT_N = 2**15
"""32 MiB, and about a tenth of a second on a PC."""

_SCRYPT_R = 8
_LIMIT = 64 * 2**20


def code_key(digits: str, nonce: str) -> bytes:
    """The key that six digits stand for. Takes a moment: call it in a thread.

    Args:
        digits: of the code; spaces do not matter.
        nonce: made up by the client for this try.
    """
    plain = "".join(digits.split()).encode()
    return hashlib.scrypt(plain, salt=nonce.encode(), n=SCRYPT_N, r=_SCRYPT_R, p=1, maxmem=_LIMIT, dklen=32)


def client_proof(key: bytes, client_id: str, fingerprint: str) -> str:
    """What the client sends: it knows the code, and sees this certificate authority.

    Args:
        key: of `code_key`.
        client_id: as it introduces itself.
        fingerprint: SHA-256 of the authority's certificate, lower-case hexadecimal; empty without TLS of
            the server's own.
    """
    return _sign(key, "client", client_id, fingerprint)


def server_proof(key: bytes, client_id: str, fingerprint: str) -> str:
    """What the server answers: it knows the code too."""
    return _sign(key, "server", client_id, fingerprint)


def same(one: str, other: str) -> bool:
    """Whether two proofs are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _sign(key: bytes, *words: str) -> str:
    return hmac.new(key, "\0".join(words).encode(), hashlib.sha256).hexdigest()
