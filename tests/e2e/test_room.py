"""A family and its device: a real client process over devices of air, a real server, real models.

The microphone does not hear the speaker here (test_echo.py and test_self_wake.py have that): beside the tests
the two do not stay side by side. One client for all, in the order of the file; the last one takes the server.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.air import HAS_PULSEAUDIO, open_air
from tests.fakes.room import Household, Room, wait_until_quiet
from tests.fakes.word_errors import word_error_rate

pytestmark = [pytest.mark.models, pytest.mark.audio]

FILLER_WORDS = 4
"""What a slow machine says before an answer is heard as so many words at most: "J'aurais flesché"."""


@pytest.fixture(scope="module")
def room(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    if not HAS_PULSEAUDIO:
        pytest.skip("PulseAudio is not installed")
    data = tmp_path_factory.mktemp("room")
    (data / "models").symlink_to(models_dir)
    with pytest.MonkeyPatch.context() as patch, open_air(data) as air:
        patch.setenv("HIVE_MIND_LLM_MODEL", "qwen2.5-coder-0.5b")
        room = Room(air, data, Household(models_dir))
        try:
            room.start_server()
            room.start_client()
            yield room
        finally:
            room.stop()


def answered(room: Room, heard: str, most: float = 0.35) -> str:
    """The last answer, which is what was heard from the speaker, perhaps after "Je réfléchis."."""
    _, answer = room.turns[-1]
    words = heard.split()
    errors = min(word_error_rate(answer, " ".join(words[begin:])) for begin in range(FILLER_WORDS + 1))
    assert errors <= most, (answer, heard)
    return answer


def test_a_command_in_one_breath_with_its_name(room: Room) -> None:
    before = len(room.turns)
    heard = room.ask("Quel jour on est ?", call=True)
    assert answered(room, heard).startswith("Nous sommes "), room.turns
    assert len(room.turns) == before + 1


def test_an_open_question_and_what_follows_it_without_its_name(room: Room) -> None:
    heard = room.ask("Quelle est la capitale de l'Italie ?", call=True)
    assert answered(room, heard).startswith("La capitale de l'Italie est ")  # the small model errs
    before = len(room.turns)
    heard = room.ask("Et celle de l'Espagne ?", call=False)
    assert len(room.turns) == before + 1, room.turns
    answered(room, heard)


def test_what_is_said_without_its_name_is_not_for_it(room: Room) -> None:
    time.sleep(4.5)  # nobody is listened to any more after the last answer
    before = len(room.turns)
    with room.air.recording() as heard:
        room.say("Quelle heure est-il ?")
        time.sleep(2.5)
        assert heard.last_loud() is None
    assert len(room.turns) == before


def test_a_timer_rings_until_stop(room: Room) -> None:
    heard = room.ask("Mets un minuteur de dix secondes.", call=True)
    set_at = time.monotonic()
    assert answered(room, heard, most=0.6) == "Minuteur de 10 secondes lancé."
    with room.air.recording() as ringing:
        ringing.wait_until_loud(15)
        assert time.monotonic() - set_at < 12
        wait_until_quiet(ringing)
        assert "minuteur" in room.transcribe(ringing).lower()
    room.ask("Stop !", call=False, again_s=6.0)  # said again, as one does, while it rings on
    timers = json.loads((room.data / "client" / "time.json").read_text("utf-8"))
    assert not timers["timers"], timers


def test_it_stays_useful_without_its_server_and_says_what_is_the_matter(room: Room) -> None:
    room.kill_server()
    room.wait_for("Server: degraded.", within=5)
    assert answered(room, room.ask("Quel jour on est ?", call=True)).startswith("Nous sommes ")
    away = room.ask("Quelle est la capitale de l'Espagne ?", call=True)
    assert "serveur ne répond pas" in away
    again = room.ask("Quelle est la capitale de la Suède ?", call=True)
    assert "serveur" in again and "ne répond pas" not in again, "said once"
    connected = room.told("Server: connected.")
    room.start_server()
    room.wait_for("Server: connected.", connected + 1, within=35)
    with room.air.recording() as back:
        back.wait_until_loud(15)
        wait_until_quiet(back)
        assert "de retour" in room.transcribe(back)
