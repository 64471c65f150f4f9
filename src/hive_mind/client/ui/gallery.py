"""Pictures of everything that the eyes can show: `python -m hive_mind.client.ui.gallery docs/images`.

Writes `eyes/NAME.png` for each state, all of them on a small screen in `eyes/small.png`, and a film of a talk
in `eyes.webp`. Needs pygame and Pillow, and no screen.
"""

import math
import sys
from pathlib import Path

import pygame
from PIL import Image

from hive_mind.client.core.state import ClientState, Link, Turn
from hive_mind.client.ui.expressions import design
from hive_mind.client.ui.eyes import begin, change, frame, still
from hive_mind.client.ui.look import Look
from hive_mind.client.ui.mood import Situation, mood_of
from hive_mind.client.ui.painter import Painter
from hive_mind.client.ui.picture import picture
from hive_mind.client.ui.subtitles import Subtitles

SIZE = (400, 200)
_FILM = (480, 280)
_FPS = 25


def _look(
    turn: Turn = Turn.IDLE,
    link: Link = Link.CONNECTED,
    loudness: float = 0.0,
    night: bool = False,
    subtitle: str = "",
    answer: str = "",
    **flags: bool,
) -> Look:
    mood = mood_of(Situation(ClientState(turn, link), **flags))
    return Look(mood=mood, loudness=loudness, night=night, subtitle=subtitle, answer=answer)


STATES: dict[str, Look] = {
    "connected": _look(),
    "degraded": _look(link=Link.DEGRADED),
    "listening": _look(Turn.LISTENING),
    "thinking": _look(Turn.PROCESSING),
    "error": _look(broken=True),
    "speaking": _look(Turn.RESPONDING, loudness=0.3),
    "speaking_degraded": _look(Turn.RESPONDING, Link.DEGRADED, loudness=0.3),
    "follow_up": _look(Turn.FOLLOW_UP),
    "connecting": _look(link=Link.CONNECTING),
    "refused": _look(link=Link.UNAUTHORISED),
    "ringing": _look(ringing=True),
    "muted": _look(muted=True),
    "other_room": _look(elsewhere=True),
    "night": _look(night=True),
}
"""By name, through the same rules as in a client."""

_ASKED, _TOLD = "Quelle heure est-il ?", "Il est quatorze heures trente."
_SCENES: tuple[tuple[float, Look], ...] = (
    (2.6, _look()),
    (1.9, _look(Turn.LISTENING, subtitle=_ASKED)),
    (1.5, _look(Turn.PROCESSING, subtitle=_ASKED)),
    (2.2, _look(Turn.RESPONDING, subtitle=_ASKED, answer=_TOLD)),
    (1.6, _look(Turn.FOLLOW_UP)),
    (1.6, _look()),
    (2.6, _look(link=Link.DEGRADED)),
)
_SEED = 31


def rendered(look: Look) -> Image.Image:
    """The look as the window paints it, at rest."""
    surface = pygame.Surface(SIZE, depth=32)
    Painter(surface).paint(still(look))
    return _image(surface)


def small() -> Image.Image:
    """Every state on a screen of 128 by 64 dots, side by side."""
    sheet = Image.new("L", (7 * 132 - 4, -(-len(STATES) // 7) * 68 - 4), 60)
    for i, look in enumerate(STATES.values()):
        sheet.paste(picture(still(look), (128, 64), "1"), (i % 7 * 132, i // 7 * 68))
    return sheet


def film() -> list[Image.Image]:
    """A talk: called, listening, thinking, answering, waiting for more, at rest, then without a server."""
    surface = pygame.Surface(_FILM, depth=32)
    painter, letters = Painter(surface), Subtitles(surface, design().background)
    eyes, lift, images, start = begin(_SCENES[0][1], -5.0, _SEED), 0.0, [], 0.0
    for seconds, look in _SCENES:
        talking = look.mood.expression in ("listening", "speaking")
        letters.draw(look.subtitle, look.answer)
        foot = letters.height if look.subtitle or look.answer else 0
        for i in range(round(seconds * _FPS)):
            now = start + i / _FPS
            loud = min(1.5 * abs(math.sin(8.3 * now) * math.sin(2.9 * now)), 1.0) if talking else 0.0
            eyes = change(eyes, look.model_copy(update={"loudness": loud}), now)
            lift += 0.25 * ((0.11 if foot else 0.0) - lift)
            painter.paint(frame(eyes, now), lift, foot)
            images.append(_image(surface))
        start += seconds
    return images


def _image(surface: pygame.Surface) -> Image.Image:
    return Image.frombytes("RGB", surface.get_size(), pygame.image.tobytes(surface, "RGB"))


def write(folder: Path) -> None:
    """Write all pictures into a folder."""
    pygame.font.init()
    (folder / "eyes").mkdir(parents=True, exist_ok=True)
    for name, look in STATES.items():
        rendered(look).save(folder / "eyes" / f"{name}.png", optimize=True)
    small().save(folder / "eyes" / "small.png", optimize=True)
    first, *rest = film()
    first.save(
        folder / "eyes.webp",
        save_all=True,
        append_images=rest,
        duration=1000 // _FPS,
        loop=0,
        quality=72,
        method=4,
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
