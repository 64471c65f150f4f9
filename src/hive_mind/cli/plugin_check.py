"""What `hive-mind plugin check` looks at: what a server would, then the plugin's own examples and tests."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from hive_mind.cli.finding import Finding, error, ok, warning
from hive_mind.server.core.plugin_house import BUILT_IN, TAKEN
from hive_mind.server.core.plugin_loader import prepare, scan
from hive_mind.server.core.plugin_manifest import Manifest, PluginFaults, read_manifest
from hive_mind.server.core.plugin_sentences import read_texts
from hive_mind.server.core.plugin_trial import Trial, trial
from hive_mind.understanding.sentence_texts import SentenceTexts
from hive_mind.understanding.sentences import read_sentences

EXAMPLES = Path("tests", "utterances.yaml")
_MEND = "Mend it; the guide is docs/guide/plugins.md."


def check(folder: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at a plugin's folder, one finding after the other; the first faults end it.

    Args:
        folder: of the plugin.
        environ: where its secrets would be.
    """
    folder = folder.resolve()
    try:
        manifest = read_manifest(folder)
        prepare(folder, manifest, environ).drop()
        if faults := list(_taken(manifest)):
            raise PluginFaults(folder.name, faults)
    except PluginFaults as refused:
        yield from (error(folder.name, fault, _MEND) for fault in refused.faults)
        return
    yield ok("manifest", f"{manifest.name} {manifest.version}: {', '.join(manifest.intents)}")
    yield from _sentences(folder, manifest)
    missing = manifest.configure(environ)[1]
    for name in missing:
        yield warning("settings", f"{name} is not set", "Set it before you start the server.")
    found = list(asyncio.run(_asked(folder, manifest, environ)))
    yield from found
    if all(finding.level != "error" for finding in found):
        yield from _tests(folder)


def _taken(manifest: Manifest) -> Iterator[str]:
    for intent in manifest.intents:
        if intent in TAKEN:
            yield f"intent {intent!r} is built in"
    for name, other in scan([BUILT_IN]).items():
        if name != manifest.name:
            for intent in read_manifest(other).intents:
                if intent in manifest.intents:
                    yield f"intent {intent!r} is plugin {name}'s"


def _sentences(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    texts = read_texts(folder, manifest)
    blocks = [block for block, _, _ in read_sentences([SentenceTexts(manifest.name, texts)]).templates]
    said = {block.intent for block in blocks}
    yield ok("sentences", f"{len(blocks)} templates in {len(texts)} files")
    for intent in manifest.intents:
        if intent not in said:
            yield warning(
                "sentences",
                f"none for {intent}: only the language model can ask it",
                f"Write {manifest.sentences}/fr/{intent}.yaml.",
            )


async def _asked(folder: Path, manifest: Manifest, environ: Mapping[str, str]) -> list[Finding]:
    try:
        async with trial(folder, environ=environ) as plugin:
            state = plugin.host.describe()[manifest.name]["state"]
            return [
                ok("loading", state),
                *[f async for f in _examples(folder, plugin, replies=state == "ready")],
            ]
    except PluginFaults as refused:
        return [error("loading", fault, _MEND) for fault in refused.faults]


async def _examples(folder: Path, plugin: Trial, *, replies: bool) -> Any:
    path = folder / EXAMPLES
    if not path.is_file():
        yield warning("examples", "none", f"Write what people say into {EXAMPLES}.")
        return
    try:
        rows = yaml.safe_load(path.read_text("utf-8")) or []
        cases = [
            (text, row)
            for row in rows
            for text in (row["text"] if isinstance(row["text"], list) else [row["text"]])
        ]
    except (yaml.YAMLError, TypeError, KeyError, UnicodeDecodeError) as fault:
        yield error("examples", f"{EXAMPLES}: {' '.join(str(fault).split())}", _MEND)
        return
    wrong = 0
    for text, row in cases:
        if line := await _mismatch(plugin, str(text), row, replies=replies):
            wrong += 1
            yield error("examples", f"{text!r}: {line}", "Mend the sentence file, or the example.")
    if not wrong:
        yield ok("examples", f"{len(cases)} of {len(cases)}")


async def _mismatch(plugin: Trial, text: str, row: Mapping[str, Any], *, replies: bool) -> str | None:
    """What is wrong with one example, on one line; None: nothing."""
    match = plugin.understand(text)
    ours = match is not None and match.intent in plugin.host.intents()
    if row.get("intent") is None and "reply" not in row:
        return f"understood as {match.intent}, expected to be nobody's" if ours and match else None
    if match is None or row.get("intent", match.intent) != match.intent:
        return (
            f"understood as {match.intent if match else 'nothing'}, expected {row.get('intent', 'a reply')}"
        )
    if "slots" in row and match.slots != row["slots"]:
        return f"slots are {match.slots}, expected {row['slots']}"
    if "reply" in row and replies and ours:
        result = await plugin.execute(match.intent, match.slots, text)
        if result.speech != row["reply"]:
            return f"the reply is {result.speech!r}, expected {row['reply']!r}"
    return None


def _tests(folder: Path) -> Iterator[Finding]:
    if not any((folder / "tests").glob("test_*.py")):
        yield warning("tests", "none", "Write tests/test_*.py; `plugin new` shows how.")
    elif find_spec("pytest") is None:
        yield warning("tests", "not run: pytest is not installed", "Run: .venv/bin/pip install pytest")
    else:
        arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "tests")
        environ = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(  # noqa: S603 - the author's own tests
            [sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        last = next((line for line in reversed(done.stdout.splitlines()) if line.strip()), "no output")
        if done.returncode == 0:
            yield ok("tests", last)
        else:
            failed = [
                line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR", "E  "))
            ]
            yield error("tests", " | ".join([*failed[:5], last]), f"See: cd {folder} && pytest tests")
