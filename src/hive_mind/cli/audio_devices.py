"""`python -m hive_mind.cli.audio_devices`: the audio devices of this machine, as one JSON object.

Runs in a process of its own: audio libraries write to standard error from C, and a broken driver may crash.
"""

import json
from importlib.util import find_spec


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


if __name__ == "__main__":
    print(json.dumps(devices()))  # noqa: T201 - the result of this program
