"""`hive-mind wer`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hive_mind.cli.server_page import fetch
from hive_mind.cli.setup.console import Console, Terminal
from hive_mind.client.config import load_config
from hive_mind.client.core.websocket import server_url
from hive_mind.language.messages import message
from hive_mind.sealed_file import SealedFile
from hive_mind.server.core.metrics.word_errors import Sample, Score, load_sample, sample_path, save_sample

KEPT = "wer-samples"
SKIP, STOP = "-", "q"


def wer(
    most: Annotated[int, typer.Option(min=1, max=200, help="Turns to ask about at most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Ask nothing; print the figures.")] = False,
    server: Annotated[
        str | None, typer.Option(help="A server on this machine, such as ws://127.0.0.1:8000/ws.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
) -> None:
    """Judge what was heard lately, turn by turn; only the figure is kept, unless you agree to more.

    The server that runs keeps the last 200 turns in memory. You are shown what was heard: Enter when it is
    right, or write what was said. The counts go to the data folder and to /metrics, by room.

    Example: ./hive wer --most 10
    """
    config = load_config(data=data)
    path = sample_path(config.data_folder)
    sample = load_sample(path)
    if as_json:
        typer.echo(json.dumps({room: shown(score) for room, score in sample.rooms.items()}))
        return
    turns = [
        turn
        for turn in fetch(server_url(server or config.server), "/heard")
        if sample.until is None or datetime.fromisoformat(turn["begun"]) > sample.until
    ]
    console = Terminal()
    judged, pairs = judge(console, turns[:most], sample)
    save_sample(path, judged)
    if pairs and console.confirm(message("wer.keep"), default=False):
        key = config.key.get_secret_value() if config.key else None
        file = SealedFile(config.data_folder, KEPT, key)
        kept = json.loads(file.read() or b"[]")
        file.write(json.dumps(kept + pairs, ensure_ascii=False).encode())
    for room, score in judged.rooms.items():
        if score.rate is not None:
            told = message("wer.score", room=room, percent=f"{100 * score.rate:.1f}".replace(".", ","))
            console.say(f"{told} ({score.errors}/{score.words}, {score.turns})")


def judge(
    console: Console, turns: list[dict[str, Any]], sample: Sample
) -> tuple[Sample, list[dict[str, str]]]:
    """Ask about each turn, the oldest first.

    Returns:
        The sample with what was answered; and the pairs of what was said and heard, kept nowhere yet.
    """
    pairs: list[dict[str, str]] = []
    if not turns:
        console.say(message("wer.nothing"))
    else:
        console.say(message("wer.how"))
    for turn in reversed(turns):
        answer = console.ask(f"{turn['room']} : « {turn['heard']} »").strip()
        if answer.lower() == STOP:
            break
        said = {"": turn["heard"], SKIP: ""}.get(answer, answer)
        begun = datetime.fromisoformat(turn["begun"]).astimezone(UTC)
        sample = sample.judged(turn["room"], begun, said, turn["heard"])
        if said:
            pairs.append({"said": said, "heard": turn["heard"]})
    return sample, pairs


def shown(score: Score) -> dict[str, float | None]:
    """As JSON."""
    return {"turns": score.turns, "words": score.words, "errors": score.errors, "rate": score.rate}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(wer)
