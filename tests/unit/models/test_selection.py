"""Which models serve on which machine."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import KINDS, Catalogue
from hive_mind.models.machine import Machine, nominal_gb, total_memory
from hive_mind.models.selection import Selection, default_of, recommended, starter_set
from tests.fakes.sources import ScriptedSource, ScriptedSources
from tests.unit.models.catalogues import HUB_A, HUB_B, NAME_A, NAME_B, model, store

SHIPPED = Catalogue.load()
GB = 2**30


@pytest.mark.parametrize(
    ("ram", "llm"),
    [
        (int(0.42 * GB), "qwen2.5-coder-0.5b"),  # Raspberry Pi Zero 2 W
        (int(1.9 * GB), "qwen2.5-coder-0.5b"),
        (int(3.7 * GB), "qwen2.5-coder-1.5b"),  # sold with 4 GB
        (int(15.4 * GB), "qwen2.5-coder-1.5b"),
    ],
)
def test_the_default_language_model_follows_the_memory(ram: int, llm: str) -> None:
    machine = Machine(ram, cores=2)
    assert default_of(SHIPPED, "llm", machine).id == llm
    assert [entry.id for entry in starter_set(SHIPPED, machine)] == [
        "whisper-base",
        llm,
        "kokoro-82m-int8",
        "kokoro-voices",
        "openwakeword",
    ]


@pytest.mark.parametrize(
    ("gigabytes", "cores", "llm", "stt"),
    [
        (2, 4, "qwen2.5-coder-0.5b", "whisper-base"),
        (8, 4, "ministral-3-3b", "whisper-base"),
        (16, 8, "ministral-3-3b", "whisper-small"),
        (32, 8, "ministral-3-8b", "whisper-small"),
        (32, 2, "qwen2.5-coder-1.5b", "whisper-base"),  # much memory does not make two cores fast
    ],
)
def test_recommendations_follow_memory_and_cores(gigabytes: int, cores: int, llm: str, stt: str) -> None:
    picks = recommended(SHIPPED, Machine(gigabytes * GB, cores))
    assert [pick.entry.id for pick in picks if pick.use] == [stt, llm]
    assert {"kokoro-82m-int8", "piper-fr-siwis-medium", "kokoro-voices"} <= {pick.entry.id for pick in picks}
    assert all(pick.why.endswith(".") for pick in picks)


@given(ram=st.integers(0, 2**42), cores=st.integers(1, 256))
def test_every_machine_gets_one_model_of_each_kind_that_fits(ram: int, cores: int) -> None:
    machine = Machine(ram, cores)
    assert {entry.kind for entry in starter_set(SHIPPED, machine)} == set(KINDS)
    for pick in recommended(SHIPPED, machine):
        assert (pick.entry.recommend_from_gb or 0) <= nominal_gb(ram)
        assert "fr" in pick.entry.languages


def test_the_choice_is_kept_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "selection.json"
    Selection(path).choose("llm", "x")
    Selection(path).choose("stt", "y")
    assert (Selection(path).chosen("llm"), Selection(path).chosen("stt")) == ("x", "y")
    Selection(path).choose("llm", None)
    assert Selection(path).chosen("llm") is None


@pytest.mark.parametrize("content", ["", "[]", "nonsense", "3"])
def test_a_damaged_choice_is_no_choice(tmp_path: Path, content: str) -> None:
    path = tmp_path / "selection.json"
    path.write_text(content)
    assert Selection(path).chosen("llm") is None
    Selection(path).choose("llm", "x")
    assert Selection(path).chosen("llm") == "x"


def test_without_a_choice_an_installed_model_beats_an_absent_default(tmp_path: Path) -> None:
    sources = ScriptedSources(ScriptedSource(NAME_A, [b"aaa"]), ScriptedSource(NAME_B, [b"bbb"]))
    models = store(
        tmp_path,
        sources,
        model("default", {"model.gguf": b"aaa"}, HUB_A, extra="default_from_gb = 0"),
        model("other", {"model.gguf": b"bbb"}, HUB_B),
    )
    assert models.selected("llm") == "default"
    models.pull("other")
    assert models.selected("llm") == "other"
    models.pull("default")
    assert models.selected("llm") == "default"
    models.use("other")
    assert models.selected("llm") == "other"


def test_what_is_not_here_cannot_be_chosen(tmp_path: Path) -> None:
    models = store(tmp_path, ScriptedSources(), model("m", {"model.gguf": b"aaa"}))
    with pytest.raises(ModelError) as caught:
        models.use("m")
    assert caught.value.code == "MODEL_MISSING"


def test_a_kind_without_default_is_a_coded_error(tmp_path: Path) -> None:
    models = store(tmp_path, ScriptedSources(), model("m", {"model.gguf": b"aaa"}))
    with pytest.raises(ModelError):
        models.selected("llm")


def starter(optional: str, essential: str = "default_from_gb = 0") -> tuple[str, ...]:
    return (
        model("ear", {"a.bin": b"aaa"}, HUB_A, kind="stt", extra=essential),
        model("brain", {"a.bin": b"aaa"}, HUB_A, kind="llm", extra=essential),
        model("mouth", {"a.bin": b"bbb"}, HUB_B, kind="tts", extra=essential + "\n" + optional),
        model("voice", {"a.bin": b"aaa"}, HUB_A, kind="voice", extra=essential + "\n" + optional),
        model("name", {"a.bin": b"aaa"}, HUB_A, kind="wake_word", extra=essential),
    )


def test_a_starter_model_that_is_optional_may_fail(tmp_path: Path) -> None:
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, [b"aaa"])), *starter("optional = true"))
    (unavailable,) = models.pull_starter()
    assert unavailable.message.startswith("mouth: ")
    assert all(models.installed(model_id) for model_id in ("ear", "brain", "voice"))


def test_a_starter_model_that_is_needed_must_not_fail(tmp_path: Path) -> None:
    models = store(tmp_path, ScriptedSources(ScriptedSource(NAME_A, [b"aaa"])), *starter("optional = false"))
    with pytest.raises(ModelError, match="mouth"):
        models.pull_starter()


@pytest.mark.parametrize(("limit", "counts"), [("1048576\n", True), ("max\n", False), (None, False)])
def test_a_containers_limit_counts(tmp_path: Path, limit: str | None, counts: bool) -> None:
    path = tmp_path / "memory.max"
    if limit is not None:
        path.write_text(limit)
    assert (total_memory(path) == 1048576) is counts
