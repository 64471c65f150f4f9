"""The wizard itself: the steps in order, and what is written at the end."""

from collections.abc import Sequence

from hive_mind.cli.setup.setting_up import SettingUp, Step
from hive_mind.client import config_file
from hive_mind.client.core.timers import StateFile
from hive_mind.language.messages import message

LISTENING = ("wake_word", "button", "always")


def room_step(run: SettingUp) -> None:
    """Where the device stands."""
    room = run.console.ask(message("setup.room"), run.config.room or "salon")
    run.chosen["room"] = room[:200] or None


def listening_step(run: SettingUp) -> None:
    """When it listens."""
    choice = run.console.choose(
        message("setup.listening.which"),
        [message(f"setup.listening.{mode}") for mode in LISTENING],
        LISTENING.index(run.config.listening),
    )
    run.chosen["listening"] = LISTENING[choice]


def set_up(run: SettingUp, steps: Sequence[Step]) -> None:
    """Go through the steps and write what was chosen.

    Raises:
        ConfigError: the settings cannot be written.
    """
    run.console.say(message("setup.hello"))
    for step in steps:
        run.console.say("")
        step(run)
    config_file.write(run.file, run.chosen)
    if run.volume is not None:
        file = StateFile(run.config.state_folder / "time.json")
        file.save(file.load().model_copy(update={"volume": run.volume, "muted": False}))
    run.console.say("")
    run.console.say(message("setup.written", path=run.file))
    if run.problems:
        run.console.say(message("setup.problems"))
        for problem in run.problems:
            run.console.say(f"  - {problem}")
    run.console.say(message("setup.start"))
