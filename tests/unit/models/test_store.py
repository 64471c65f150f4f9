"""The store: pulling, checking, repairing, removing."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import Catalogue
from hive_mind.models.locations import Location
from hive_mind.models.progress import Progress
from hive_mind.models.store import ModelStore
from hive_mind.models.workspace import Workspace
from tests.fakes.sources import ScriptedSource, ScriptedSources
from tests.unit.models.catalogues import NAME_A, NAME_B, SMALL_MACHINE, model, store

CONTENT = b"0123456789" * 50
PARTS = [CONTENT[:200], CONTENT[200:300], CONTENT[300:]]
ONE_FILE = model("m", {"model.gguf": CONTENT})


def broken() -> ModelError:
    return ModelError("the line broke", code="MODEL_FETCH_FAILED")


def test_a_model_is_pulled_once_and_found_from_then_on(tmp_path: Path) -> None:
    source = ScriptedSource(NAME_A, PARTS)
    models = store(tmp_path, ScriptedSources(source), ONE_FILE)
    assert not models.installed("m")
    assert models.pull("m") == tmp_path / "m"
    assert (tmp_path / "m" / "model.gguf").read_bytes() == CONTENT
    assert models.path("m") == models.pull("m") == tmp_path / "m"
    assert source.served == PARTS
    assert not (tmp_path / ".store" / "partial" / "m").exists()


def test_a_missing_model_says_which_command_brings_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"\./hive models pull m") as caught:
        store(tmp_path, ScriptedSources(), ONE_FILE).path("m")
    assert caught.value.code == "MODEL_MISSING"
    assert list(tmp_path.iterdir()) == []


def test_the_next_source_is_tried_and_the_reason_told(tmp_path: Path) -> None:
    steps: list[Progress] = []
    sources = ScriptedSources(ScriptedSource(NAME_A, [broken()]), ScriptedSource(NAME_B, PARTS))
    store(tmp_path, sources, ONE_FILE).pull("m", steps.append)
    assert (tmp_path / "m" / "model.gguf").read_bytes() == CONTENT
    assert [step.note for step in steps if step.note] == [f"{NAME_A}: the line broke; trying the next source"]


def test_a_source_with_wrong_content_is_refused(tmp_path: Path) -> None:
    wrong = CONTENT[:-1] + b"!"
    sources = ScriptedSources(ScriptedSource(NAME_A, [wrong]), ScriptedSource(NAME_B, PARTS))
    store(tmp_path, sources, ONE_FILE).pull("m")
    assert (tmp_path / "m" / "model.gguf").read_bytes() == CONTENT


def test_when_no_source_works_each_reason_is_in_one_error(tmp_path: Path) -> None:
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, [CONTENT[:-1]])), ONE_FILE)
    with pytest.raises(ModelError) as caught:
        models.pull("m")
    assert caught.value.code == "MODEL_FETCH_FAILED"
    assert caught.value.retryable
    assert f"{NAME_A}: model.gguf has 499 bytes instead of 500" in caught.value.message
    assert f"{NAME_B}: out of reach" in caught.value.message
    assert "\n" not in caught.value.message
    assert not (tmp_path / "m").exists()


def test_an_interrupted_pull_goes_on_where_it_stopped(tmp_path: Path) -> None:
    source = ScriptedSource(NAME_A, [PARTS[0], PARTS[1], KeyboardInterrupt()])
    sources = ScriptedSources(source)
    with pytest.raises(KeyboardInterrupt):
        store(tmp_path, sources, ONE_FILE).pull("m")
    source.parts = list(PARTS)
    steps: list[Progress] = []
    store(tmp_path, sources, ONE_FILE).pull("m", steps.append)
    assert source.served == PARTS
    assert steps[0].done == 300


def test_a_pull_goes_on_with_the_source_it_began_with(tmp_path: Path) -> None:
    first, second = ScriptedSource(NAME_A, [broken()]), ScriptedSource(NAME_B, [PARTS[0], broken()])
    models = store(tmp_path, ScriptedSources(first, second), ONE_FILE)
    with pytest.raises(ModelError):
        models.pull("m")
    first.parts, second.parts = list(PARTS), list(PARTS)
    models.pull("m")
    assert first.served == []
    assert second.served == PARTS


def test_progress_counts_all_files_and_never_runs_backwards(tmp_path: Path) -> None:
    steps: list[Progress] = []
    two = model("m", {"a.bin": b"a" * 10, "b.bin": b"b" * 30})
    models = ModelStore(
        tmp_path,
        catalogue=Catalogue.parse(two),
        sources=lambda location, workspace: ScriptedSource(
            location.label, [b"a" * 10 if str(location).count("a.bin") else b"b" * 30]
        ),
        machine=SMALL_MACHINE,
    )
    models.pull("m", steps.append)
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert (done[-1], steps[-1].total) == (40, 40)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: os.truncate(path, 100), "model.gguf is truncated: 100 of 500 bytes"),
        (lambda path: path.write_bytes(CONTENT + b"more"), "model.gguf has 504 bytes instead of 500"),
        (lambda path: path.write_bytes(CONTENT[::-1]), "model.gguf is corrupted"),
    ],
)
def test_a_damaged_file_is_one_clear_line_and_is_fetched_again(
    tmp_path: Path, damage: Callable[[Path], object], told: str
) -> None:
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, PARTS)), ONE_FILE)
    models.pull("m")
    damage(tmp_path / "m" / "model.gguf")
    with pytest.raises(ModelError) as caught:
        models.path("m")
    assert caught.value.code == "MODEL_CORRUPT"
    assert told in caught.value.message
    assert "./hive models pull m" in caught.value.message
    assert models.state("m") == "damaged"
    steps: list[Progress] = []
    models.pull("m", steps.append)
    assert (tmp_path / "m" / "model.gguf").read_bytes() == CONTENT
    assert next(step.note for step in steps if step.note).startswith(told)


def test_a_lost_file_is_fetched_alone(tmp_path: Path) -> None:
    two = model("m", {"a.bin": b"a" * 10, "b.bin": b"b" * 30})
    asked: list[str] = []

    def sources(location: Location, workspace: Workspace) -> ScriptedSource:
        name = str(getattr(location, "path", ""))
        asked.append(name)
        return ScriptedSource(NAME_A, [b"a" * 10 if name == "a.bin" else b"b" * 30])

    models = ModelStore(tmp_path, catalogue=Catalogue.parse(two), sources=sources, machine=SMALL_MACHINE)
    models.pull("m")
    asked.clear()
    (tmp_path / "m" / "b.bin").unlink()
    assert models.state("m") == "damaged"
    models.pull("m")
    assert set(asked) == {"b.bin"}
    assert models.installed("m")


def test_verify_finds_what_a_glance_cannot(tmp_path: Path) -> None:
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, PARTS)), ONE_FILE)
    models.pull("m")
    path = tmp_path / "m" / "model.gguf"
    before = path.stat()
    path.write_bytes(CONTENT[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as a failing disk would leave it
    assert models.installed("m")
    (problem,) = models.verify("m")
    assert "corrupted" in str(problem)
    assert not models.installed("m")
    models.pull("m")
    assert models.verify("m") == ()


def test_files_that_somebody_else_put_there_are_hashed_once_and_used(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "model.gguf").write_bytes(CONTENT)
    models = store(tmp_path, ScriptedSources(), ONE_FILE)
    assert models.path("m") == tmp_path / "m"
    assert (tmp_path / ".store" / "records" / "m.json").exists()


@pytest.mark.parametrize("record", ["", "[]", '{"files": 3}', '{"files": {"model.gguf": [1]}}', "\xff"])
def test_a_damaged_record_only_costs_a_hash(tmp_path: Path, record: str) -> None:
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, PARTS)), ONE_FILE)
    models.pull("m")
    (tmp_path / ".store" / "records" / "m.json").write_text(record, encoding="latin-1")
    assert models.installed("m")


def test_a_full_disk_is_seen_before_anything_is_fetched(tmp_path: Path) -> None:
    source = ScriptedSource(NAME_A, PARTS)
    models = ModelStore(
        tmp_path,
        catalogue=Catalogue.parse(ONE_FILE),
        sources=ScriptedSources(source),
        machine=SMALL_MACHINE,
        free=lambda _: 1_000_000,
    )
    with pytest.raises(ModelError, match="is full") as caught:
        models.pull("m")
    assert caught.value.code == "MODEL_DISK_FULL"
    assert source.served == []


def test_a_disk_that_fills_up_meanwhile_is_told_and_the_parts_kept(tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")
    source = ScriptedSource(NAME_A, [PARTS[0], full])
    models = store(tmp_path, ScriptedSources(source), ONE_FILE)
    with pytest.raises(ModelError) as caught:
        models.pull("m")
    assert caught.value.code == "MODEL_DISK_FULL"
    source.parts = list(PARTS)
    models.pull("m")
    assert source.served == PARTS


def test_two_pulls_at_once_fetch_once(tmp_path: Path) -> None:
    gate, waiting = Event(), Event()
    source = ScriptedSource(NAME_A, PARTS, gate)
    sources = ScriptedSources(source)

    def tell(step: Progress) -> None:
        if "waiting" in step.note:
            waiting.set()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store(tmp_path, sources, ONE_FILE).pull, "m", tell)
        assert source.started.wait(10)
        second = pool.submit(store(tmp_path, sources, ONE_FILE).pull, "m", tell)
        assert waiting.wait(10)
        gate.set()
        assert first.result(10) == second.result(10)
    assert source.served == PARTS


def test_remove_frees_the_space_and_forgets_the_choice(tmp_path: Path) -> None:
    other = model("n", {"model.gguf": CONTENT}, extra="default_from_gb = 0")
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, PARTS)), ONE_FILE, other)
    models.pull("m")
    models.use("m")
    assert models.selected("llm") == "m"
    assert models.remove("m") == len(CONTENT)
    assert not (tmp_path / "m").exists()
    assert models.selected("llm") == "n"
    assert models.remove("m") == 0


def test_remove_drops_what_an_interrupted_pull_left(tmp_path: Path) -> None:
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, [PARTS[0], broken()])), ONE_FILE)
    with pytest.raises(ModelError):
        models.pull("m")
    assert (tmp_path / ".store" / "partial" / "m").exists()
    models.remove("m")
    assert not (tmp_path / ".store" / "partial" / "m").exists()


def test_two_models_may_share_a_folder(tmp_path: Path) -> None:
    one, both = {"a.bin": b"aaa"}, {"a.bin": b"aaa", "b.bin": b"bb"}

    def sources(location: Location, workspace: Workspace) -> ScriptedSource:
        return ScriptedSource(NAME_A, [both[str(getattr(location, "path", ""))]])

    catalogue = Catalogue.parse(model("few", one) + model("many", both, folder="few"))
    models = ModelStore(tmp_path, catalogue=catalogue, sources=sources, machine=SMALL_MACHINE)
    models.pull("few")
    assert (models.state("few"), models.state("many")) == ("installed", "absent")
    assert models.pull("many") == tmp_path / "few"
    models.remove("many")
    assert (models.state("few"), models.state("many")) == ("installed", "absent")
    models.remove("few")
    assert not (tmp_path / "few").exists()


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "models"
    blocked.write_text("a file, where a folder should be")
    with pytest.raises(ModelError, match="--data") as caught:
        store(blocked, ScriptedSources(ScriptedSource(NAME_A, PARTS)), ONE_FILE).pull("m")
    assert caught.value.code == "MODEL_FETCH_FAILED"


@pytest.mark.models
def test_the_real_models_are_whole(models_dir: Path) -> None:
    models = ModelStore(models_dir)
    for model_id in ("whisper-base", "kokoro-82m-int8", "kokoro-voices"):
        assert models.verify(model_id) == ()
