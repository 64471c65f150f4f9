"""Signing in to Google by hand, where no sign-in by code is allowed: `python -m` this module, once.

The way of installed applications: a browser on this machine gives leave, and comes back to an address of this
machine alone (RFC 8252) with a code that only we can change for a token (PKCE, RFC 7636).
"""

import base64
import hashlib
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from hive_mind.server.plugins.phrases import Phrases

from .google_account import SCOPE, Application

AUTHORISATION_URL = "https://accounts.google.com/o/oauth2/v2/auth"

_WAIT_S = 300.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in.

    Attributes:
        redirect: address on this machine that the browser comes back to.
        verifier: secret of ours, of which Google sees the digest first.
        state: what must come back.
    """

    redirect: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def address(self, client_id: str) -> str:
        """Where the user gives leave."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query = {
            "client_id": client_id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": SCOPE,
            "access_type": "offline",
            "prompt": "consent",
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{AUTHORISATION_URL}?{urlencode(query)}"

    def code_of(self, path: str) -> str | None:
        """The code that the browser came back with; None when it is refused, or not ours."""
        query = parse_qs(urlsplit(path).query)
        if query.get("state") != [self.state]:
            return None
        return query.get("code", [""])[0] or None


def refresh_token(client: httpx.Client, application: Application, attempt: Attempt, code: str) -> str | None:
    """Change a code for a token that lasts; None when Google refuses.

    Raises:
        httpx.HTTPError: Google gives no answer.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.redirect,
        "code_verifier": attempt.verifier,
        "client_id": application.client_id,
        "client_secret": application.client_secret,
    }
    answer = client.post(f"{application.url}/token", data=form)
    said: Any = answer.json() if answer.status_code == 200 else {}
    token = said.get("refresh_token") if isinstance(said, dict) else None
    return token if isinstance(token, str) else None


def sign_in(
    application: Application, phrases: Phrases, say: Callable[[str], object], wait_s: float = _WAIT_S
) -> str | None:
    """Have the user give leave in a browser; the token that lasts, or None.

    Raises:
        httpx.HTTPError: Google gives no answer.
    """
    came_back: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came_back.append(self.path)
            body = phrases.say("sign_in_close").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Nothing: the code is in the path."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.timeout = wait_s
        attempt = Attempt(f"http://127.0.0.1:{server.server_port}/")
        say(phrases.say("sign_in_open", url=attempt.address(application.client_id)))
        server.handle_request()
    code = attempt.code_of(came_back[0]) if came_back else None
    if code is None:
        return None
    with httpx.Client(timeout=10.0) as client:
        return refresh_token(client, application, attempt, code)


def main() -> int:
    """Read the application from the environment, sign in, show the line to keep; the exit code."""
    phrases = Phrases.of_folder(Path(__file__).parent)
    client_id, secret = os.environ.get("GOOGLE_CLIENT_ID"), os.environ.get("GOOGLE_CLIENT_SECRET", "")

    def say(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    if not client_id:
        say(phrases.say("sign_in_no_client"))
        return 2
    try:
        token = sign_in(Application(client_id, secret), phrases, say)
    except httpx.HTTPError:
        token = None
    say(phrases.say("sign_in_done", token=token) if token else phrases.say("sign_in_failed"))
    return 0 if token else 1


if __name__ == "__main__":
    sys.exit(main())
