"""French times, durations, numbers and ordinals: our readers beside other libraries, on the same rows.

    ./hive bench time_expressions --data DIR

DIR holds `fr_time_expressions.jsonl`: a line is {"id", "text", "kind", "expected", "reference_time", "core",
"source"};
`expected` null where nothing must be read. Sources differ in their conventions, so each stands alone;
"in words" are the rows without figures, as a voice gives them.
A library that is not installed is left out. Prints the share of rows right, then one JSON line.
"""

import argparse
import json
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.time_peers import Answer, Peer, peers

_COMPARED = {"day": 10, "week": 10, "month": 7, "year": 4, "hour": 13}
_TO_THE_MINUTE, _TO_THE_DAY = 16, 10
_NO_REFERENCE = datetime(2026, 1, 5, 0, 0)  # noqa: DTZ001 - rows without a reference time have no zone


def right(row: dict[str, Any], answer: Answer) -> bool:
    """Whether an answer is what the row's source expects, as finely as it says."""
    expected = row["expected"]
    if expected is None:
        return not any(value is not None for value in answer.values())
    if row["kind"] == "duration":
        seconds = answer.get("seconds")
        return seconds is not None and abs(seconds - expected["seconds"]) < 1
    if row["kind"] in ("number", "ordinal"):
        value, wanted = answer.get("value"), expected["value"]
        return value is not None and abs(value - wanted) < 1e-6 * max(1.0, abs(wanted))
    start = answer.get("start") or ""
    if "time" in expected:
        return bool(start[11:16] == expected["time"])
    if "values" in expected:
        return any(_same(start, value) for value in expected["values"])
    return bool(start) and start[: _digits(row)] == expected["start"][: _digits(row)]


def _same(start: str, value: dict[str, str]) -> bool:
    wanted = (value.get("value") or value.get("start") or "").replace(" ", "T")
    if not wanted:
        return False
    if len(wanted) == _TO_THE_DAY:
        return start[:_TO_THE_DAY] == wanted
    return start[11:19] == wanted if ":" in wanted[:3] else start[:19] == wanted


def _digits(row: dict[str, Any]) -> int:
    """How many characters of an ISO time count."""
    expected = row["expected"]
    grain = expected.get("grain")
    if grain is None:
        if "hour" not in expected.get("fields_checked", ["hour"]) or expected["start"].endswith("T00:00:00"):
            return _TO_THE_DAY
        return _TO_THE_MINUTE
    return _COMPARED.get(grain, _TO_THE_MINUTE)


def source_of(row: dict[str, Any]) -> str:
    """The short name of a row's source."""
    return str(row["source"].split("@")[0].split("/")[-1])


def groups(row: dict[str, Any]) -> list[str]:
    """The lines of the table in which a row counts."""
    words = [] if any(char.isdigit() for char in row["text"]) else ["(in words)"]
    return [source_of(row), "(all)", *words]


def together(others: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the libraries know together: a row is right when any of them is right; not for "nothing"."""
    known = set().union(*(other["ids"] for other in others)) if others else set()
    score: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["expected"] is not None:
            for group in groups(row):
                score[f"{row['kind']} {group}"][0] += row["id"] in known
                score[f"{row['kind']} {group}"][1] += 1
    return {"peer": "any other", "right": dict(score), "crashes": 0, "p50_ms": 0.0, "p99_ms": 0.0}


def ask(peer: Peer, row: dict[str, Any]) -> Answer:
    """A library's answer, or that it crashed."""
    reference = row.get("reference_time")
    now = datetime.fromisoformat(reference) if reference else _NO_REFERENCE
    try:
        return peer.readers[row["kind"]](row["text"], now)
    except Exception as error:  # noqa: BLE001 - any crash of a library counts as a crash
        return {"crash": repr(error)}


def measure(peer: Peer, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows right by kind and source, crashes, and the time of one row."""
    score: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    crashes = 0
    took: list[float] = []
    known: set[str] = set()
    for row in rows:
        if row["kind"] not in peer.readers:
            continue
        began = time.perf_counter()
        answer = ask(peer, row)
        took.append(time.perf_counter() - began)
        crashed = "crash" in answer
        crashes += crashed
        kind = row["kind"] if row["expected"] is not None else "nothing"
        correct = not crashed and right(row, answer)
        known |= {row["id"]} if correct else set()
        for group in groups(row):
            score[kind, group][0] += correct
            score[kind, group][1] += 1
    took.sort()
    return {
        "peer": peer.name,
        "right": {f"{kind} {source}": counts for (kind, source), counts in sorted(score.items())},
        "ids": known,
        "crashes": crashes,
        "p50_ms": round(1000 * took[len(took) // 2], 3),
        "p99_ms": round(1000 * took[int(len(took) * 0.99)], 3),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of fr_time_expressions.jsonl")
    folder: Path = parser.parse_args().data
    lines = (folder / "fr_time_expressions.jsonl").read_text("utf-8").splitlines()
    rows = [row for line in lines if line.strip() and (row := json.loads(line)).get("core")]
    results = [measure(peer, rows) for peer in peers()]
    results.append(together(results[1:], rows))
    for result in results:
        result.pop("ids", None)
    names = [result["peer"] for result in results]
    print(f"{'kind and source':34}{'rows':>6}" + "".join(f"{name:>18}" for name in names))
    for key, (_, size) in results[0]["right"].items():
        cells = [result["right"].get(key) for result in results]
        shares = ["-" if cell is None else f"{100 * cell[0] / cell[1]:.1f} %" for cell in cells]
        print(f"{key:34}{size:>6}" + "".join(f"{share:>18}" for share in shares))
    print(f"{'crashes':40}" + "".join(f"{result['crashes']:>18}" for result in results))
    print(f"{'one row, p50 / p99, ms':40}" + "".join(f"{r['p50_ms']:>9} / {r['p99_ms']:>6}" for r in results))
    print(json.dumps({"benchmark": "time_expressions", "results": results}))


if __name__ == "__main__":
    main()
