"""Names and paths from outside lead nowhere but where they should."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from hive_mind.cli.main import build
from hive_mind.cli.plugin_new import write_plugin as write_new
from hive_mind.errors import ConfigError
from hive_mind.server.core.plugin_loader import scan
from hive_mind.server.core.plugin_manifest import PluginFaults, read_manifest
from tests.fakes.plugin_folder import write_plugin
from tests.fakes.running_server import Running, running_server

pytestmark = pytest.mark.anyio
NAMES = (
    "../evil", "../../etc", "/etc", "..", ".", "", "a/b", "a\\b", "lamp\x00", "LAMP", "lamp.", "lamp\n", "é",
    "con:", "%2e%2e", "~root", "lamp/../..", "a" * 300,
)  # fmt: skip


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with running_server(tmp_path_factory.mktemp("house"), speech="off") as server:
        yield server


@pytest.mark.parametrize("name", NAMES)
def test_a_manifest_cannot_name_another_place(tmp_path: Path, name: str) -> None:
    folder = write_plugin(tmp_path, "lamp")
    manifest = folder / "plugin.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"lamp"', repr(name).replace("'", '"')), "utf-8")
    with pytest.raises(PluginFaults):
        read_manifest(folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_plugin_is_not_written_elsewhere(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "plugins"
    with pytest.raises(ConfigError):
        write_new(name, inside)
    assert list(tmp_path.iterdir()) in ([], [inside])


@pytest.mark.parametrize("name", [name for name in NAMES if "\x00" not in name and name])
def test_a_plugin_that_is_none_is_not_switched_on(tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(build("plugin"), ["plugin", "enable", name, "--data", str(tmp_path)])
    assert isinstance(done.exception, ConfigError)
    assert not list(tmp_path.rglob("settings.json"))


def test_a_plugin_whose_files_lead_out_of_it_is_refused(tmp_path: Path) -> None:
    from hive_mind.server.core.plugin_loader import links_out

    folder = write_plugin(tmp_path / "plugins", "lamp")
    secret = tmp_path / "secret.yaml"
    secret.write_text("intent: lamp_on\nsentences: [mot de passe]\n")
    assert links_out(folder) == []
    (folder / "sentences" / "fr" / "other.yaml").symlink_to(secret)
    (folder / "more").symlink_to(tmp_path)
    assert links_out(folder) == ["more", "sentences/fr/other.yaml"]
    assert "lamp" in scan([tmp_path / "plugins"])


@pytest.mark.parametrize(
    "path",
    [
        "/web/../config.py", "/web/%2e%2e/config.py", "/web/..%2f..%2fconfig.py", "/web//etc/passwd",
        "/web/data/../../app.py", "/trace/..%2f..%2fcontext.key", "/web/%00", "/web/....//app.py",
    ],
)  # fmt: skip
async def test_an_address_leads_to_no_file(running: Running, path: str) -> None:
    async with httpx.AsyncClient() as http:
        request = http.build_request("GET", running.address)
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = await http.send(request)
        assert answer.status_code in (400, 404), path
        assert "import" not in answer.text


@pytest.mark.parametrize("client_id", ["..%2f..%2fx", "%00", "a%2fb", "é", "x" * 2000])
async def test_a_client_of_a_strange_name_is_unknown(running: Running, client_id: str) -> None:
    async with httpx.AsyncClient(base_url=running.address) as http:
        for method in ("PATCH", "DELETE"):
            answer = await http.request(method, f"/api/clients/{client_id}", json={})
            assert answer.status_code in (404, 422)
