"""Questions, drafts, barge-in, commands, failures."""

import asyncio
import gc
import io
import json
import logging
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from hive_mind.errors import LlmError
from hive_mind.server.logs import set_up_logs
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient, answer_in
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
ITALY = "Quelle est la capitale de l'Italie ?"
ROME = "La capitale de l'Italie est Rome."


async def test_a_command_is_answered_without_the_model(running: Running, model: ScriptedModel) -> None:
    async with TextClient(running.ws) as client:
        answer, end = await client.ask("Quelle heure est-il ?")
        assert answer.startswith("Il est ")
        assert (end["route"], end["intent"]) == ("command", "get_time")
    assert model.chats == []


async def test_a_turn_that_is_over_leaves_nothing_to_the_garbage_collector(running: Running) -> None:
    """Which holds everybody up: a tenth of a second with five hundred clients."""
    async with TextClient(running.ws) as client:
        for _ in range(2):
            await client.ask("Quelle heure est-il ?")
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                await client.ask("Quelle heure est-il ?")
            assert gc.collect() < 20
        finally:
            gc.enable()


async def test_a_timer_rings_on_a_client_of_the_specification(running: Running) -> None:
    async with TextClient(running.ws, hello=False) as client:
        answer, _ = await client.ask("Mets un minuteur d'une seconde")
        assert "seconde" in answer
        ring = await client.until("response_chunk", wait=5)
        assert ring["is_final"] and "terminé" in ring["content"]


async def test_a_timer_outlives_the_server_and_rings_when_the_client_is_back(
    tmp_path: Path, model: ScriptedModel
) -> None:
    async with running_server(tmp_path, model) as first, TextClient(first.ws) as client:
        await client.ask("Mets un minuteur d'une seconde")
    await asyncio.sleep(1)
    async with running_server(tmp_path, model) as second, TextClient(second.ws) as client:
        assert (await client.until("announce", wait=5))["kind"] == "timer"


async def test_a_new_question_interrupts_the_answer(running: Running, model: ScriptedModel) -> None:
    model.answers["Raconte"] = ("Il était", " une fois", " un roi.")
    model.stop_after = 1
    async with TextClient(running.ws) as client:
        await client.say("Raconte")
        old = (await client.until("response_chunk"))["turn_id"]
        model.stop_after = None
        await client.say(ITALY)
        assert (await client.until("turn_end"))["outcome"] == "interrupted"
        end = await client.until("turn_end")
        assert end["outcome"] == "completed"
        assert answer_in(client.log, end["turn_id"]) == ROME
        assert answer_in(client.log, old) == "Il était"
    assert model.aborted == 1
    said = [(e.role, e.text, e.complete) for e in running.house.context.tail]
    assert said[:2] == [("user", "Raconte", True), ("assistant", "Il était", False)]


async def test_interrupt_keeps_what_was_heard(running: Running, model: ScriptedModel) -> None:
    model.stop_after = 2
    async with TextClient(running.ws) as client:
        await client.say(ITALY)
        await client.until("response_chunk", chunk_index=1)
        await client.send("interrupt", spoken="La capitale")
        end = await client.until("turn_end")
        assert end["outcome"] == "interrupted"
        assert running.house.context.tail[-1].text == "La capitale"


async def test_of_an_answer_cut_while_it_was_spoken_the_heard_part_is_kept(
    tmp_path: Path, model: ScriptedModel
) -> None:
    async with running_server(tmp_path, model) as running, TextClient(running.ws) as client:
        _, end = await client.ask(ITALY)
        await client.send("interrupt", turn_id=end["turn_id"], spoken="La capitale")
        await client.ask("Chantons")
        await eventually(lambda: [e.text for e in running.house.context.tail][1] == "La capitale")
        _, end = await client.ask("Encore")
        await client.send("interrupt", turn_id=end["turn_id"], spoken="")
        await eventually(lambda: len(running.house.context.tail) == 5)
    async with running_server(tmp_path, model) as running:
        said = [e.text for e in running.house.context.tail]
        assert sorted(said) == sorted([ITALY, "La capitale", "Chantons", "Tu as dit : Chantons.", "Encore"])


