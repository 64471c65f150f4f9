"""`python -m hive_mind.cli.audio_devices`: the audio devices of this machine, as one JSON object.

Runs in a process of its own: audio libraries write to standard error from C, and a broken driver may crash.
"""

import json
import time
from importlib.util import find_spec

LISTEN_S = 2.0
"""How long the default microphone is listened to; nothing of it is kept."""


def devices() -> dict[str, object]:
    """What the installed audio library finds.

    Returns:
        `library` (null when none is installed), `playback` and `capture` (names), `error` (what the library
        says when it finds nothing at all).
    """
    for library, look in (("miniaudio", _miniaudio), ("sounddevice", _sounddevice)):
        if find_spec(library):
            try:
                playback, capture = look()
            except Exception as error:  # noqa: BLE001 - libraries raise their own, OSError and more
                return {"library": library, "playback": [], "capture": [], "error": str(error)}
            return {"library": library, "playback": playback, "capture": capture, "error": ""}
    return {"library": None, "playback": [], "capture": [], "error": ""}


def _miniaudio() -> tuple[list[str], list[str]]:
    import miniaudio

    found = miniaudio.Devices()
    return [d["name"] for d in found.get_playbacks()], [d["name"] for d in found.get_captures()]


def _sounddevice() -> tuple[list[str], list[str]]:
    import sounddevice

    found = list(sounddevice.query_devices())
    return (
        [d["name"] for d in found if d["max_output_channels"]],
        [d["name"] for d in found if d["max_input_channels"]],
    )


def level() -> dict[str, object] | None:
    """What the default microphone sounds like.

    Returns:
        its name as `microphone`, `verdict` and `advice` of `check_level`, `level_dbfs`; None without one.
    """
    from hive_mind.client.core.levels import check_level
    from hive_mind.client.platform.base import find_platform
    from hive_mind.client.platform.ring import SampleRing
    from hive_mind.speech.audio import SAMPLE_RATE

    heard = SampleRing(int(LISTEN_S * SAMPLE_RATE))
    stream = find_platform().open_microphone(SAMPLE_RATE, heard.put)
    if stream is None:
        return None
    time.sleep(LISTEN_S + 0.5)  # some devices wake up slowly
    stream.close()
    found = check_level(heard.take_up_to(heard.waiting), stream.device.name)
    return {
        "microphone": stream.device.name,
        "verdict": found.verdict,
        "advice": found.advice,
        "level_dbfs": round(found.level_dbfs),
    }


def _report() -> dict[str, object]:
    found = devices()
    try:
        return {**found, "level": level() if found["capture"] else None}
    except Exception as error:  # noqa: BLE001 - as above; a device that refuses must not hide the list
        return {**found, "level": None, "error": str(error)}


if __name__ == "__main__":
    print(json.dumps(_report()))  # noqa: T201 - the result of this program
