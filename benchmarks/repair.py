"""Misheard commands before and after repair: right, wrong, talk taken for a command, and processor time.

Run: python benchmarks/repair.py MANIFEST.jsonl [NEGATIVES.jsonl …]

Each line of the manifest is {"file", "text", "intent", "slots", "kind", "split"}, files beside it; intent
"none" is talk. Every clip of the other manifests ({"file", "kind"}) is talk. Intents go by the names in
`NAMES`; those that the grammar does not have are left out, and counted. REPAIR_SENTENCES names folders with
the sentences of plugins. The thresholds were set on the half "dev".
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

from hive_mind.client.core.worker import Worker
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.mending import Mender
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.files import read_audio
from hive_mind.speech.stt.whisper import WhisperStt
from hive_mind.understanding.grammar import Grammar, Match

NAMES = {
    "tm_start": {"start_timer"}, "tm_cancel": {"cancel_timer"}, "tm_status": {"timer_status"},
    "sw_start": {"start_stopwatch"}, "sw_stop": {"stop_stopwatch"}, "sw_status": {"stopwatch_status"},
    "time": {"get_time"}, "date": {"get_date"}, "vol_down": {"set_volume"}, "vol_mute": {"set_volume"},
    "wx_now": {"get_weather", "get_forecast"}, "wx_fc": {"get_weather", "get_forecast"},
    "rem_add": {"reminder_add"}, "cal_query": {"calendar_query"},
}  # fmt: skip
TALK_KINDS = ("fr_", "neg_speech", "wake_other")
NOT_TALK = ("fr_command",)
HEADINGS = ("commands", "right", "after", "wrong", "after", "asked", "talk", "taken", "after", "asked")


@dataclass
class Clip:
    """One recording and what came of it."""

    path: Path
    kind: str
    text: str
    intent: str
    slots: dict[str, Any]
    split: str
    heard: str = ""
    before: Match | None = None
    after: Match | None = None
    verdict: str = ""
    taken_for: str = ""
    stt_s: float = 0.0
    repair_s: float = 0.0

    def right(self, match: Match | None) -> bool:
        """Whether intent and slots are exact."""
        if match is None or match.intent not in NAMES.get(self.intent, ()):
            return False
        seconds, city = self.slots.get("duration"), self.slots.get("city")
        places = {str(value).casefold() for value in match.slots.values()}
        return (seconds is None or match.slots.get("duration_s") == seconds) and (
            city is None or str(city).casefold() in places
        )


def clips(arguments: list[str]) -> Iterator[Clip]:
    """Those of the manifests."""
    for number, name in enumerate(arguments):
        for line in Path(name).read_text("utf-8").splitlines():
            row = json.loads(line)
            if number and (not row["kind"].startswith(TALK_KINDS) or row["kind"].startswith(NOT_TALK)):
                continue
            yield Clip(
                Path(name).parent / row["file"],
                row["kind"],
                row.get("text") or "",
                "none" if number else row["intent"],
                {} if number else row["slots"],
                row.get("split", "test"),
            )


async def listen(all_clips: list[Clip], grammar: Grammar) -> None:
    """Recognise, match and repair each clip, as a client does."""
    store = ModelStore(models_dir(data_dir()))
    stt = WhisperStt(store.path(store.selected("stt")))
    worker = Worker("stt")
    with tempfile.TemporaryDirectory() as folder:
        mender = Mender(grammar, stt, worker, CorrectionsFile(Path(folder)))
        await mender.prepare()
        for clip in all_clips:
            samples = read_audio(clip.path).samples
            began = time.process_time()
            transcript = stt.transcribe(samples)
            clip.stt_s = time.process_time() - began
            clip.heard = transcript.text
            if not transcript.text:
                continue
            clip.before = clip.after = grammar.match(transcript.text)
            if clip.before is None or grammar.doubts(clip.before):
                began = time.process_time()
                decision = await mender.mend(transcript)
                clip.repair_s = time.process_time() - began
                clip.verdict, clip.taken_for = decision.verdict, decision.text
                clip.after = decision.match if decision.verdict == "accept" else clip.before
    stt.close()
    worker.close()


def report(name: str, commands: list[Clip], talk: list[Clip]) -> dict[str, Any]:
    """One row of the table."""
    figures = {
        "commands": len(commands),
        "right_before": sum(c.right(c.before) for c in commands),
        "right_after": sum(c.right(c.after) for c in commands),
        "wrong_before": sum(c.before is not None and not c.right(c.before) for c in commands),
        "wrong_after": sum(c.after is not None and not c.right(c.after) for c in commands),
        "asked": sum(c.verdict == "ask" for c in commands),
        "talk": len(talk),
        "talk_taken_before": sum(c.before is not None for c in talk),
        "talk_taken_after": sum(c.after is not None for c in talk),
        "talk_asked": sum(c.verdict == "ask" for c in talk),
    }
    print(f"{name:28}", *(f"{value:>8}" for value in figures.values()))
    return figures


def main() -> None:
    found = list(clips(sys.argv[1:]))
    extra = [Path(p) for p in os.environ.get("REPAIR_SENTENCES", "").split(os.pathsep) if p]
    grammar = Grammar.load(*extra)
    known = {
        name
        for name, intents in NAMES.items()
        if any(grammar.slots_of(i) or grammar.words_of(i) for i in intents)
    }
    skipped = [c for c in found if c.intent != "none" and c.intent not in known]
    asyncio.run(listen([c for c in found if c not in skipped], grammar))
    commands = [c for c in found if c.intent in known]
    talk = [c for c in found if c.intent == "none"]
    print(" " * 28, *(f"{heading:>8}" for heading in HEADINGS))
    rows = {"all": report("all", commands, talk)}
    for split in ("dev", "test"):
        rows[split] = report(
            split, [c for c in commands if c.split == split], [c for c in talk if c.split == split]
        )
    for kind in sorted({c.kind for c in (*commands, *talk)}):
        rows[kind] = report(
            kind, [c for c in commands if c.kind == kind], [c for c in talk if c.kind == kind]
        )
    for clip in found:
        if (clip.after is not None and not clip.right(clip.after)) or clip.verdict == "ask":
            said = clip.taken_for or "as heard"
            print(f"  {clip.verdict or 'exact':7} {clip.kind:10} {clip.text!r} heard {clip.heard!r}: {said}")
    times = sorted(c.repair_s * 1000 for c in found if c.verdict)
    if times:
        rows["repair_cpu_ms"] = {
            "median": round(statistics.median(times)),
            "p95": round(times[int(0.95 * len(times))]),
            "max": round(times[-1]),
        }
    print(f"left out, of intents that the grammar has not: {len(skipped)}")
    print(f"processor time of a repair, ms: {rows.get('repair_cpu_ms')}")
    print(json.dumps({"benchmark": "repair", "skipped": len(skipped), **rows}))


if __name__ == "__main__":
    main()
