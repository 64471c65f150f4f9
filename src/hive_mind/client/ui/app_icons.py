"""The icons of the page: `python -m hive_mind.client.ui.app_icons src/hive_mind/server/web/icons`.

Writes `icon-192.png` and `icon-512.png` with round corners and `maskable-512.png` to the edge. Needs Pillow.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

from hive_mind.client.ui.expressions import design
from hive_mind.client.ui.eyes import still
from hive_mind.client.ui.look import Expression, Look, Mood, Tone
from hive_mind.client.ui.shapes import outline

GROUND, EYES = "#ffc233", "#1d1503"
_FINE = 4
_CORNER = 0.225
_COLOURS = 16


def icon(size: int, *, edge_to_edge: bool) -> Image.Image:
    """The eyes at rest on honey.

    Args:
        size: of a side, in pixels.
        edge_to_edge: no corners, and the eyes inside of what any mask leaves.
    """
    large = size * _FINE
    ground = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    draw = ImageDraw.Draw(ground)
    corner = 0 if edge_to_edge else round(_CORNER * large)
    draw.rounded_rectangle((0, 0, large - 1, large - 1), corner, fill=GROUND)
    scale = large * (0.44 if edge_to_edge else 0.56)
    kit = design()
    for shape in still(Look(mood=Mood(expression=Expression.IDLE, tone=Tone.WHITE))):
        line = outline(shape.eye, kit.lid_radius, kit.thinnest)
        draw.polygon([(large / 2 + scale * x, large / 2 + scale * y) for x, y in line], fill=EYES)
    return ground.reduce(_FINE).quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)


def write(folder: Path) -> None:
    """Write all icons into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in (192, 512):
        icon(size, edge_to_edge=False).save(folder / f"icon-{size}.png", optimize=True)
    icon(512, edge_to_edge=True).save(folder / "maskable-512.png", optimize=True)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
