"""Small screens behind one Protocol: OLED and LCD through luma, paper through Waveshare's drivers."""

from importlib import import_module
from typing import Any, Protocol

from PIL import Image, ImageChops

from hive_mind.client.ui.picture import Mode
from hive_mind.errors import ScreenError


class Panel(Protocol):
    """A small screen. Its methods wait for the hardware, so they are called in a thread.

    Attributes:
        size: width and height in pixels.
        mode: of the images that it takes.
        paper: it is slow and keeps its picture: it is drawn on when the mood changes, and not otherwise.
    """

    size: tuple[int, int]
    mode: Mode
    paper: bool

    def show(self, image: Image.Image, whole: bool) -> None:
        """Show an image.

        Args:
            image: of the panel's size and mode.
            whole: refresh all of a paper screen, with its flicker, so that no trace of older pictures stays.

        Raises:
            OSError: the panel does not answer.
        """
        ...

    def light(self, share: float) -> None:
        """Set its brightness, 0 to 1, where it has one."""
        ...

    def close(self) -> None:
        """Leave it dark, or blank."""
        ...


class LumaPanel:
    """An OLED or LCD that luma drives.

    Args:
        device: a `luma.core.device.device`.
    """

    paper = False

    def __init__(self, device: Any) -> None:
        self._device = device
        self.size: tuple[int, int] = (device.width, device.height)
        self.mode: Mode = device.mode if device.mode in ("1", "L", "RGB") else "RGB"

    def show(self, image: Image.Image, whole: bool) -> None:  # noqa: ARG002 - for paper
        """Send the image."""
        self._device.display(image.convert(self._device.mode))

    def light(self, share: float) -> None:
        """Set the contrast."""
        self._device.contrast(round(255 * share))

    def close(self) -> None:
        """Switch it off."""
        self._device.cleanup()


class PaperPanel:
    """An electronic paper of Waveshare's, lying on its long side: black eyes on white.

    Args:
        epd: an `EPD` of one of its driver modules.
    """

    paper = True
    mode: Mode = "1"

    def __init__(self, epd: Any) -> None:
        self._epd = epd
        self.size: tuple[int, int] = (epd.height, epd.width)
        self._based = False
        epd.init()

    def show(self, image: Image.Image, whole: bool) -> None:
        """Draw the image; only what differs, if the driver can."""
        pixels = self._epd.getbuffer(ImageChops.invert(image))
        if not hasattr(self._epd, "displayPartial"):
            self._epd.display(pixels)
        elif whole or not self._based:
            self._epd.init()
            self._epd.displayPartBaseImage(pixels)
            self._based = True
        else:
            self._epd.displayPartial(pixels)

    def light(self, share: float) -> None:
        """Paper has no light."""

    def close(self) -> None:
        """Blank it and let it sleep: a paper screen must not stay under voltage."""
        self._epd.init()
        self._epd.Clear(0xFF)
        self._epd.sleep()


def open_panel(driver: str, where: str) -> Panel:
    """Open a small screen.

    Args:
        driver: a device of luma.oled or luma.lcd, or a Waveshare module whose name begins with `epd`.
        where: "i2c:BUS:ADDRESS" or "spi:PORT:DEVICE"; a Waveshare paper has its own fixed pins.

    Raises:
        ScreenError: the driver is not installed or not known, or no such screen answers.
    """
    try:
        if driver.startswith("epd"):
            return PaperPanel(import_module("epaper").epaper(driver).EPD())
        return LumaPanel(_luma_class(driver)(_bus(where)))
    except ImportError as error:
        raise ScreenError(
            f"The driver of {driver} is not installed ({error.name}): install hive-mind[display], "
            "and waveshare-epaper for paper."
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise ScreenError(
            f"No {driver} answers at {where} ({error}): check the wiring and the address."
        ) from error
    except Exception as error:  # luma's own errors derive from Exception alone
        if not type(error).__module__.startswith("luma."):
            raise
        raise ScreenError(f"No {driver} answers at {where} ({error}).") from error


def _luma_class(driver: str) -> Any:
    for module in ("luma.oled.device", "luma.lcd.device"):
        if (found := getattr(import_module(module), driver, None)) is not None:
            return found
    raise ScreenError(f"{driver} is no device of luma.oled or luma.lcd.")


def _bus(where: str) -> Any:
    serial = import_module("luma.core.interface.serial")
    kind, first, second = where.split(":")
    if kind == "i2c":
        return serial.i2c(port=int(first), address=int(second, 0))
    if kind == "spi":
        return serial.spi(port=int(first), device=int(second))
    raise ScreenError(f"{where} is neither i2c:BUS:ADDRESS nor spi:PORT:DEVICE.")
