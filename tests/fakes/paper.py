"""An electronic paper made of air, with the methods of Waveshare's drivers."""

from PIL import Image


class PaperDriver:
    """Writes down what it is told.

    Args:
        broken: it answers nothing when it is drawn on.
    """

    width, height = 122, 250

    def __init__(self, broken: bool = False) -> None:
        self.calls: list[str] = []
        self.pictures: list[bytes] = []
        self._broken = broken

    def init(self) -> None:
        self.calls.append("init")

    def getbuffer(self, image: Image.Image) -> bytes:
        assert image.size == (self.height, self.width)
        return image.convert("L").tobytes()

    def displayPartBaseImage(self, pixels: bytes) -> None:  # noqa: N802 - the name of the field
        self._draw("base", pixels)

    def displayPartial(self, pixels: bytes) -> None:  # noqa: N802 - the name of the field
        self._draw("partial", pixels)

    def Clear(self, colour: int) -> None:  # noqa: N802 - the name of the field
        assert colour == 0xFF
        self.calls.append("clear")

    def sleep(self) -> None:
        self.calls.append("sleep")

    def _draw(self, kind: str, pixels: bytes) -> None:
        if self._broken:
            raise OSError("no answer")
        self.calls.append(kind)
        self.pictures.append(pixels)
