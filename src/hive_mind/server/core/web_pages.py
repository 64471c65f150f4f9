"""The page's files: read from the package once, served from memory."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from string import Template

from fastapi import APIRouter, Request, Response

from hive_mind.design import eyes_json

LANGUAGE = "fr"

_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "webmanifest": "application/manifest+json",
}
_PACKED = ("css", "html", "js", "json", "webmanifest")
_SMALLEST_PACKED = 512


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file of the page.

    Attributes:
        kind: its media type.
        plain: its bytes.
        packed: the same with gzip; None where that gains nothing.
        etag: of its bytes.
    """

    kind: str
    plain: bytes
    packed: bytes | None
    etag: str


def web_files() -> dict[str, WebFile]:
    """Every file of the page, by its path under `/web/`."""
    root = resources.files("hive_mind.server").joinpath("web")
    found = dict(_below(root, ""))
    words = json.loads(found[f"data/{LANGUAGE}/frame.json"])
    page = Template(found["index.html"].decode()).substitute(language=LANGUAGE, no_script=words["no_script"])
    found["index.html"] = page.encode()
    found["data/eyes.json"] = json.dumps(json.loads(eyes_json()), separators=(",", ":")).encode()
    return {path: _file(path, data) for path, data in found.items()}


def _below(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_dir():
            found += _below(entry, f"{path}/")
        elif path.rpartition(".")[2] in _TYPES:
            found.append((path, entry.read_bytes()))
    return found


def _file(path: str, data: bytes) -> WebFile:
    ending = path.rpartition(".")[2]
    packed = None
    if ending in _PACKED and len(data) >= _SMALLEST_PACKED:
        packed = gzip.compress(data, mtime=0)
    return WebFile(_TYPES[ending], data, packed, f'"{hashlib.sha256(data).hexdigest()[:20]}"')


def web_pages() -> APIRouter:
    """The routes `/`, `/sw.js` and `/web/…`."""
    files = web_files()
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        """The page."""
        return _answer(request, files["index.html"])

    @router.get("/sw.js", include_in_schema=False)
    async def service_worker(request: Request) -> Response:
        """The service worker, from where it may serve the whole page."""
        return _answer(request, files["sw.js"])

    @router.get("/web/{path:path}", include_in_schema=False)
    async def file(path: str, request: Request) -> Response:
        """A file of the page."""
        found = files.get(path)
        return Response(status_code=404) if found is None else _answer(request, found)

    return router


def _answer(request: Request, file: WebFile) -> Response:
    """The file, or 304 where the browser has it: it asks each time, for the server may have been updated."""
    headers = {"etag": file.etag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = file.plain
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        body = file.packed
    return Response(body, media_type=file.kind, headers=headers)
