"""Shapes as a Pillow image, for screens too small for halos."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from PIL import Image, ImageDraw

from hive_mind.client.ui.expressions import design
from hive_mind.client.ui.shapes import Shape, outline

Mode: TypeAlias = Literal["1", "L", "RGB"]
_FINE = 4
_SEEN = 0.35  # of its full light: on a screen of black and white, a darker mark is not drawn


def picture(shapes: Sequence[Shape], size: tuple[int, int], mode: Mode) -> Image.Image:
    """One frame on black, in the largest 2:1 stage that fits in the middle.

    Args:
        shapes: of the frame.
        size: width and height in pixels.
        mode: "1" is black and white without grey, where light and colour are lost and the shape says all.
    """
    image = Image.new("RGB" if mode == "RGB" else "L", (size[0] * _FINE, size[1] * _FINE))
    draw, kit = ImageDraw.Draw(image), design()
    scale = min(size[0] / 2, size[1]) * _FINE
    for shape in shapes:
        line = outline(shape.eye, kit.lid_radius, kit.thinnest)
        points = [(image.width / 2 + scale * x, image.height / 2 + scale * y) for x, y in line]
        if mode == "RGB":
            draw.polygon(points, fill=shape.colour)
        elif mode == "L":
            draw.polygon(points, fill=max(shape.colour))
        elif shape.eye.light >= _SEEN:
            draw.polygon(points, fill=255)
    image = image.reduce(_FINE)
    return image.point(lambda value: 255 * (value > 127)).convert("1") if mode == "1" else image
