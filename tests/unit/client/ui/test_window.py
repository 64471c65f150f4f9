"""The window's process: fed, pressed, killed and closed; a real child each time, on SDL's dummy screen."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from hive_mind.client.ui.face import FaceSettings, NoFace, Press, has_screen, open_face
from hive_mind.client.ui.look import Expression, Look, Mood, Tone
from hive_mind.client.ui.window_face import NO_SCREEN, RESTARTS, WindowFace, window_command
from tests.fakes.waiting import eventually

THINKING = Look(mood=Mood(expression=Expression.THINKING, tone=Tone.VIOLET), subtitle="Où est l'été ?")

# A window that writes down its looks, and presses once for each.
RECORDER = """
import json, os, sys
path = sys.argv[1]
for line in sys.stdin:
    with open(path, "a") as file:
        file.write(json.dumps([os.getpid(), json.loads(line)]) + "\\n")
    print("a library that greets")
    print(json.dumps({"press": "down"}), flush=True)
"""


def recorder(path: Path) -> list[str]:
    return [sys.executable, "-c", RECORDER, str(path)]


def written(path: Path) -> list[tuple[int, Look]]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [(pid, Look.model_validate(look)) for pid, look in map(json.loads, lines)]


def test_a_look_arrives_and_a_press_comes_back(tmp_path: Path) -> None:
    async def test() -> None:
        face = WindowFace(recorder(tmp_path / "looks"))
        face.show(THINKING)
        assert await anext(face.presses()) is Press.DOWN
        await eventually(lambda: any(look == THINKING for _, look in written(tmp_path / "looks")))
        await face.close()

    asyncio.run(test())


def test_of_many_looks_the_newest_is_shown(tmp_path: Path) -> None:
    async def test() -> None:
        face = WindowFace(recorder(tmp_path / "looks"))
        for i in range(1001):
            face.show(Look(loudness=i / 1000))
        await eventually(lambda: any(look.loudness == 1 for _, look in written(tmp_path / "looks")))
        await face.close()
        assert len(written(tmp_path / "looks")) < 10

    asyncio.run(test())


def test_a_window_that_is_killed_comes_back_with_the_same_look(tmp_path: Path) -> None:
    async def test() -> None:
        face = WindowFace(recorder(tmp_path / "looks"), pause_s=0.01)
        face.show(THINKING)
        await eventually(lambda: bool(written(tmp_path / "looks")))
        first = written(tmp_path / "looks")[0][0]
        psutil.Process(first).kill()
        await eventually(lambda: written(tmp_path / "looks")[-1][0] != first)
        assert written(tmp_path / "looks")[-1][1] == THINKING
        await face.close()

    asyncio.run(test())


def test_a_window_that_always_dies_is_left_alone_after_a_few_times(tmp_path: Path) -> None:
    async def test() -> None:
        program = f"open({str(tmp_path / 'starts')!r}, 'a').write('x'); raise SystemExit(7)"
        face = WindowFace([sys.executable, "-c", program], pause_s=0.01)
        assert [press async for press in face.presses()] == []
        face.show(THINKING)  # to nobody, and without harm
        await face.close()
        assert (tmp_path / "starts").read_text() == "x" * (RESTARTS + 1)

    asyncio.run(test())


@pytest.mark.parametrize("code", [0, NO_SCREEN])
def test_a_window_that_was_closed_or_has_no_screen_is_not_started_again(tmp_path: Path, code: int) -> None:
    async def test() -> None:
        program = f"open({str(tmp_path / 'starts')!r}, 'a').write('x'); raise SystemExit({code})"
        face = WindowFace([sys.executable, "-c", program], pause_s=0.01)
        assert [press async for press in face.presses()] == []
        await face.close()
        await face.close()
        assert (tmp_path / "starts").read_text() == "x"

    asyncio.run(test())


def test_a_program_that_is_not_there_is_no_face_and_no_fault() -> None:
    async def test() -> None:
        face = WindowFace(["/nowhere/window"])
        assert [press async for press in face.presses()] == []
        await face.close()

    asyncio.run(test())


def test_the_real_window_draws_and_ends_with_its_stdin() -> None:
    done = subprocess.run(
        window_command(full_screen=False, subtitles=True, seed=1),
        input=f"{THINKING.model_dump_json()}\nnonsense\n{Look(loudness=1).model_dump_json()}\n",
        env={**os.environ, "SDL_VIDEODRIVER": "dummy"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "not a look" in done.stderr
    assert "été" not in done.stderr


# A window that is pressed by SDL's own events, as a mouse and a keyboard make them.
PRESSED = """
import pygame
from hive_mind.client.ui.window import Window
window = Window((320, 200), False, True, 0)
post = lambda kind, **fields: pygame.event.post(pygame.event.Event(kind, **fields))
post(pygame.KEYDOWN, key=pygame.K_SPACE)
post(pygame.KEYUP, key=pygame.K_SPACE)
post(pygame.MOUSEBUTTONDOWN, button=1, pos=(9, 9))
post(pygame.MOUSEBUTTONUP, button=1, pos=(9, 9))
post(pygame.MOUSEBUTTONDOWN, button=3, pos=(9, 9))
post(pygame.MOUSEBUTTONUP, button=3, pos=(9, 9))
post(pygame.KEYDOWN, key=pygame.K_BACKSPACE)
post(pygame.KEYUP, key=pygame.K_BACKSPACE)
post(pygame.KEYDOWN, key=pygame.K_f)
post(pygame.KEYDOWN, key=pygame.K_ESCAPE)
post(pygame.KEYDOWN, key=pygame.K_ESCAPE)
post(pygame.QUIT)
window.run()
"""


def test_mouse_and_space_are_presses_and_closing_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRESSED],
        env={**os.environ, "SDL_VIDEODRIVER": "dummy"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    talk = [{"press": "down"}, {"press": "up"}]
    assert told == [*talk, *talk, {"press": "not_for_you"}, {"press": "not_for_you"}, {"closed": True}]


def test_without_a_screen_the_real_window_says_so_with_its_exit_code() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        window_command(full_screen=False, subtitles=False, seed=0),
        env={**env, "SDL_VIDEODRIVER": "x11", "DISPLAY": ":9876"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == NO_SCREEN


def test_a_machine_without_a_screen_has_no_face() -> None:
    async def test() -> None:
        async with open_face(FaceSettings(kind="none")) as face:
            assert isinstance(face, NoFace)
            face.show(THINKING)
            assert [press async for press in face.presses()] == []
        async with open_face(FaceSettings(kind="panel", panel="no_such_panel")) as face:
            assert isinstance(face, NoFace)

    asyncio.run(test())
    assert isinstance(has_screen(), bool)
