"""Which mappings may be let go, and that it does no harm."""

import importlib
import mmap
import sys
from pathlib import Path

import pytest

from hive_mind.memory import clean_mappings, import_without, trim

SMAPS = """\
7f37d5a43000-7f37d5a4c000 rw-p 00468000 fe:00 2172234                    /models/decoder.onnx.weights
Size:                 36 kB
Anonymous:             0 kB
VmFlags: rd wr mr mw me ac
7f37d5a4c000-7f37d5a4f000 rw-p 004ca000 fe:00 2172234                    /models/decoder.onnx.weights
Anonymous:             4 kB
7f37d5a4f000-7f37d5b00000 r-xp 037e1000 fe:00 2172235                    /usr/lib/libc.so.6
Anonymous:             0 kB
7f37d5c00000-7f37d5c01000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7f37d5d00000-7f37d5d02000 r--p 00000000 fe:00 2172236                    /models of mine/text.onnx.weights
Anonymous:             0 kB
"""


def test_only_weights_of_which_nothing_was_written_are_let_go() -> None:
    found = list(clean_mappings(SMAPS.splitlines(), ".weights"))
    assert found == [(0x7F37D5A43000, 0x9000), (0x7F37D5D00000, 0x2000)]


def test_what_was_let_go_is_read_again_and_what_was_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "voice.onnx.weights"
    path.write_bytes(bytes(range(256)) * 64)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as memory:
        assert memory[255] == 255
        trim()
        assert memory[255] == 255
        memory[0] = 7  # in this process alone
        trim()
        assert memory[0] == 7 and memory[1] == 1
    assert path.read_bytes()[0] == 0


def test_a_module_is_imported_as_if_another_were_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "heavy_part.py").write_text("")
    (tmp_path / "light_part.py").write_text(
        "try:\n    import heavy_part\nexcept ImportError:\n    heavy_part = None\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import_without("light_part", "heavy_part")
    try:
        assert sys.modules["light_part"].heavy_part is None
        assert importlib.import_module("heavy_part").__file__, "who wants it later gets it"
    finally:
        del sys.modules["light_part"], sys.modules["heavy_part"]
