"""Spoken commands through recogniser, sentences and repair: is the voice understood as its own text is?

Run: python benchmarks/spoken_commands.py MANIFEST.jsonl [KIND …]

Each line of the manifest is {"file", "text", "kind"}, files beside it; lines of other kinds than those named
(fr_command, fr_oov) are left out, and a text that is null is no command. The sentences are those of the
commands and of all built-in plugins. Right: the same intent with the same slots as the text typed. Wrong:
another order, or any order where there was none.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

from hive_mind.client.core.worker import Worker
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.mending import Mender
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.files import read_audio
from hive_mind.speech.stt.whisper import WhisperStt
from hive_mind.understanding.grammar import Grammar, Match

KINDS = ("fr_command", "fr_oov")


def house_grammar() -> Grammar:
    """The commands' sentences and those of every built-in plugin."""
    plugins = sorted((files("hive_mind") / "server" / "plugins").iterdir(), key=lambda path: path.name)
    folders = [plugin / "sentences" / "fr" for plugin in plugins if plugin.name[0].isalpha()]
    return Grammar.load(*(folder for folder in folders if folder.is_dir()))


def same(one: Match | None, other: Match | None) -> bool:
    """Whether two understandings are one order."""
    return (one and (one.intent, one.slots)) == (other and (other.intent, other.slots))


async def listen(rows: list[tuple[Path, str | None]]) -> dict[str, object]:
    """Recognise, match and repair each clip, as a client does; print one line for each."""
    grammar = house_grammar()
    store = ModelStore(models_dir(data_dir()))
    stt = WhisperStt(store.path(store.selected("stt")))
    worker = Worker("stt")
    counts = dict.fromkeys(("commands", "right", "asked_rightly", "wrong", "missed", "talk", "taken"), 0)
    with tempfile.TemporaryDirectory() as folder:
        mender = Mender(grammar, stt, worker, CorrectionsFile(Path(folder)))
        await mender.prepare()
        for path, text in rows:
            gold = grammar.match(text) if text else None
            began = time.process_time()
            transcript = stt.transcribe(read_audio(path).samples)
            heard = time.process_time()
            match, verdict, asked = grammar.match(transcript.text), "", None
            if match is None and transcript.text:
                decision = await mender.mend(transcript)
                verdict = decision.verdict
                match, asked = (decision.match, None) if verdict == "accept" else (None, decision.match)
            if text is None:
                counts["talk"] += 1
                outcome = "taken" if match else "left"
                counts["taken"] += match is not None
            else:
                counts["commands"] += 1
                if match is not None:
                    outcome = "right" if same(match, gold) else "wrong"
                else:
                    outcome = "asked_rightly" if asked and same(asked, gold) else "missed"
                counts[outcome] += 1
            spent = f"{1000 * (heard - began):4.0f} + {1000 * (time.process_time() - heard):4.0f} ms"
            meant = (match or asked) and f"{(match or asked).intent} {(match or asked).slots}"  # type: ignore[union-attr]
            print(f"{outcome:13} {verdict:7} {spent}  {text!r} heard {transcript.text!r}: {meant}")
            if text is not None and gold is None:
                print(f"{'':13} the text itself is not understood")
    stt.close()
    worker.close()
    return {"benchmark": "spoken_commands", **counts}


def main() -> None:
    """Print a line a clip and a JSON line."""
    manifest, kinds = Path(sys.argv[1]), tuple(sys.argv[2:]) or KINDS
    lines = map(json.loads, manifest.read_text("utf-8").splitlines())
    rows = [(manifest.parent / row["file"], row.get("text")) for row in lines if row["kind"] in kinds]
    print(json.dumps(asyncio.run(listen(rows))))


if __name__ == "__main__":
    main()
