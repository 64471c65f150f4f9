"""`hive-mind wakeword ...`: train a wake word at home, choose, test and remove wake words."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hive_mind.cli.wakeword_learn import learn
from hive_mind.cli.wakeword_test import test
from hive_mind.cli.wakeword_train import train
from hive_mind.client.config import USUAL_SENSITIVITY, ClientConfig, config_file, load_config
from hive_mind.client.config_file import write
from hive_mind.errors import ConfigError, ModelError
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir, wake_words_dir
from hive_mind.speech.wake_word.card import read_card, stock_cards
from hive_mind.speech.wake_word.factory import known_word

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder; HIVE_MIND_DATA, else the platform's own place.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Of a wake word, as `list` shows it.")]

PARTS = (".onnx", ".json", ".html", ".npz")
"""What a trained word consists of."""

wakeword = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(
        "Train a wake word of your own at home, choose, test and remove wake words.\n\n"
        'Begin with: ./hive wakeword train "hey alison", look at the report, then: ./hive wakeword use '
        "hey_alison"
    ),
)
wakeword.command()(train)
wakeword.command()(test)
wakeword.command()(learn)


@wakeword.command("list")
def list_(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show the words trained here, those that come with openWakeWord, and which are listened for."""
    config = load_config(data=data)
    for row in _rows(config):
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            used = f", in use at {row['sensitivity']:g}" if row["sensitivity"] is not None else ""
            missed = (
                f", misses {row['missed']:.0f} % next to the microphone" if row["missed"] is not None else ""
            )
            typer.echo(f"{row['name']}: « {row['phrase']} » ({row['origin']}{missed}{used})")


@wakeword.command()
def use(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Words to listen for.")],
    data: Data = None,
    sensitivity: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="From 0 (strict) to 1 (lenient).")
    ] = USUAL_SENSITIVITY,
    also: Annotated[bool, typer.Option("--also", help="Keep listening for the present words too.")] = False,
) -> None:
    """Listen for these words from the next start of the client on: writes wake_words into client.toml."""
    config = load_config(data=data)
    find = ModelStore(models_dir(config.data_folder)).find
    for name in names:
        if not name.endswith(".ppn"):
            known_word(find, name, wake_words_dir(config.data_folder))
    chosen = {**(config.wake_words if also else {}), **dict.fromkeys(names, sensitivity)}
    ClientConfig(wake_words=chosen)
    write(config_file(data), {"wake_words": chosen})
    typer.echo(f"Listening for {', '.join(chosen)} from the next start on ({config_file(data)}).")


@wakeword.command()
def report(name: Name, data: Data = None) -> None:
    """Show how good a trained word is, and where its report is."""
    folder = wake_words_dir(load_config(data=data).data_folder)
    found = _evaluation(folder, name)
    if found is None:
        raise ModelError(f"{name} was not trained here: there is no report.", code="MODEL_UNKNOWN")
    for room, rate in found["missed"].items():
        typer.echo(f"missed, {room}: {rate['count']} of {rate['of']}")
    fired = ", ".join(dict.fromkeys(found.get("fired", ())))
    named = f" ({fired})" if fired else ""
    typer.echo(f"near misses that wake: {found['near']['count']} of {found['near']['of']}{named}")
    typer.echo(f"false wakes: {found['false_wakes']} in {found['hours']:.2f} h")
    typer.echo(str(folder / f"{name}.html"))


@wakeword.command()
def remove(name: Name, data: Data = None) -> None:
    """Delete a word that was trained here."""
    config = load_config(data=data)
    if name in config.wake_words:
        raise ConfigError(
            f"{name} is listened for: choose another first (./hive wakeword use hey_jarvis).",
            code="WAKE_WORD_IN_USE",
        )
    model = _own(wake_words_dir(config.data_folder), name)
    for part in PARTS:
        model.with_suffix(part).unlink(missing_ok=True)


def _rows(config: ClientConfig) -> list[dict[str, Any]]:
    folder = wake_words_dir(config.data_folder)
    words = {path.stem: (read_card(path.with_suffix(".json")), "trained here") for path in _models(folder)}
    words |= {name: (card, "openWakeWord") for name, card in stock_cards().items() if name not in words}
    rows: list[dict[str, Any]] = []
    for name, (card, origin) in words.items():
        found = _evaluation(folder, name)
        clean = found["missed"]["clean"] if found else None
        rows.append(
            {
                "name": name,
                "phrase": card.phrase,
                "origin": origin,
                "missed": 100.0 * clean["count"] / max(1, clean["of"]) if clean else None,
                "sensitivity": config.wake_words.get(name),
            }
        )
    return rows


def _models(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.onnx")) if folder.is_dir() else []


def _own(folder: Path, name: str) -> Path:
    model = folder / f"{name}.onnx"
    if Path(name).name != name or not model.is_file():
        names = ", ".join(path.stem for path in _models(folder)) or "none"
        raise ModelError(f"no word '{name}' was trained here; there are: {names}.", code="MODEL_UNKNOWN")
    return model


def _evaluation(folder: Path, name: str) -> dict[str, Any] | None:
    """What training wrote into the card; None for a card that came from elsewhere."""
    try:
        card = json.loads((folder / f"{name}.json").read_text("utf-8"))
        found: dict[str, Any] = card["training"]["evaluation"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(wakeword, name="wakeword")
