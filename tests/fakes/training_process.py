"""A training with humming voices as a process: `python -m tests.fakes.training_process FOLDER STOP_AT`.

It writes how much is done, a line each, and stands still from STOP_AT on, to be killed there; at last, how
often a voice spoke.
"""

import sys
from datetime import date
from pathlib import Path

from hive_mind.wake_training.plan import Size
from hive_mind.wake_training.progress import Progress
from hive_mind.wake_training.pronunciations import Pronunciation
from hive_mind.wake_training.studio import Studio
from hive_mind.wake_training.train import Order, save, train
from tests.fakes.studio import HummingCrowd, measured

SIZE = Size(positives=6, near=4, sentences=3, cheap=2, scenes=2, tests=2, steps=30)


def order(seed: int = 0) -> Order:
    """A word that is trained in a second."""
    ways = (Pronunciation("hey alison", "ˈɛ alizˈɔ̃", "fr"),)
    return Order("hey alison", "hey_alison", ways, (), SIZE, seed, date(2030, 1, 1))


def main(folder: Path, stop_at: float) -> None:
    """Train, and save in the folder `words` of this one."""

    def tell(step: Progress) -> None:
        print(step.done, flush=True)
        if step.done >= stop_at:
            sys.stdin.read()

    crowd = HummingCrowd()
    trained = train(order(), Studio(crowd, measured, folder, 0), None, tell)
    save(order(), trained, folder / "words")
    print(crowd.said, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
