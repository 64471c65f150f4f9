"""What was said and what is answered, in letters under the eyes."""

import re

import pygame

from hive_mind.client.ui.shapes import Colour

_SAID: Colour = (126, 140, 160)
_ANSWERED: Colour = (226, 232, 242)
_LINES = 2
_AFTER = re.compile(r"«\s+")  # French marks stay with their word
_BEFORE = re.compile(r"\s+(?=[»?!:;])")
SHARE = 0.25
"""Of the height of the window, while there is something to read."""


class Subtitles:
    """Draws at the foot of a surface, with the font that comes with pygame: it has the French letters.

    Args:
        surface: what is drawn on.
        background: behind the letters.
    """

    def __init__(self, surface: pygame.Surface, background: Colour) -> None:
        self._surface = surface
        self._background = background
        width, height = surface.get_size()
        self._area = pygame.Rect(0, height - round(SHARE * height), width, round(SHARE * height))
        self._font = pygame.font.Font(None, max(round(self._area.height / 3.9), 14))

    @property
    def height(self) -> int:
        """Pixels at the foot of the surface that belong to the letters."""
        return self._area.height

    def draw(self, said: str, answered: str) -> pygame.Rect:
        """Replace what was written; the ends of long texts are shown. Gives what has changed."""
        self._surface.fill(self._background, self._area)
        width = round(0.92 * self._area.width)
        lines = [(line, _SAID) for line in wrap(self._font, said, width)[-1:]]
        lines += [(line, _ANSWERED) for line in wrap(self._font, answered, width)[-_LINES:]]
        step = self._font.get_linesize()
        y = self._area.bottom - round(0.06 * self._area.height) - step * len(lines)
        for text, colour in lines:
            drawn = self._font.render(text, True, colour)
            self._surface.blit(drawn, (self._area.centerx - drawn.get_width() // 2, y))
            y += step
        return self._area


def wrap(font: pygame.font.Font, text: str, width: int) -> list[str]:
    """The text in lines of at most `width` pixels; a single longer word stands alone."""
    lines: list[str] = []
    text = " ".join(text.split())
    for word in _BEFORE.sub("\N{NO-BREAK SPACE}", _AFTER.sub("«\N{NO-BREAK SPACE}", text)).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.size(longer)[0] <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
