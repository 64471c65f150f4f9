"""Our matcher beside hassil's, on the same sentence files and the same golden utterances.

Run: python benchmarks/understanding.py [FILE.jsonl …]; each line of a file is an object with a `text`.
Both read the same templates; hassil takes a duration as any words, since it cannot call a reader.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from hassil import Intents, recognize

from hive_mind.understanding.grammar import Grammar

UTTERANCES = Path(__file__).parents[1] / "tests" / "utterances" / "fr"


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


def hassil_intents() -> Intents:
    """Our sentence files as hassil reads them, with the rules of each file under names of their own."""
    folder = files("hive_mind") / "commands" / "sentences" / "fr"
    data: dict[str, Any] = {"language": "fr", "intents": {}, "expansion_rules": {}, "lists": {}}
    data["lists"] = {name: {"wildcard": True} for name in ("duration", "name", "label", "anything")}
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        content = yaml.safe_load(path.read_text("utf-8"))
        own = content.get("expansion_rules", {})
        prefix = "" if path.name.startswith("_") else path.name.removesuffix(".yaml") + "_"

        def renamed(text: str, own: dict[str, str] = own, prefix: str = prefix) -> str:
            for name in own:
                text = text.replace(f"<{name}>", f"<{prefix}{name}>")
            return text

        data["expansion_rules"] |= {prefix + name: renamed(text) for name, text in own.items()}
        if "when" not in content and "intent" in content:
            sentences = [renamed(s) for s in (*content.get("sentences", ()), *content.get("weak", ()))]
            intent = data["intents"].setdefault(content["intent"], {"data": []})
            intent["data"].append({"sentences": sentences})
    return Intents.from_dict(data)


def measure(match: Callable[[str], str | None], said: list[str]) -> dict[str, float]:
    """Milliseconds an utterance, after one pass that warms what can be warmed."""
    for text in said:
        match(text)
    spent = []
    for text in said:
        begun = time.perf_counter()
        match(text)
        spent.append((time.perf_counter() - begun) * 1000)
    spent.sort()
    return {
        "median_ms": round(statistics.median(spent), 3),
        "p99_ms": round(spent[int(0.99 * (len(spent) - 1))], 3),
        "max_ms": round(spent[-1], 3),
    }


def main() -> None:
    """Print a table and a JSON line."""
    said = texts(sys.argv[1:])
    begun = time.perf_counter()
    grammar = Grammar.load()
    ours_load = (time.perf_counter() - begun) * 1000
    begun = time.perf_counter()
    intents = hassil_intents()
    hassil_load = (time.perf_counter() - begun) * 1000

    def ours(text: str) -> str | None:
        found = grammar.match(text)
        return found.intent if found else None

    def hassil(text: str) -> str | None:
        found = recognize(text, intents)
        return found.intent.name if found else None

    results = {
        "ours": {"load_ms": round(ours_load, 1), **measure(ours, said)},
        "hassil": {"load_ms": round(hassil_load, 1), **measure(hassil, said)},
    }
    print(f"{len(said)} utterances")
    for name, row in results.items():
        print(f"{name:8}", "  ".join(f"{key} {value:8.3f}" for key, value in row.items()))
    print(json.dumps({"utterances": len(said), **results}))


if __name__ == "__main__":
    main()
