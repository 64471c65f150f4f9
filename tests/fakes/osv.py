"""A list of known faults that answers as OSV does (https://google.github.io/osv.dev/post-v1-query)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Osv:
    """See above.

    Attributes:
        known: faults by package and version; what stands nowhere has none.
        status: of its answers.
        asked: packages and versions that it was asked about.
        url: to ask at.
    """

    known: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


def fault(name: str, id_: str, fixed: str, *aliases: str) -> dict[str, Any]:
    """One entry, as OSV writes it."""
    events = [{"introduced": "0"}, {"fixed": fixed}] if fixed else [{"introduced": "0"}]
    return {
        "id": id_,
        "details": "Something bad.",
        "aliases": list(aliases),
        "modified": "2026-11-01T00:00:00Z",
        "affected": [
            {
                "package": {"name": name, "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
            }
        ],
    }


@contextmanager
def osv() -> Iterator[Osv]:
    """Serve on a free port."""
    told = Osv()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = asked["package"]["name"], asked["version"]
            told.asked.append(key)
            vulns = told.known.get(key)
            body = json.dumps({"vulns": vulns} if vulns else {}).encode()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        told.url = f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
