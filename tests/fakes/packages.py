"""Tiny wheels, and a tiny host that serves a hub and an npm registry on this machine."""

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


def build_wheel(
    folder: Path, name: str, version: str, members: Mapping[str, bytes], platform: str = "any"
) -> Path:
    """Write a wheel that pip accepts; `platform` is its platform tag."""
    folder.mkdir(parents=True, exist_ok=True)
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n" + f"Tag: py3-none-{platform}\n"
        ).encode(),
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]).encode()
    path = folder / f"{module}-{version}-py3-none-{platform}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return path


def build_npm_package(name: str, version: str, members: Mapping[str, bytes]) -> bytes:
    """The bytes of an npm tarball."""
    manifest = json.dumps({"name": name, "version": version}).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, content in {"package/package.json": manifest, **members}.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


class Host(ThreadingHTTPServer):
    """Serves `files` by path; range requests, as a hub does; counts the bytes of each path it sent.

    `cut_after` is a number of bytes after which the next answer breaks off, once.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.sent: dict[str, list[int]] = {}
        self.cut_after: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def add_hub_file(self, repository: str, revision: str, path: str, content: bytes) -> None:
        self.files[f"/{repository}/resolve/{revision}/{path}"] = content

    def add_npm_package(self, name: str, version: str, members: Mapping[str, bytes]) -> None:
        tarball = build_npm_package(name, version, members)
        path = f"/{name}/-/{name}-{version}.tgz"
        digest = hashlib.sha1(tarball).hexdigest()
        release = {
            "name": name,
            "version": version,
            "dist": {"tarball": self.url + path, "shasum": digest},
        }
        about = {"name": name, "dist-tags": {"latest": version}, "versions": {version: release}}
        self.files |= {path: tarball, f"/{name}": json.dumps(about).encode()}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        host = self.server
        assert isinstance(host, Host)
        path = self.path.split("?")[0]
        content = b"" if path == "/" else host.files.get(path)
        if content is None:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0
        if wanted := self.headers.get("Range"):
            start = int(wanted.removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        parts = path.split("/")
        if "resolve" in parts:
            self.send_header("X-Repo-Commit", parts[parts.index("resolve") + 1])
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if not body:
            return
        piece = content[start:]
        if host.cut_after is not None:
            piece, host.cut_after = piece[: host.cut_after], None
            self.close_connection = True
        host.sent.setdefault(path, []).append(len(piece))
        self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@contextmanager
def running_host() -> Iterator[Host]:
    """A host that answers until the block ends."""
    with Host() as host:
        thread = Thread(target=host.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield host
        finally:
            host.shutdown()
            thread.join()
