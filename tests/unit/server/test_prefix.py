"""The real llama.cpp does not read again what it read before its restart."""

from pathlib import Path

import pytest

from hive_mind.server.core.llm.engine import ChatMessage
from hive_mind.server.core.llm.llamacpp import LlamaCppModel
from hive_mind.server.core.llm.prefix import KeptPrefix
from hive_mind.server.core.llm.prefix_store import PrefixStore
from tests.fakes.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.models]
STATIC = [
    ChatMessage("system", "Tu es Alison. Tu réponds en français, en une phrase courte, sans liste."),
    ChatMessage("user", "Pourquoi la mer est-elle salée ?"),
    ChatMessage("assistant", "Les rivières lui apportent le sel des roches."),
]
NAMED = [ChatMessage("system", STATIC[0].content.replace("Alison", "Nora")), *STATIC[1:]]
SECRET = "Mon code est le 4931."
QUESTION = ChatMessage("user", "Quelle est la capitale de l'Italie ?")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


async def computed(gguf: Path, data: Path, static: list[ChatMessage], files: int = 1) -> tuple[int, str]:
    """Tokens that a fresh server had to read, and its answer to a question; `files` are there then."""
    run = data / "run"
    run.mkdir(parents=True, exist_ok=True)
    prefix = KeptPrefix(static, PrefixStore(data / "cache" / "llm"))
    model = LlamaCppModel(gguf, run, threads=2, temperature=0.0, prefix=prefix)
    await model.start()
    try:
        await eventually(lambda: model.state == "ready" and len(kept(data)) == files, within=90)
        if model.computed is None:
            await model.prepare([*static, ChatMessage("user", "")])
        read = model.computed
        answer = "".join([piece async for piece in model.generate([*static, QUESTION])])
        pieces = model.generate([*static, ChatMessage("user", SECRET)])
        await anext(pieces)
        await pieces.aclose()
    finally:
        await model.stop()
    assert read is not None
    return read, answer


def kept(data: Path) -> list[Path]:
    return sorted((data / "cache" / "llm").glob("*.kv"))


async def test_a_restart_reads_nothing_again(models_dir: Path, tmp_path: Path) -> None:
    gguf = models_dir / "qwen2.5-coder-0.5b" / "model.gguf"
    fresh, answer = await computed(gguf, tmp_path, STATIC)
    assert fresh > 40
    (file,) = kept(tmp_path)
    content = file.read_bytes()

    assert await computed(gguf, tmp_path, STATIC) == (1, answer)
    assert kept(tmp_path) == [file]
    assert file.read_bytes() == content, "a turn was saved"

    file.write_bytes(content[: len(content) // 2])
    assert await computed(gguf, tmp_path, STATIC) == (fresh, answer)
    (again,) = kept(tmp_path)
    assert again.stat().st_size == len(content)

    changed, _ = await computed(gguf, tmp_path, NAMED, files=2)
    assert changed > 40
    assert len(kept(tmp_path)) == 2


async def test_asked_while_it_loads_it_answers_and_keeps_the_prefix_alone(
    models_dir: Path, tmp_path: Path
) -> None:
    gguf = models_dir / "qwen2.5-coder-0.5b" / "model.gguf"
    prefix = KeptPrefix(STATIC, PrefixStore(tmp_path / "cache" / "llm"))
    model = LlamaCppModel(gguf, tmp_path, threads=2, temperature=0.0, prefix=prefix)
    await model.start()
    answer = "".join([piece async for piece in model.generate([*STATIC, QUESTION])])
    await model.stop()
    assert "Rome" in answer
    (early,) = kept(tmp_path)
    await computed(gguf, tmp_path / "undisturbed", STATIC)
    assert early.stat().st_size == kept(tmp_path / "undisturbed")[0].stat().st_size
