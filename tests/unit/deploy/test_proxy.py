"""The example of a proxy at work: the real nginx, with `deploy/proxy/nginx.conf`, before a real server."""

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import websockets

from hive_mind.cli.server_process import free_port
from hive_mind.server.core.access.identity import Rights
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import NOW
from tests.fakes.waiting import eventually

PROXY = Path(__file__).parents[3] / "deploy" / "proxy"
SITE = "maison.example"
NGINX = shutil.which("nginx")

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed: its example cannot be tried"),
]

AROUND = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {example}
}}
"""


@asynccontextmanager
async def nginx(folder: Path, server: str) -> AsyncIterator[tuple[int, ssl.SSLContext]]:
    """The example as it stands, but for its port, its certificate and the address of the server."""
    port = free_port()
    await asyncio.to_thread(_set_up, folder, server, port)
    command = [NGINX or "", "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        await eventually(lambda: _listens(port) or process.returncode is not None)
        assert process.returncode is None, (folder / "error.log").read_text()
        yield port, ssl.create_default_context(cafile=str(folder / "ca.crt"))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _set_up(folder: Path, server: str, port: int) -> None:
    folder.mkdir()
    make = [sys.executable, str(PROXY.parent / "redis" / "make_certificates.py"), str(folder), SITE]
    subprocess.run(make, check=True)
    inner = (PROXY / "hive-mind-proxy.conf").read_text("utf-8")
    (folder / "hive-mind-proxy.conf").write_text(inner.replace("http://127.0.0.1:8000", server))
    example = (PROXY / "nginx.conf").read_text("utf-8")
    for old, new in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        f"/etc/letsencrypt/live/{SITE}/fullchain.pem": f"{folder}/redis.crt",
        f"/etc/letsencrypt/live/{SITE}/privkey.pem": f"{folder}/redis.key",
        "/etc/nginx/hive-mind-proxy.conf": f"{folder}/hive-mind-proxy.conf",
    }.items():
        assert old in example, old
        example = example.replace(old, new)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, example=example))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def token(running: Running) -> str:
    now = datetime.now(UTC)
    desk = running.house.access
    await desk.change(lambda register: (register.let_in("cuisine", "Cuisine", None, Rights(), now), None))
    return desk.register.tokens_of("cuisine", now).access


async def test_the_example_for_nginx(tmp_path: Path) -> None:
    async with (
        running_server(
            tmp_path / "data", ScriptedModel(), speech="off", allowed_origins=(f"https://{SITE}",)
        ) as running,
        nginx(tmp_path / "nginx", running.address) as (port, trust),
    ):

        def visit(**headers: str) -> websockets.connect:
            return websockets.connect(
                f"wss://{SITE}/ws", host="127.0.0.1", port=port, ssl=trust, additional_headers=headers
            )

        said = {"type": "voice_input", "client_id": "cuisine", "timestamp": NOW, "language": "fr"}
        question = json.dumps({**said, "transcription": "Quelle heure est-il ?"})
        # Through the proxy nobody is on the server's own machine, though the proxy is.
        async with visit() as ws:
            await ws.send(question)
            assert [json.loads(await ws.recv()).get("code") for _ in range(2)] == [None, "UNAUTHORISED"]
        async with visit(Authorization=f"Bearer {await token(running)}") as ws:
            assert json.loads(await ws.recv())["type"] == "connected"
            await ws.send(question)
            assert "Il est" in json.loads(await ws.recv())["content"]
        context = httpx.AsyncClient(
            verify=trust, base_url=f"https://127.0.0.1:{port}", headers={"Host": SITE}
        )
        async with context as http:
            asked = {"sni_hostname": SITE}
            for inside in ("/metrics", "/trace/LAST", "/heard"):
                assert (await http.get(inside, extensions=asked)).status_code == 404, inside
            assert (await http.get("/health", extensions=asked)).json()["service"] == "hive-mind"
            assert (await http.get("/api/clients", extensions=asked)).status_code == 401
            guess = {"client_id": "x", "name": "X", "code": "000000"}
            answers = [await http.post("/api/pair", json=guess, extensions=asked) for _ in range(14)]
            assert [answer.status_code for answer in answers].count(503) >= 2, "nginx holds back who guesses"
