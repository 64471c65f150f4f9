"""A model that becomes another while the house runs, and a prompt that tells of the house."""

import pytest

from hive_mind.server.core.llm.changing import ChangingModel
from hive_mind.server.core.llm.engine import ChatMessage
from hive_mind.server.core.llm.prompt import static_persona
from tests.fakes.scripted_llm import ScriptedModel

pytestmark = pytest.mark.anyio

CHAT = [ChatMessage("user", "Bonjour")]


class Watched(ScriptedModel):
    """Notes when it starts and stops, in a list that several share."""

    def __init__(self, name: str, log: list[str]) -> None:
        super().__init__({"Bonjour": (name,)})
        self.name = name
        self.log = log

    async def start(self) -> None:
        self.log.append(f"{self.name} starts")

    async def stop(self) -> None:
        self.log.append(f"{self.name} stops")


async def test_the_old_one_ends_before_the_new_one_loads() -> None:
    log: list[str] = []
    old, new = Watched("old", log), Watched("new", log)
    model = ChangingModel(old)
    await model.start()
    model.keep_ready(CHAT)
    assert [piece async for piece in model.generate(CHAT)] == ["old"]
    await model.become(lambda: new)
    assert log == ["old starts", "old stops", "new starts"]
    assert [piece async for piece in model.generate(CHAT)] == ["new"]
    assert new.kept == CHAT
    await model.stop()
    assert log[-1] == "new stops"


def test_what_the_house_says_of_itself_ends_the_first_message() -> None:
    """So that the examples after it, and all else, keep their places."""
    plain = static_persona("Alison")
    told = static_persona("Alison", ["On habite à Belfort.", "Le {chat} dort"])
    assert told[0].content.startswith(plain[0].content)
    assert told[0].content.endswith("la maison : On habite à Belfort. Le {chat} dort.")
    assert told[1:] == plain[1:]