async def test_a_draft_confirmed(running: Running, model: ScriptedModel) -> None:
    async with TextClient(running.ws) as client:
        await client.say(ITALY, utterance_id="u1", speculative=True)
        turn_id = (await client.until("response_chunk", is_final=True))["turn_id"]
        assert list(running.house.context.tail) == []
        await client.say(ITALY, utterance_id="u1")
        end = await client.until("turn_end")
        assert (end["turn_id"], end["utterance_id"], end["outcome"]) == (turn_id, "u1", "completed")
        assert [e.text for e in running.house.context.tail] == [ITALY, ROME]
    assert model.questions == [ITALY]


async def test_a_draft_replaced(running: Running, model: ScriptedModel) -> None:
    async with TextClient(running.ws) as client:
        await client.say("Quelle est la capitale ?", utterance_id="u1", speculative=True)
        dropped = (await client.until("response_chunk"))["turn_id"]
        answer, end = await client.ask(ITALY, utterance_id="u1")
        assert (answer, end["utterance_id"]) == (ROME, "u1")
        assert end["turn_id"] != dropped
        assert [e.text for e in running.house.context.tail] == [ITALY, ROME]
        assert not [m for m in client.log if m["type"] == "turn_end" and m["turn_id"] == dropped]


async def test_a_draft_dropped(running: Running, model: ScriptedModel) -> None:
    model.stop_after = 1
    async with TextClient(running.ws) as client:
        await client.say("Chantons ensemble", utterance_id="u1", speculative=True)
        await client.until("response_chunk")
        await client.send("interrupt", utterance_id="u1")
        model.stop_after = None
        await client.ask("Chantons", utterance_id="u2")
    assert model.aborted == 1
    assert [e.text for e in running.house.context.tail] == ["Chantons", "Tu as dit : Chantons."]


async def test_a_draft_that_nobody_confirms_dies(tmp_path: Path, model: ScriptedModel) -> None:
    model.stop_after = 1
    async with running_server(tmp_path, model, draft_s=0.1) as running, TextClient(running.ws) as client:
        await client.say(ITALY, utterance_id="u1", speculative=True)
        await eventually(lambda: [t.outcome for t in running.house.traces.newest_first()] == ["dropped"])
        assert list(running.house.context.tail) == []
        model.stop_after = None
        await client.say(ITALY, utterance_id="u1")
        end = await client.until("turn_end")
        assert answer_in(client.log, end["turn_id"]) == ROME


async def test_a_draft_does_nothing_until_it_is_confirmed(running: Running) -> None:
    async with TextClient(running.ws) as client:
        await client.say("Mets un minuteur de dix minutes", utterance_id="u1", speculative=True)
        await client.send("interrupt", utterance_id="u1")
        answer, _ = await client.ask("Annule le minuteur", utterance_id="u2")
        assert "aucun" in answer.lower() or "pas de minuteur" in answer.lower()


async def test_hold_pauses_and_go_goes_on_from_there(running: Running, model: ScriptedModel) -> None:
    model.stop_after = 1
    question, answer = "Chantons ensemble", "Au clair de la lune"
    model.answers[question] = ("Au clair", " de la lune")
    async with TextClient(running.ws) as client:
        await client.say(question)
        turn_id = (await client.until("response_chunk"))["turn_id"]
        await client.send("flow", turn_id=turn_id, state="hold")
        await eventually(lambda: model.aborted > 0)
        model.stop_after = None
        await client.send("flow", turn_id=turn_id, state="go")
        await client.until("turn_end")
        assert answer_in(client.log) == answer
    assert model.begun_with == ["", "Au clair"]


async def test_an_answer_opens_with_what_the_question_is_about(
    running: Running, model: ScriptedModel
) -> None:
    model.stop_after = 0
    async with TextClient(running.ws) as client:
        await client.say(ITALY)
        first = await client.until("response_chunk")
        assert first["content"] == "La capitale de l'Italie "  # before the model has said a word
        model.release.set()
        await client.until("turn_end")
        assert answer_in(client.log) == ROME
    assert model.begun_with == ["La capitale de l'Italie"]


