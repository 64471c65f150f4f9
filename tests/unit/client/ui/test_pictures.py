"""What the states look like: as in the guide, and never told apart by colour alone."""

import itertools
from pathlib import Path

import pygame
import pytest
from PIL import Image, ImageChops, ImageStat

from hive_mind.client.ui.eyes import still
from hive_mind.client.ui.gallery import STATES, film, rendered
from hive_mind.client.ui.look import Expression, Look, Mood, Tone
from hive_mind.client.ui.painter import Painter
from hive_mind.client.ui.picture import picture
from hive_mind.client.ui.subtitles import Subtitles, wrap

IMAGES = Path(__file__).parents[4] / "docs" / "images"
TOLERANCE = 2.0
"""Mean difference of a channel, of 255, at an eighth of the size: more than an edge that falls otherwise."""


def unlike(one: Image.Image, other: Image.Image) -> float:
    """How different two pictures look to somebody a few steps away."""
    size = (one.width // 8, one.height // 8)
    near = [picture.convert("RGB").resize(size, Image.Resampling.BOX) for picture in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(near[0], near[1])).mean) / 3


@pytest.mark.parametrize("name", STATES)
def test_the_guide_shows_what_is_drawn(name: str) -> None:
    with Image.open(IMAGES / "eyes" / f"{name}.png") as committed:
        assert unlike(committed, rendered(STATES[name])) < TOLERANCE


def test_the_guide_shows_each_state_and_no_other() -> None:
    assert {path.stem for path in (IMAGES / "eyes").glob("*.png")} == {*STATES, "small"}


def test_two_states_differ_by_far_more_than_the_tolerance() -> None:
    drawn = {name: rendered(look) for name, look in STATES.items()}
    for one, other in itertools.combinations(drawn, 2):
        assert unlike(drawn[one], drawn[other]) > 2 * TOLERANCE, (one, other)


@pytest.mark.parametrize("size", [(128, 64), (250, 122)])
def test_each_state_has_a_shape_of_its_own_without_any_colour(size: tuple[int, int]) -> None:
    drawn = {name: picture(still(look), size, "1") for name, look in STATES.items()}
    for one, other in itertools.combinations(drawn, 2):
        differing = ImageChops.logical_xor(drawn[one], drawn[other]).convert("L")
        share = ImageStat.Stat(differing).sum[0] / 255 / (size[0] * size[1])
        assert share > 0.015, (one, other)


@pytest.mark.parametrize("expression", Expression)
def test_without_a_server_every_expression_droops(expression: Expression) -> None:
    white, yellow = (
        picture(still(Look(mood=Mood(expression=expression, tone=tone))), (128, 64), "1")
        for tone in (Tone.WHITE, Tone.YELLOW)
    )
    assert white.tobytes() != yellow.tobytes()


def test_a_colour_screen_gets_the_colours_of_the_specification() -> None:
    for name, lit in {"connected": "rgb", "degraded": "rg", "listening": "b", "error": "r"}.items():
        image = picture(still(STATES[name]), (160, 80), "RGB")
        pixels = [image.getpixel((x, y)) for x in range(160) for y in range(80)]
        brightest = max((p for p in pixels if isinstance(p, tuple)), key=sum)
        assert {c for c, value in zip("rgb", brightest, strict=True) if value > 170} == set(lit)


def test_what_was_painted_is_gone_with_the_next_frame() -> None:
    surface, fresh = pygame.Surface((400, 240), depth=32), pygame.Surface((400, 240), depth=32)
    painter = Painter(surface)
    for look in STATES.values():
        painter.paint(still(look))
    Painter(fresh).paint(still(look))
    assert pygame.image.tobytes(surface, "RGB") == pygame.image.tobytes(fresh, "RGB")


def test_nothing_outside_the_reported_parts_has_changed_and_the_foot_is_left_alone() -> None:
    surface = pygame.Surface((400, 240), depth=32)
    painter = Painter(surface)
    painter.paint(still(STATES["connected"]))
    before = surface.copy()
    foot = pygame.Rect(0, 180, 400, 60)
    surface.fill((9, 99, 9), foot)
    for rect in [*painter.paint(still(STATES["ringing"]), 0.1, foot.height), foot]:
        before.blit(surface, rect, rect)
    assert pygame.image.tobytes(before, "RGB") == pygame.image.tobytes(surface, "RGB")
    assert surface.get_at((200, 182))[:3] == (9, 99, 9)


def test_the_font_has_every_french_letter_and_long_texts_are_wrapped() -> None:
    pygame.font.init()
    font = pygame.font.Font(None, 24)
    letters = "àâäæçéèêëîïôöœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»’…€°"
    assert all(metric is not None for metric in font.metrics(letters))
    missing = pygame.image.tobytes(font.render("\ue000", True, "white"), "RGB")
    assert all(pygame.image.tobytes(font.render(c, True, "white"), "RGB") != missing for c in letters)
    lines = wrap(font, "Il a dit : « Où est le chat ? » et puis plus rien du tout !", 120)
    assert len(lines) > 2
    assert not any(line[0] in "»?!:" or line.endswith("«") for line in lines)
    assert all(font.size(line)[0] <= 120 for line in lines)


def test_subtitles_show_the_end_of_a_long_answer() -> None:
    pygame.font.init()
    surface = pygame.Surface((400, 240), depth=32)
    letters = Subtitles(surface, (0, 0, 0))
    long = pygame.image.tobytes(surface.subsurface(letters.draw("", "mot " * 60 + "fin.")), "RGB")
    longer = pygame.image.tobytes(surface.subsurface(letters.draw("", "mot " * 60 + "fini.")), "RGB")
    nothing = pygame.image.tobytes(surface.subsurface(letters.draw("", "")), "RGB")
    assert len({long, longer, nothing}) == 3


def test_the_film_of_the_readme_shows_what_is_drawn_and_is_small() -> None:
    images = film()
    assert (IMAGES / "eyes.webp").stat().st_size < 1_000_000
    with Image.open(IMAGES / "eyes.webp") as committed:
        assert getattr(committed, "n_frames", 1) == len(images)
        for i in range(0, len(images), 50):
            committed.seek(i)
            assert unlike(committed, images[i]) < 2 * TOLERANCE
