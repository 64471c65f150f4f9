"""A picture of a trained wake word's report: `./hive bench wake_report_picture hey_alison.html report.webp`.

Prints its size. Needs Chromium and Pillow.
"""

import asyncio
import io
import json
import sys
from pathlib import Path

from PIL import Image
from tests.fakes.browser import open_browser

WIDTH, SCALE = 720, 1.5
QUALITY = 70


async def picture(report: str) -> Image.Image:
    """A report, as light readers see it."""
    async with open_browser() as browser:
        viewport = {"width": WIDTH, "height": 400}
        page = await browser.new_page(
            viewport=viewport,  # type: ignore[arg-type]  # its stub wants a type of its own
            device_scale_factor=SCALE,
            color_scheme="light",
        )
        await page.set_content(report)
        return Image.open(io.BytesIO(await page.screenshot(full_page=True))).convert("RGB")


def main(report: Path, target: Path) -> None:
    """Write the picture of a report."""
    shot = asyncio.run(picture(report.read_text("utf-8")))
    shot.save(target, quality=QUALITY, method=6)
    size = target.stat().st_size
    print(f"{target.name}: {shot.width} x {shot.height}, {size / 1024:.1f} KiB")
    print(json.dumps({"picture": target.name, "bytes": size}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
