"""Drawing shapes with pygame: soft edges, a light from above, a halo. Only what changed is drawn again."""

from collections.abc import Sequence

import pygame
import pygame.gfxdraw

from hive_mind.client.ui.expressions import Design, design
from hive_mind.client.ui.shapes import Colour, Point, Shape, outline

_FINE = 2  # edges are drawn this many times larger, and made small again
_COARSE = 8  # the halo is drawn this many times smaller, and made large again
_HALO = 0.16  # how far it reaches, on the stage; that of a small mark no farther than its length
_HALO_LIGHT = 0.5
_SHADE = 0.84  # the light at the foot of an eye, beside 1 at its top


class Painter:
    """Draws on a surface, in the largest 2:1 stage that fits in the middle of an area.

    Args:
        surface: what is drawn on; it is filled with the background at once.
        area: part of it; the whole by default. Nothing is drawn outside.
    """

    def __init__(self, surface: pygame.Surface, area: pygame.Rect | None = None) -> None:
        self._design: Design = design()
        self._area = area or surface.get_rect()
        self._surface = surface
        self._scale = min(self._area.width / 2, self._area.height)
        self._column = _column()
        self._drawn: list[pygame.Rect] = []
        surface.fill(self._design.background, self._area)

    @property
    def scale(self) -> float:
        """Pixels in one unit of the stage."""
        return self._scale

    def paint(self, shapes: Sequence[Shape], lift: float = 0.0, foot: int = 0) -> list[pygame.Rect]:
        """Replace what was painted before.

        Args:
            shapes: of one frame.
            lift: by how much of the stage's height everything stands higher.
            foot: so many pixels at the foot of the area are left alone.

        Returns:
            The parts of the surface that have changed.
        """
        lines = [(shape.colour, self._pixels(shape, lift)) for shape in shapes]
        reaches = [self._scale * min(_HALO, max(shape.eye.w, shape.eye.h)) for shape in shapes]
        boxes = [self._box(line, reach) for (_, line), reach in zip(lines, reaches, strict=True)]
        clip = self._area.copy()
        clip.height -= foot
        self._surface.set_clip(clip)
        for rect in self._drawn:
            self._surface.fill(self._design.background, rect)
        for (colour, line), box, reach in zip(lines, boxes, reaches, strict=True):
            halo = self._halo(colour, line, box, reach)
            self._surface.blit(halo, box, special_flags=pygame.BLEND_RGB_MAX)
        for colour, line in lines:
            self._fill(colour, line)
        self._surface.set_clip(None)
        before, self._drawn = self._drawn, boxes
        if len(before) == len(boxes):  # most of the old place is the new one
            return [old.union(new).clip(clip) for old, new in zip(before, boxes, strict=True)]
        return [rect.clip(clip) for rect in (*before, *boxes)]

    def _pixels(self, shape: Shape, lift: float) -> list[Point]:
        x, y = self._area.centerx, self._area.centery - lift * self._scale
        line = outline(shape.eye, self._design.lid_radius, self._design.thinnest)
        return [(x + self._scale * u, y + self._scale * v) for u, v in line]

    def _box(self, line: Sequence[Point], reach: float) -> pygame.Rect:
        """The pixels of a shape with its halo, on multiples of the halo's coarse ones."""
        left, right = min(x for x, _ in line) - reach, max(x for x, _ in line) + reach
        top, bottom = min(y for _, y in line) - reach, max(y for _, y in line) + reach
        x, y = int(left // _COARSE) * _COARSE, int(top // _COARSE) * _COARSE
        w, h = (int(-(-(end - start) // _COARSE)) * _COARSE for start, end in ((x, right), (y, bottom)))
        return pygame.Rect(x, y, max(w, _COARSE), max(h, _COARSE))

    def _halo(self, colour: Colour, line: Sequence[Point], box: pygame.Rect, reach: float) -> pygame.Surface:
        small = pygame.Surface((box.width // _COARSE, box.height // _COARSE), depth=32)
        small.fill(self._design.background)
        dim = [round(b + _HALO_LIGHT * (c - b)) for b, c in zip(self._design.background, colour, strict=True)]
        points = [((x - box.x) / _COARSE, (y - box.y) / _COARSE) for x, y in line]
        pygame.draw.polygon(small, dim, points)
        radius = max(round(reach / _COARSE / 3), 1)
        return pygame.transform.smoothscale(pygame.transform.gaussian_blur(small, radius), box.size)

    def _fill(self, colour: Colour, line: Sequence[Point]) -> None:
        x, y = int(min(x for x, _ in line)) - 1, int(min(y for _, y in line)) - 1
        w, h = int(max(x for x, _ in line)) + 2 - x, int(max(y for _, y in line)) + 2 - y
        fine = pygame.Surface((w * _FINE, h * _FINE), depth=32)
        points = [((u - x) * _FINE, (v - y) * _FINE) for u, v in line]
        pygame.gfxdraw.filled_polygon(fine, points, colour)
        pygame.gfxdraw.aapolygon(fine, points, colour)
        shape = pygame.transform.smoothscale(fine, (w, h))
        shape.blit(pygame.transform.scale(self._column, (w, h)), (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        self._surface.blit(shape, (x, y), special_flags=pygame.BLEND_RGB_MAX)


def _column() -> pygame.Surface:
    column = pygame.Surface((1, 64), depth=32)
    for y in range(64):
        column.set_at((0, y), (round(255 * (1 + (_SHADE - 1) * y / 63)),) * 3)
    return column
