"""Which speaker and which microphone: tried until they are heard and hear."""

from collections.abc import Callable, Sequence

from hive_mind.cli.setup.setting_up import SettingUp, Step
from hive_mind.cli.setup.sounds import Listener, play
from hive_mind.client.core.chime import chime
from hive_mind.client.platform.base import Device
from hive_mind.errors import AudioError
from hive_mind.language.messages import message
from hive_mind.speech.audio import Samples

_RATE = 24_000
_SPEAK_S = 4.0


def speaker_step(run: SettingUp) -> None:
    """Choose a speaker and ring a bell until it is heard."""
    console = run.console
    while True:
        speakers = run.platform.speakers()
        if not speakers:
            console.say(message("setup.speaker.none"))
            run.problem("speaker")
            return
        run.chosen["speaker"] = device = _choose(run, "speaker", speakers)
        try:
            play(run.platform, device, chime(_RATE), _RATE)
        except AudioError as error:
            console.say(message("setup.device.refuses", why=error.message))
        else:
            if console.confirm(message("setup.speaker.heard")):
                return
        console.say(message("setup.speaker.louder"))
        if len(speakers) == 1:
            run.problem("speaker")
            return


def microphone_step(judge: Callable[[Samples], str]) -> Step:
    """Choose a microphone and show its level until it hears well.

    Args:
        judge: what is wrong with a few seconds of somebody speaking, in French; empty when nothing is.
    """

    def _step(run: SettingUp) -> None:
        while True:
            microphones = run.platform.microphones()
            if not microphones:
                run.console.say(message("setup.microphone.none"))
                run.problem("microphone")
                return
            run.chosen["microphone"] = _choose(run, "microphone", microphones)
            fault = _fault(run, judge)
            if not fault:
                run.console.say(message("setup.microphone.good"))
                return
            run.console.say(fault)
            if run.console.confirm(message("setup.microphone.keep"), default=False):
                run.problem("microphone")
                return

    return _step


def _fault(run: SettingUp, judge: Callable[[Samples], str]) -> str:
    """Listen for a moment; what is wrong, in French."""
    run.console.say(message("setup.microphone.speak"))
    try:
        with Listener(run.platform, run.setting("microphone")) as listener:
            run.console.meter(_SPEAK_S, listener.level)
    except AudioError as error:
        return message("setup.device.refuses", why=error.message)
    return judge(listener.samples)


def _choose(run: SettingUp, name: str, devices: Sequence[Device]) -> str | None:
    """Name of a device; None for whatever the machine's default is."""
    names = [device.name for device in devices]
    if len(names) == 1:
        return None
    usual = run.setting(name)
    options = [f"{names[0]} ({message('setup.default')})", *names[1:]]
    default = names.index(usual) if usual in names else 0
    choice = run.console.choose(message(f"setup.{name}.which"), options, default)
    return names[choice] if choice else None
