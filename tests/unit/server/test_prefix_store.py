"""Which kept prefix belongs to what, and what is deleted."""

import os
from pathlib import Path

import pytest

from hive_mind.server.core.llm.engine import ChatMessage
from hive_mind.server.core.llm.prefix_store import MAX_BYTES, MAX_FILES, PrefixStore, prefix_key

CHAT = [ChatMessage("system", "Tu es Alison."), ChatMessage("user", "Bonjour.")]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    return file


@pytest.fixture
def store(tmp_path: Path) -> PrefixStore:
    store = PrefixStore(tmp_path / "cache" / "llm")
    store.open()
    return store


def keep(store: PrefixStore, key: str, content: bytes = b"state") -> Path:
    fresh = store.fresh()
    fresh.write_bytes(content)
    store.keep(key, fresh)
    file = store.find(key)
    assert file is not None
    return file


def test_whatever_the_state_depends_on_changes_the_key(model: Path, tmp_path: Path) -> None:
    key = prefix_key(model, CHAT, 4096, "x 1")
    assert key == prefix_key(model, list(CHAT), 4096, "x 1")
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF")
    keys = {
        key,
        prefix_key(other, CHAT, 4096, "x 1"),
        prefix_key(model, [ChatMessage("system", "Tu es Nora."), *CHAT[1:]], 4096, "x 1"),
        prefix_key(model, CHAT[:1], 4096, "x 1"),
        prefix_key(model, CHAT, 2048, "x 1"),
        prefix_key(model, CHAT, 4096, "x 2"),
    }
    os.utime(model, (1, 1))
    keys.add(prefix_key(model, CHAT, 4096, "x 1"))
    model.write_bytes(b"GGUF2")
    os.utime(model, (1, 1))
    keys.add(prefix_key(model, CHAT, 4096, "x 1"))
    assert len(keys) == 8


def test_a_link_to_a_model_is_that_model(model: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.gguf"
    link.symlink_to(model)
    assert prefix_key(link, CHAT, 4096, "x") == prefix_key(model, CHAT, 4096, "x")


def test_what_is_kept_is_found_and_private(store: PrefixStore) -> None:
    assert store.find("a" * 32) is None
    file = keep(store, "a" * 32)
    assert file.read_bytes() == b"state"
    assert file.stat().st_mode & 0o777 == 0o600
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert list(store.folder.iterdir()) == [file]
    assert store.find("b" * 32) is None


@pytest.mark.parametrize("damage", [b"", b"stat", b"stale", b"state and more"])
def test_a_damaged_file_is_deleted(store: PrefixStore, damage: bytes) -> None:
    file = keep(store, "a" * 32)
    file.write_bytes(damage)
    assert store.find("a" * 32) is None
    assert not file.exists()


def test_a_foreign_file_is_not_taken(store: PrefixStore) -> None:
    file = keep(store, "a" * 32)
    file.rename(file.with_name(file.name.replace("a" * 32, "b" * 32)))
    assert store.find("a" * 32) is None
    (store.folder / f"{'c' * 32}-.kv").write_bytes(b"foreign")
    assert store.find("c" * 32) is None


def test_one_file_a_key_and_the_oldest_go(store: PrefixStore) -> None:
    keep(store, "0" * 32, b"old")
    keep(store, "0" * 32, b"new")
    assert len(list(store.folder.iterdir())) == 1
    for n in range(MAX_FILES + 2):
        file = keep(store, f"{n:032}")
        os.utime(file, (1000 + n, 1000 + n))
    assert store.find(f"{0:032}") is None
    assert store.find(f"{MAX_FILES + 1:032}") is not None
    assert len(list(store.folder.iterdir())) == MAX_FILES


def test_the_size_is_bounded(store: PrefixStore) -> None:
    first = keep(store, "a" * 32)
    fresh = store.fresh()
    with fresh.open("wb") as sparse:
        sparse.truncate(MAX_BYTES + 1)
    os.utime(first, (1000, 1000))
    store.keep("b" * 32, fresh)
    assert list(store.folder.iterdir()) == []


def test_what_an_interrupted_save_left_goes_later(store: PrefixStore) -> None:
    fresh = store.fresh()
    fresh.write_bytes(b"half")
    store.open()
    assert fresh.exists()
    os.utime(fresh, (1000, 1000))
    store.open()
    assert not fresh.exists()