async def test_a_model_that_cannot_go_on_begins_by_itself(running: Running, model: ScriptedModel) -> None:
    model.capabilities = replace(model.capabilities, continues=False)
    async with TextClient(running.ws) as client:
        assert (await client.ask(ITALY))[0] == ROME
    assert model.begun_with == [""]


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ((" est bleu.",), "Le ciel est bleu."),
        ((", le soir,", " est rouge."), "Le ciel, le soir, est rouge."),
        (("est", " bleu."), "Le ciel est bleu."),
    ],
)
async def test_the_model_goes_on_from_the_opening(
    running: Running, model: ScriptedModel, pieces: tuple[str, ...], answer: str
) -> None:
    question = "Pourquoi le ciel est bleu ?"
    model.answers[question] = pieces
    async with TextClient(running.ws) as client:
        assert (await client.ask(question))[0] == answer
    assert model.begun_with == ["Le ciel"]


async def test_the_wake_word_warms_the_model(running: Running, model: ScriptedModel) -> None:
    async with TextClient(running.ws) as client:
        await client.ask(ITALY)
        before = len(model.prepared)
        await client.send("wake_detected", word="hey alison", score=0.9, loudness=-30)
        await client.ask("Chantons")
        assert [m.content for m in model.prepared[before]][-3:] == [ITALY, ROME, ""]


async def test_playout_closes_the_latency_measure(running: Running) -> None:
    async with TextClient(running.ws) as client:
        _, end = await client.ask(ITALY)
        await client.send("playout", turn_id=end["turn_id"], state="started", since_question_ms=950)
        await client.ask("Chantons")
    trace = running.house.traces.find(end["turn_id"])
    assert trace is not None
    assert (trace.playout_ms, trace.heard, trace.answer, trace.rung) == (950, ITALY, ROME, "llm")


@pytest.mark.parametrize(("after", "kept"), [(0, False), (2, True)])
async def test_a_model_that_fails_is_admitted(
    running: Running, model: ScriptedModel, after: int, kept: bool
) -> None:
    model.stop_after, model.error = after, LlmError("it broke", code="LLM_TIMEOUT")
    async with TextClient(running.ws) as client:
        model.answers["Chantons"] = ("Chantons", " ensemble", " demain.")
        answer, end = await client.ask("Chantons")
        error = next(m for m in client.log if m["type"] == "error")
        assert (error["code"], error["recoverable"], end["outcome"]) == ("LLM_TIMEOUT", True, "failed")
        assert answer == ("Chantons ensemble" if kept else error["message"])
        model.error = model.stop_after = None
        assert (await client.ask(ITALY))[0] == ROME


async def test_a_model_that_fails_behind_an_opening_is_admitted_too(
    running: Running, model: ScriptedModel
) -> None:
    model.stop_after, model.error = 0, LlmError("it broke", code="LLM_TIMEOUT")
    async with TextClient(running.ws) as client:
        answer, end = await client.ask(ITALY)
        error = next(m for m in client.log if m["type"] == "error")
    assert (answer, end["outcome"]) == (f"La capitale de l'Italie … {error['message']}", "failed")


async def test_without_a_model_commands_work_and_the_rest_is_refused(tmp_path: Path) -> None:
    async with running_server(tmp_path) as running, TextClient(running.ws) as client:
        assert (await client.ask("Quelle heure est-il ?"))[1]["outcome"] == "completed"
        assert (await client.ask(ITALY))[1]["outcome"] == "failed"
        assert client.log[-3]["code"] == "LLM_UNAVAILABLE"


async def test_nothing_that_is_said_is_in_the_log(tmp_path: Path, model: ScriptedModel) -> None:
    model.answers["Mon secret est abricot."] = ("Compris : ", "pamplemousse.")
    out = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers, root.level)
    try:
        with redirect_stdout(out):
            set_up_logs("info", "json")
            async with running_server(tmp_path, model) as running, TextClient(running.ws) as client:
                await client.ask("Mon secret est abricot.")
                model.error, model.stop_after = LlmError("it broke"), 1
                await client.ask("Mon secret est abricot.")
                await client.ws.send('{"abricot": ')
                await client.until("error")
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
    logged = out.getvalue()
    events = [json.loads(line)["event"] for line in logged.splitlines()]
    assert {"listening", "turn", "turn failed", "message refused", "stopping"} <= set(events)
    assert "abricot" not in logged and "pamplemousse" not in logged
