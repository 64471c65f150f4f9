"""What the eyes' window costs: processor time and frames a second for each mood.

Run: python benchmarks/eyes.py [WIDTH HEIGHT]; on a real or a virtual screen (`xvfb-run`), or with
SDL_VIDEODRIVER=dummy for the drawing alone. Loudness changes 30 times a second while listening and speaking.
"""

import json
import math
import os
import resource
import sys
import threading
import time

import pygame

from hive_mind.client.ui.gallery import STATES
from hive_mind.client.ui.look import Expression, Look
from hive_mind.client.ui.window import Window

SECONDS = 6.0
SETTLE_S = 1.5
NAMES = (
    "connected",
    "degraded",
    "listening",
    "thinking",
    "speaking",
    "follow_up",
    "ringing",
    "muted",
    "error",
)


def used() -> float:
    """Processor seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def hold(window: Window, look: Look, seconds: float) -> None:
    """Show a look for a while, with a voice where there is one."""
    voice = look.mood.expression in (Expression.LISTENING, Expression.SPEAKING)
    end = time.monotonic() + seconds
    window.tell(look)
    while (now := time.monotonic()) < end:
        if voice:
            window.tell(look.model_copy(update={"loudness": abs(math.sin(9 * now) * math.sin(2.3 * now))}))
        time.sleep(1 / 30)


def measure(window: Window, rows: list[dict[str, object]]) -> None:
    """Fill the table, then end the window."""
    for name in NAMES:
        hold(window, STATES[name], SETTLE_S)
        cpu, frames, start = used(), window.frames, time.monotonic()
        hold(window, STATES[name], SECONDS)
        seconds = time.monotonic() - start
        share, rate = 100 * (used() - cpu) / seconds, (window.frames - frames) / seconds
        rows.append({"mood": name, "cpu_percent": round(share, 1), "fps": round(rate, 1)})
        print(f"{name:<12} {share:5.1f} % of a core {rate:5.1f} frames/s", flush=True)
    window.tell(None)


def main() -> None:
    """Measure every mood in one window."""
    width, height = (int(value) for value in sys.argv[1:3] or (800, 480))
    window = Window((width, height), full_screen=False, subtitles=True, seed=1)
    print(f"{width} x {height}, SDL driver {pygame.display.get_driver()}, load {os.getloadavg()[0]:.1f}")
    rows: list[dict[str, object]] = []
    threading.Thread(target=measure, args=(window, rows), daemon=True).start()
    window.run()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"benchmark": "eyes", "size": [width, height], "peak_rss_mib": rss, "moods": rows}))


if __name__ == "__main__":
    main()
