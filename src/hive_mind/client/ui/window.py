"""The eyes in a window: a process of its own, `python -m hive_mind.client.ui.window`.

Reads one `Look` in JSON a line from stdin, writes `{"press": "down"}`, `{"press": "up"}`,
`{"press": "not_for_you"}` and `{"closed": true}` to stdout, and ends with stdin. It is a process so that
drawing never holds up sound, and so that a fault of the graphics driver ends the window and nothing else.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time

import pygame
from pydantic import ValidationError

from hive_mind.client.ui.expressions import design
from hive_mind.client.ui.eyes import begin, change, frame, still
from hive_mind.client.ui.look import Look
from hive_mind.client.ui.motion import Motion
from hive_mind.client.ui.painter import Painter
from hive_mind.client.ui.subtitles import Subtitles
from hive_mind.client.ui.window_face import NO_SCREEN

_LOOK = pygame.USEREVENT + 1
_WANTED = (
    *(pygame.QUIT, pygame.VIDEORESIZE, pygame.WINDOWEXPOSED, _LOOK),
    *(pygame.KEYDOWN, pygame.KEYUP, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP),
)
_LIFT = 0.11
_LIFT_S = 0.15


class Window:
    """One window with eyes.

    Args:
        size: width and height of the window in pixels.
        full_screen: begin so.
        subtitles: write what is said and answered.
        seed: of the blinks and glances.

    Raises:
        pygame.error: there is no screen.
    """

    def __init__(self, size: tuple[int, int], full_screen: bool, subtitles: bool, seed: int) -> None:
        pygame.display.init()
        pygame.font.init()
        driver = pygame.display.get_driver()
        if driver in ("dummy", "offscreen") and "SDL_VIDEODRIVER" not in os.environ:
            raise pygame.error("no screen")
        if driver == "x11":
            # Shared memory: without a graphics card OpenGL costs more than everything that is drawn.
            os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
        pygame.display.set_caption("Hive Mind")
        pygame.display.set_icon(_icon())
        self._size, self._full = size, full_screen
        self._with_text = subtitles
        self.frames = 0
        """Drawn so far."""
        self._text = ("", "")
        self._lifted, self._lift_at = 0.0, time.monotonic()
        self._eyes = begin(Look(), time.monotonic(), seed)
        self._newest = Look()
        self._told = threading.Event()
        self._set_up()
        pygame.event.set_blocked(None)
        pygame.event.set_allowed(_WANTED)

    def tell(self, look: Look | None) -> None:
        """Show a look, or end the window; from any thread. A look that was not yet drawn is replaced."""
        if look is None:
            pygame.event.post(pygame.event.Event(pygame.QUIT, told=True))
            return
        self._newest = look
        if not self._told.is_set():
            self._told.set()
            pygame.event.post(pygame.event.Event(_LOOK))

    def run(self) -> None:
        """Draw and report until told to end or closed."""
        due = 0.0
        while True:
            pause = max(due - time.monotonic(), 0.001)
            for event in (pygame.event.wait(round(1000 * pause)), *pygame.event.get()):
                if event.type == pygame.QUIT:
                    if not hasattr(event, "told"):
                        _report("closed", True)
                    return
                self._take(event)
            if (now := time.monotonic()) >= due:
                due = now + self._draw(now)

    def _take(self, event: pygame.event.Event) -> None:
        if event.type == _LOOK:
            self._told.clear()
            self._eyes = change(self._eyes, self._newest, time.monotonic())
        elif event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            if event.button == pygame.BUTTON_LEFT:
                _report("press", "down" if event.type == pygame.MOUSEBUTTONDOWN else "up")
            elif event.button == pygame.BUTTON_RIGHT and event.type == pygame.MOUSEBUTTONDOWN:
                _report("press", "not_for_you")
        elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
            self._key(event.key, event.type == pygame.KEYDOWN)
        elif event.type == pygame.VIDEORESIZE and not self._full:
            self._size = event.size
            self._set_up(resized=True)
        elif event.type == pygame.WINDOWEXPOSED:
            pygame.display.flip()

    def _key(self, key: int, down: bool) -> None:
        if key == pygame.K_SPACE:
            _report("press", "down" if down else "up")
        elif down and key == pygame.K_BACKSPACE:
            _report("press", "not_for_you")
        elif down and (key == pygame.K_f or (key == pygame.K_ESCAPE and self._full)):
            self._full = not self._full
            self._set_up()

    def _set_up(self, resized: bool = False) -> None:
        if resized:
            surface = pygame.display.get_surface() or pygame.display.set_mode(self._size, pygame.RESIZABLE)
        elif self._full:
            surface = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        else:
            surface = pygame.display.set_mode(self._size, pygame.RESIZABLE)
        pygame.mouse.set_visible(not self._full)
        pygame.display.set_allow_screensaver(not self._full)
        self._painter = Painter(surface)
        self._subtitles = Subtitles(surface, design().background)
        self._motion = Motion(self._painter.scale)
        self._text = ("", "")
        pygame.display.flip()

    def _draw(self, now: float) -> float:
        """Draw what has changed; gives the seconds until the next time."""
        begun = time.thread_time()
        look = self._eyes.look
        text = (look.subtitle, look.answer) if self._with_text else ("", "")
        rects = []
        if text != self._text:
            self._text = text
            rects.append(self._subtitles.draw(*text))
        foot = self._subtitles.height if any(text) else 0
        shapes = frame(self._eyes, now)
        lift = self._lift(bool(foot), now)
        if self._motion.step(shapes, lift, now) or rects:
            rects += self._painter.paint(shapes, lift, foot)
            pygame.display.update(rects)
            self.frames += 1
            self._motion.cost(time.thread_time() - begun)
        return self._motion.pause

    def _lift(self, raised: bool, now: float) -> float:
        """Eyes make room for letters, smoothly."""
        share = min((now - self._lift_at) / _LIFT_S, 1.0)
        self._lift_at = now
        self._lifted += share * ((_LIFT if raised else 0.0) - self._lifted)
        return self._lifted


def _icon() -> pygame.Surface:
    icon = pygame.Surface((64, 64), depth=32)
    Painter(icon).paint(still(Look()))
    return icon


def _report(name: str, value: str | bool) -> None:
    sys.stdout.write(json.dumps({name: value}) + "\n")
    sys.stdout.flush()


def _read(window: Window) -> None:
    for line in sys.stdin:
        try:
            window.tell(Look.model_validate_json(line))
        except ValidationError as error:
            sys.stderr.write(f"hive-mind window: not a look: {error.error_count()} faults in the line.\n")
    window.tell(None)


def main() -> int:
    """Open the window and stay until stdin ends or the window is closed."""
    options = argparse.ArgumentParser(description="The eyes of Hive Mind in a window.")
    options.add_argument("--full-screen", action="store_true")
    options.add_argument("--subtitles", action="store_true")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--width", type=int, default=800)
    options.add_argument("--height", type=int, default=480)
    given = options.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the client, which then ends us
    try:
        window = Window((given.width, given.height), given.full_screen, given.subtitles, given.seed)
    except pygame.error as error:
        sys.stderr.write(f"hive-mind window: no window can be opened here ({error}).\n")
        return NO_SCREEN
    threading.Thread(target=_read, args=(window,), daemon=True).start()
    try:
        window.run()
    except BrokenPipeError:
        return 0  # nobody is there any more to be told of clicks
    finally:
        pygame.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
