"""The page's files: all there, typed, guarded, small, and asked for anew only when they changed."""

import gzip
import json
import re
from pathlib import Path

import httpx
import pytest

from hive_mind.design import eyes_json
from hive_mind.server.core.shield import HEADERS
from hive_mind.server.core.web_pages import web_files, web_pages
from tests.fakes.running_server import Running

WEB = Path(__file__).parents[3] / "src" / "hive_mind" / "server" / "web"
SCRIPTS = sorted(WEB.rglob("*.js"))
STYLES = sorted(WEB.rglob("*.css"))


@pytest.mark.anyio
async def test_the_page_comes_with_its_guards_and_is_not_sent_twice(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.address) as browser:
        page = await browser.get("/")
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-encoding"] == "gzip"
        assert "script-src 'self'" in page.headers["content-security-policy"]
        again = await browser.get("/", headers={"if-none-match": page.headers["etag"]})
        assert again.status_code == 304
        assert not again.content
        script = await browser.get("/web/main.js")
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"
        guards = {name.lower(): value for name, value in HEADERS.items()}
        assert guards.items() <= dict(script.headers).items()
        for nowhere in ("/web/none.js", "/web/../app.py", "/web/%2e%2e/app.py", "/web/"):
            assert (await browser.get(nowhere)).status_code == 404


def test_every_file_that_a_file_names_is_there() -> None:
    files = web_files()
    for path, file in files.items():
        if path.endswith((".html", ".webmanifest", ".js")):
            for named in re.findall(r'["`(]/web/([\w./-]+)["`]', file.plain.decode()):
                assert named in files, f"{path} names {named}"
        if path.endswith(".js"):
            for named in re.findall(r'(?:from|import\()\s*"(\.[\w./-]+)"', file.plain.decode()):
                there = (WEB / path).parent.joinpath(named).resolve().relative_to(WEB).as_posix()
                assert there in files, f"{path} imports {named}"


def test_what_is_packed_is_what_is_plain() -> None:
    for file in web_files().values():
        assert file.packed is None or gzip.decompress(file.packed) == file.plain


def test_the_page_draws_the_eyes_of_the_clients() -> None:
    assert json.loads(web_files()["data/eyes.json"].plain) == json.loads(eyes_json())


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    page = web_files()["index.html"].plain.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    for path, file in web_files().items():
        if not path.endswith(".png"):
            text = file.plain.decode().replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]{2,}", text), f"{path} names another site"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: str(p.relative_to(WEB)))
def test_a_script_keeps_to_the_house_rules(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.isascii() or not re.search(r"[éèêàùçôîâ]", text), "French is data"
    for parsed in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert parsed not in text, f"{parsed}: text is always text"
    assert text.count("\n") <= 400


def test_styles_name_colours_in_one_place() -> None:
    for path in STYLES:
        if path.name != "tokens.css":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"#[0-9a-f]{3,8}\b(?=[^{]*;)", text), f"{path.name} names a colour"


def test_words_are_texts_and_the_routes_are_few() -> None:
    for path in (WEB / "data" / "fr").glob("*.json"):
        words = json.loads(path.read_text(encoding="utf-8"))
        assert all(isinstance(text, str) and text for text in words.values()), path.name
    assert len(web_pages().routes) == 3
