"""The face on small screens: luma's own dummy device, and a paper that writes down what it is told."""

import asyncio

import pytest
from luma.core.device import dummy
from PIL import Image

from hive_mind.client.ui.display import WHOLE_EVERY, PanelFace
from hive_mind.client.ui.look import Expression, Look, Mood, Tone
from hive_mind.client.ui.panels import LumaPanel, PaperPanel, open_panel
from hive_mind.errors import ScreenError
from tests.fakes.paper import PaperDriver
from tests.fakes.waiting import eventually


def look(expression: Expression, tone: Tone = Tone.WHITE, loudness: float = 0.0) -> Look:
    return Look(mood=Mood(expression=expression, tone=tone), loudness=loudness)


@pytest.mark.parametrize("mode", ["1", "RGB"])
def test_eyes_appear_on_a_luma_device(mode: str) -> None:
    async def test() -> None:
        device = dummy(width=128, height=64, mode=mode)
        face = PanelFace(LumaPanel(device))
        face.show(look(Expression.LISTENING, Tone.BLUE))

        def lit() -> int:
            image: Image.Image | None = device.image
            return 0 if image is None else sum(image.convert("L").histogram()[60:])

        await eventually(lambda: lit() > 1500)
        assert [press async for press in face.presses()] == []
        await face.close()
        assert lit() == 0

    asyncio.run(test())


def test_paper_is_drawn_on_when_the_mood_changes_and_not_otherwise() -> None:
    async def test() -> None:
        driver = PaperDriver()
        face = PanelFace(PaperPanel(driver))
        face.show(look(Expression.SPEAKING))
        await eventually(lambda: len(driver.pictures) == 1)
        for i in range(50):
            face.show(look(Expression.SPEAKING, loudness=i / 50))
            await asyncio.sleep(0)
        face.show(look(Expression.IDLE))
        await eventually(lambda: len(driver.pictures) == 2)
        await face.close()
        assert driver.calls == ["init", "init", "base", "partial", "init", "clear", "sleep"]
        assert driver.pictures[0] != driver.pictures[1]

    asyncio.run(test())


def test_paper_is_refreshed_as_a_whole_now_and_then() -> None:
    async def test() -> None:
        driver = PaperDriver()
        face = PanelFace(PaperPanel(driver))
        for i in range(WHOLE_EVERY + 1):
            face.show(look(Expression.IDLE if i % 2 else Expression.RINGING))
            await eventually(lambda count=i + 1: len(driver.pictures) == count)  # type: ignore[misc]
        await face.close()
        assert driver.calls.count("base") == 2

    asyncio.run(test())


def test_paper_shows_black_eyes_on_white() -> None:
    driver = PaperDriver()
    panel = PaperPanel(driver)
    panel.show(Image.new("1", panel.size), whole=True)
    assert set(driver.pictures[0]) == {255}


def test_a_paper_that_is_torn_out_ends_the_face_and_nothing_else() -> None:
    async def test() -> None:
        driver = PaperDriver(broken=True)
        face = PanelFace(PaperPanel(driver))
        face.show(look(Expression.IDLE))
        await eventually(lambda: "sleep" in driver.calls)
        face.show(look(Expression.MUTED))
        await face.close()

    asyncio.run(test())


@pytest.mark.parametrize(
    ("driver", "where"),
    [
        ("ssd1306", "i2c:99:0x3c"),
        ("ssd1306", "usb:0:0"),
        ("ssd1306", "nowhere"),
        ("no_such_device", "i2c:1:0x3c"),
        ("epd2in13_V4", ""),
    ],
)
def test_a_panel_that_is_not_there_says_what_to_do(driver: str, where: str) -> None:
    with pytest.raises(ScreenError):
        open_panel(driver, where)
