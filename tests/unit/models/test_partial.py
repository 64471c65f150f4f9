"""A file under construction, however often it is interrupted."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import ModelFile
from hive_mind.models.locations import HubLocation
from hive_mind.models.partial import PartialFile

SOMEWHERE = HubLocation(hub="a/b", revision="0" * 40, path="x")


def wanted(content: bytes) -> ModelFile:
    return ModelFile(
        name="x.bin", bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), sources=(SOMEWHERE,)
    )


class Broken(BytesIO):
    """A stream that breaks off after so many reads."""

    def __init__(self, content: bytes, reads: int) -> None:
        super().__init__(content)
        self._reads = reads

    def read(self, size: int | None = -1) -> bytes:
        if self._reads == 0:
            raise ConnectionResetError
        self._reads -= 1
        return super().read(2)


def attempt(folder: Path, parts: list[bytes], breaks: Iterator[tuple[int, int]]) -> int:
    """Fetch `parts`, broken off where `breaks` says; returns how many attempts it took."""
    for attempts in range(1, 100):
        partial = PartialFile(folder / "x.bin", wanted(b"".join(parts)), lambda _: None)
        done = partial.resume("here")
        at, reads = next(breaks, (len(parts), 0))
        try:
            for number in range(done, len(parts)):
                broken = number == at
                partial.append(Broken(parts[number], reads) if broken else BytesIO(parts[number]))
        except ConnectionResetError:
            continue
        partial.finish(folder / "out" / "x.bin")
        return attempts
    raise AssertionError("never finished")


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.binary(max_size=9), min_size=1, max_size=6).filter(
        lambda parts: b"".join(parts) != b""
    ),
    breaks=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=5),
)
def test_any_interruption_ends_in_the_same_content(parts: list[bytes], breaks: list[tuple[int, int]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        attempt(folder, parts, iter(breaks))
        assert (folder / "out" / "x.bin").read_bytes() == b"".join(parts)
        assert [path.name for path in folder.iterdir()] == ["out"]


def test_parts_that_were_whole_are_kept_and_a_cut_one_is_not(tmp_path: Path) -> None:
    file = wanted(b"onetwothree")
    first = PartialFile(tmp_path / "x.bin", file, lambda _: None)
    assert first.resume("here") == 0
    first.append(BytesIO(b"one"))
    with pytest.raises(ConnectionResetError):
        first.append(Broken(b"two", 1))
    again = PartialFile(tmp_path / "x.bin", file, lambda _: None)
    assert (again.source, again.resume("here")) == ("here", 1)
    assert (tmp_path / "x.bin").read_bytes() == b"one"


def test_parts_of_another_source_are_not_mixed_in(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "x.bin", wanted(b"onetwo"), lambda _: None)
    partial.resume("here")
    partial.append(BytesIO(b"on"))
    assert partial.resume("there") == 0
    partial.append(BytesIO(b"onetwo"))
    partial.finish(tmp_path / "out.bin")
    assert (tmp_path / "out.bin").read_bytes() == b"onetwo"


@pytest.mark.parametrize(
    "state", ["", "[]", "{}", '{"source": 1, "ends": "x"}', '{"source": "here", "ends": [99]}']
)
def test_an_unreadable_state_means_a_fresh_start(tmp_path: Path, state: str) -> None:
    (tmp_path / "x.bin").write_bytes(b"rubbish")
    (tmp_path / "x.bin.parts").write_text(state)
    partial = PartialFile(tmp_path / "x.bin", wanted(b"good"), lambda _: None)
    assert partial.resume("here") == 0
    partial.append(BytesIO(b"good"))
    partial.finish(tmp_path / "out.bin")
    assert (tmp_path / "out.bin").read_bytes() == b"good"


@pytest.mark.parametrize("content", [b"evil", b"goodness", b"go"])
def test_wrong_content_never_reaches_its_place(tmp_path: Path, content: bytes) -> None:
    partial = PartialFile(tmp_path / "x.bin", wanted(b"good"), lambda _: None)
    partial.resume("here")
    partial.append(BytesIO(content))
    with pytest.raises(ModelError) as caught:
        partial.finish(tmp_path / "out.bin")
    assert caught.value.code == "MODEL_CORRUPT"
    assert list(tmp_path.iterdir()) == []
