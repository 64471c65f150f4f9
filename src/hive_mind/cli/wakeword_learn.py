"""`hive-mind wakeword learn`: a trained word learns from false wakes that were kept."""

import math
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.client.config import load_config
from hive_mind.paths import wake_words_dir


def learn(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a word that was trained here.")],
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Only delete what was kept of its wakes.")] = False,
) -> None:
    """Make a trained word less sensitive to what woke it for nothing.

    With learn_wake_words in client.toml the embeddings of wakes are kept, not the voice; "ce n'était pas
    pour toi" marks the last wake as false. What is learnt is refused when the word would be missed more.
    """
    from hive_mind.speech.wake_word.card import read_card
    from hive_mind.speech.wake_word.lessons import Lessons
    from hive_mind.wake_lessons_file import LessonsFile
    from hive_mind.wake_training.adapt import adapted
    from hive_mind.wake_training.export import write_onnx
    from hive_mind.wake_training.memory import Memory, load_memory, save_memory

    config = load_config(data=data)
    folder = wake_words_dir(config.data_folder)
    file = LessonsFile(config.data_folder, config.key.get_secret_value() if config.key else None)
    known = file.load()
    if forget:
        lessons = Lessons(known)
        lessons.forget(name)
        file.save(lessons.kept)
        return
    memory = load_memory(folder / f"{name}.npz")
    loose = read_card(folder / f"{name}.json").loose_threshold
    mine = [lesson for lesson in known if lesson.word == name]
    found = adapted(memory, mine, math.log(loose / (1.0 - loose)))
    if not any(not lesson.meant for lesson in mine):
        typer.echo("No false wake was kept: there is nothing to learn.")
        return
    typer.echo(f"false wakes that still pass: {found.false_before} -> {found.false_after}")
    typer.echo(f"recall: {100 * found.recall_before:.1f} % -> {100 * found.recall_after:.1f} %")
    if found.network is None:
        typer.echo("Refused: the word stays as it is.")
        return
    write_onnx(found.network, folder / f"{name}.onnx")
    save_memory(Memory(found.network, memory.positive, memory.negative), folder / f"{name}.npz")
    typer.echo("Learnt; in force from the next start on.")
