"""Our matcher beside hassil's, on the same sentence files and the same golden utterances.

Run: python benchmarks/understanding.py [FILE.jsonl …]; each line of a file is an object with a `text`.
Both read the same templates, those of the commands and of all built-in plugins; hassil takes a duration as
any words, since it cannot call a reader, and goes without sums. `fresh` is an utterance said for the first
time, after `Grammar.warm`; `turn` is all that a turn asks: several orders, follow-ups, and whether the
speaker may go on.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from hassil import Intents, recognize

from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.slots import SLOT_TYPES
from hive_mind.understanding.talk import TalkState, understand

UTTERANCES = Path(__file__).parents[1] / "tests" / "utterances" / "fr"

UNREADABLE = ("{sum", "{quantity")
"""Values that only a function can read: as any words, they would make everything a sum."""


def texts(paths: list[str]) -> list[str]:
    """Golden utterances of the tests, or those of the files named."""
    if paths:
        return [
            json.loads(line)["text"] for path in paths for line in Path(path).read_text("utf-8").splitlines()
        ]
    found: list[str] = []
    for path in sorted(UTTERANCES.glob("[a-z]*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            found += case["text"] if isinstance(case["text"], list) else [case["text"]]
    return [text for text in found if text.strip()]


def folders() -> list[Traversable]:
    """The commands' sentences first, then those of every built-in plugin."""
    home = files("hive_mind")
    plugins = sorted((home / "server" / "plugins").iterdir(), key=lambda path: path.name)
    found = [plugin / "sentences" / "fr" for plugin in plugins if plugin.name[0].isalpha()]
    return [home / "commands" / "sentences" / "fr", *(folder for folder in found if folder.is_dir())]


def hassil_intents() -> Intents:
    """Our sentence files as hassil reads them, with the rules of each file under names of their own."""
    data: dict[str, Any] = {"language": "fr", "intents": {}, "expansion_rules": {}, "lists": {}}
    data["lists"] = {name: {"wildcard": True} for name in SLOT_TYPES}
    for number, folder in enumerate(folders()):
        shared: dict[str, str] = {}
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            content = yaml.safe_load(path.read_text("utf-8"))
            own = content.get("expansion_rules", {})
            for name, values in content.get("lists", {}).items():
                said = [{"in": way, "out": value} for value, ways in values.items() for way in (value, *ways)]
                data["lists"][name] = {"values": said}
            prefix = f"f{number}_" if path.name.startswith("_") else f"f{number}_{path.name[:-5]}_"
            if number == 0 and path.name.startswith("_"):
                prefix = ""
            names = {**shared, **{name: prefix + name for name in own}}
            shared |= names if path.name.startswith("_") else {}

            def renamed(text: str, names: dict[str, str] = names) -> str:
                for name, new in names.items():
                    text = text.replace(f"<{name}>", f"<{new}>")
                return text

            data["expansion_rules"] |= {names[name]: renamed(text) for name, text in own.items()}
            if "when" not in content and "intent" in content:
                written = (*content.get("sentences", ()), *content.get("weak", ()))
                sentences = [renamed(s) for s in written if not any(kind in s for kind in UNREADABLE)]
                intent = data["intents"].setdefault(content["intent"], {"data": []})
                intent["data"].append({"sentences": sentences})
    return Intents.from_dict(data)


def measure(match: Callable[[str], object], said: list[str], *, fresh: bool = False) -> dict[str, float]:
    """Milliseconds of processor time an utterance; unless `fresh`, after one pass that warms."""
    for text in () if fresh else said:
        match(text)
    spent = []
    understood = 0
    for text in said:
        begun = time.process_time()
        understood += match(text) is not None
        spent.append((time.process_time() - begun) * 1000)
    spent.sort()
    return {
        "understood": understood,
        "median_ms": round(statistics.median(spent), 3),
        "p99_ms": round(spent[int(0.99 * (len(spent) - 1))], 3),
        "max_ms": round(spent[-1], 3),
    }


def main() -> None:
    """Print a table and a JSON line."""
    said = texts(sys.argv[1:])
    begun = time.process_time()
    grammar = Grammar.load(*folders()[1:])
    ours_load = (time.process_time() - begun) * 1000
    begun = time.process_time()
    grammar.warm()
    warming = (time.process_time() - begun) * 1000
    gc.freeze()
    begun = time.process_time()
    intents = hassil_intents()
    hassil_load = (time.process_time() - begun) * 1000
    now = datetime.now(UTC)

    def turn(text: str) -> object:
        grammar.extent_of(text)
        return understand(grammar, text, TalkState(), now)

    results = {
        "fresh": {"load_ms": round(ours_load, 1), "warm_ms": round(warming, 1)}
        | measure(grammar.match, said, fresh=True),
        "ours": measure(grammar.match, said),
        "turn": measure(turn, said),
        "hassil": {"load_ms": round(hassil_load, 1)} | measure(lambda text: recognize(text, intents), said),
    }
    print(f"{len(said)} utterances")
    for name, row in results.items():
        print(f"{name:8}", "  ".join(f"{key} {value:8.3f}" for key, value in row.items()))
    print(json.dumps({"utterances": len(said), **results}))


if __name__ == "__main__":
    main()
