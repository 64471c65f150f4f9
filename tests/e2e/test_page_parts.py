"""The page in a browser, with no voice: its arithmetic, and what it makes of a server that lies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from hive_mind.client.ui.expressions import design
from hive_mind.client.ui.eyes import begin, change, frame, still
from hive_mind.client.ui.look import Expression, Look, Mood, Tone
from hive_mind.client.ui.shapes import Shape, outline
from hive_mind.protocol.messages import AudioStart
from hive_mind.server.core.speech.incoming import IncomingAudio
from hive_mind.server.core.speech.opus import OpusEncoder
from hive_mind.speech.audio import silence
from tests.fakes.browser import (
    CHROMIUM,
    NO_CHROMIUM,
    PATIENCE_MS,
    ScriptedSocket,
    Visit,
    open_browser,
    scripted_socket,
    visit,
)
from tests.fakes.running_server import running_server

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


class Home(NamedTuple):
    """What the tests share."""

    address: str
    browser: Browser


@pytest.fixture(scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    folder: Path = tmp_path_factory.mktemp("house")
    async with running_server(folder, speech="off") as server, open_browser() as browser:
        yield Home(server.address, browser)


@pytest.fixture(scope="module")
async def page(home: Home) -> AsyncIterator[Page]:
    async with visit(home.browser, home.address) as visitor:
        yield visitor.page


def _numbers(shape: Shape) -> list[float]:
    return [*shape.eye, *shape.colour]


def _raw(look: Look) -> dict[str, Any]:
    mood = look.mood
    return {
        "expression": mood.expression,
        "tone": mood.tone,
        "loudness": look.loudness,
        "night": look.night,
        "brightness": look.brightness,
    }


def _alike(ours: list[list[float]], theirs: list[list[float]]) -> None:
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a[:-3] == pytest.approx(b[:-3], abs=1e-9)
        assert a[-3:] == pytest.approx(b[-3:], abs=1)  # halves are rounded differently


async def test_both_renderers_have_the_same_eyes_at_any_time(page: Page) -> None:
    """Through every expression, mid-transition too: same shapes, same colours."""
    looks = [
        Look(mood=Mood(expression=expression, tone=tone), loudness=0.4 * (i % 3), night=i % 4 == 3)
        for i, (expression, tone) in enumerate((e, t) for e in Expression for t in Tone)
    ]
    times = [0.0, 0.11, 0.35, 0.9]
    eyes, ours, now = begin(looks[0], 100.0, 7), [], 100.0
    for look in looks:
        eyes = change(eyes, look, now)
        ours += [[_numbers(shape) for shape in frame(eyes, now + after)] for after in times]
        now += 1.37
    theirs = await page.evaluate(
        """async ([looks, times]) => {
            const { begin, changed, frame, numbers, readDesign } = await import("/web/talk/eyes.js");
            const design = readDesign(await (await fetch("/web/data/eyes.json")).json());
            const frames = [];
            let now = 100;
            let eyes = begin(design, looks[0], now, 7);
            for (const look of looks) {
                eyes = changed(design, eyes, look, now);
                for (const after of times) frames.push(frame(design, eyes, now + after).map(numbers));
                now += 1.37;
            }
            return frames;
        }""",
        [[_raw(look) for look in looks], times],
    )
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        _alike(a, b)


async def test_both_renderers_draw_the_same_outlines(page: Page) -> None:
    kit = design()
    looks = [Look(mood=Mood(expression=expression), loudness=0.5) for expression in Expression]
    ours = [[outline(shape.eye, kit.lid_radius, kit.thinnest) for shape in still(look)] for look in looks]
    theirs = await page.evaluate(
        """async (looks) => {
            const { readDesign, still } = await import("/web/talk/eyes.js");
            const { outline } = await import("/web/talk/shapes.js");
            const design = readDesign(await (await fetch("/web/data/eyes.json")).json());
            const line = ({ eye }) => outline(eye, design.lid_radius, design.thinnest);
            return looks.map((look) => still(design, look).map(line));
        }""",
        [_raw(look) for look in looks],
    )
    for mine, other in zip(ours, theirs, strict=True):
        for a, b in zip(mine, other, strict=True):
            assert np.allclose(a, b, atol=1e-9)


@pytest.mark.parametrize(("rate", "to"), [(48000, 16000), (44100, 16000), (24000, 48000), (24000, 44100)])
async def test_resampling_in_pieces_keeps_a_tone_and_adds_nothing(page: Page, rate: int, to: int) -> None:
    told = await page.evaluate(
        """async ([rate, to]) => {
            const { Resampler } = await import("/web/talk/resampler.js");
            const resampler = new Resampler(rate, to);
            const out = [];
            for (let at = 0; at < rate; at += 128) {
                const tone = (_, i) => 0.5 * Math.sin(2 * Math.PI * 1000 * (at + i) / rate);
                out.push(...resampler.push(Float32Array.from({ length: 128 }, tone)));
            }
            return out;
        }""",
        [rate, to],
    )
    heard = np.array(told)[to // 10 : to // 10 + to // 2]
    assert len(told) == pytest.approx(to, rel=0.02)
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    peak = int(np.argmax(spectrum))
    assert peak * to / len(heard) == pytest.approx(1000, abs=3)
    spectrum[peak - 4 : peak + 5] = 0
    assert 20 * np.log10(spectrum.max() / np.abs(np.fft.rfft(heard * np.hanning(len(heard)))).max()) < -50


async def test_what_cannot_be_heard_at_the_lower_rate_is_gone(page: Page) -> None:
    power = await page.evaluate(
        """async () => {
            const { Resampler } = await import("/web/talk/resampler.js");
            const tone = (_, i) => Math.sin(2 * Math.PI * 11000 * i / 48000);
            const out = new Resampler(48000, 16000).push(Float32Array.from({ length: 48000 }, tone));
            return out.slice(1000).reduce((sum, s) => sum + s * s, 0) / (out.length - 1000);
        }"""
    )
    assert 10 * np.log10(power / 0.5) < -45


async def test_pieces_of_a_voice_are_played_without_a_gap_and_one_voice_after_the_other(page: Page) -> None:
    told = await page.evaluate(
        """async () => {
            const { VoiceQueue } = await import("/web/talk/voice_queue.js");
            const events = [];
            const queue = new VoiceQueue(8000, (event) => events.push(event));
            const played = [];
            const block = new Float32Array(128);
            const play = (blocks) => {
                for (let i = 0; i < blocks; i += 1) {
                    queue.fill(block);
                    played.push(...block);
                }
            };
            queue.start("a", 8000);
            play(2);
            for (let i = 0; i < 5; i += 1) queue.add(Float32Array.from({ length: 301 }, () => 0.25));
            queue.end();
            queue.start("b", 8000);
            queue.add(Float32Array.from({ length: 600 }, () => 0.5));
            queue.end();
            play(40);
            return { played, events, starved: queue.starved };
        }"""
    )
    sounding = np.flatnonzero(np.array(told["played"]))
    assert sounding[0] == 256
    assert len(sounding) == 5 * 301 + 600 == sounding[-1] - sounding[0] + 1
    assert told["starved"] == 0
    assert told["events"] == [
        {"started": "a"},
        {"finished": "a", "cut": False},
        {"started": "b"},
        {"finished": "b", "cut": False},
    ]


async def test_a_voice_that_is_cut_fades_within_some_milliseconds(page: Page) -> None:
    told = await page.evaluate(
        """async () => {
            const { VoiceQueue } = await import("/web/talk/voice_queue.js");
            const events = [];
            const queue = new VoiceQueue(8000, (event) => events.push(event));
            const played = [];
            const block = new Float32Array(128);
            queue.start("a", 8000);
            queue.add(new Float32Array(8000).fill(0.5));
            queue.fill(block);
            queue.clear();
            queue.add(new Float32Array(8000).fill(0.5));
            for (let i = 0; i < 8; i += 1) { queue.fill(block); played.push(...block); }
            return { played, events };
        }"""
    )
    played = np.array(told["played"])
    assert np.all(played[np.arange(len(played)) > 0.015 * 8000] == 0)
    assert np.abs(np.diff(played, prepend=0.5)).max() < 0.02  # no click
    assert told["events"][-1] == {"finished": "a", "cut": True}


_OPUS = """
async (host) => {
  const { VoiceWire } = await import("/web/talk/voice_wire.js");
  const sent = [];
  const link = {
    formats: ["opus", "pcm_s16le"],
    send: (message) => sent.push(message),
    sendAudio: (packet) => sent.push([...new Uint8Array(packet)]),
  };
  const wire = new VoiceWire(link, host);
  const { makesOpus } = await import("/web/talk/opus.js");
  await makesOpus();
  wire.start("u", {});
  for (let at = 0; at < 16000; at += 512) {
    const tone = (_, i) => 16000 * Math.sin(2 * Math.PI * 440 * (at + i) / 16000);
    wire.send(Int16Array.from({ length: 512 }, tone).buffer);
  }
  await wire.end("u");
  wire.start("dropped", {});
  wire.send(new Int16Array(512).buffer);
  wire.drop();
  await wire.end("dropped");
  return sent;
}
"""


async def test_a_voice_travels_as_opus_and_the_server_reads_it(page: Page) -> None:
    start, *packets, end, dropped = (m for m in await page.evaluate(_OPUS, "hive.local:8443") if m)
    assert (start["format"], end["type"], dropped["utterance_id"]) == ("opus", "audio_end", "dropped")
    audio = IncomingAudio(AudioStart(utterance_id="u", format="opus", rate=16000))
    heard = np.concatenate([frame for packet in packets for frame in audio.take(bytes(packet))])
    assert sum(map(len, packets)) < 32000 / 6
    assert len(heard) == pytest.approx(16000, abs=1200)
    spectrum = np.abs(np.fft.rfft(heard[4000:12000] * np.hanning(8000)))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=4)
    assert np.sqrt(np.mean(heard[4000:12000] ** 2)) == pytest.approx(0.488 / np.sqrt(2), rel=0.1)


async def test_on_the_servers_own_machine_a_voice_travels_as_it_is(page: Page) -> None:
    start, *pieces, end, _, _ = await page.evaluate(_OPUS, "127.0.0.1:8000")
    assert (start["format"], end["type"]) == ("pcm_s16le", "audio_end")
    assert sum(map(len, pieces)) == 2 * 32 * 512


_UNPACKED = """
async ([first, second]) => {
  const { IncomingVoice, playsOpus } = await import("/web/talk/incoming_voice.js");
  const told = [];
  const voice = new IncomingVoice({
    start: (id, rate) => told.push(["start", id, rate]),
    add: (samples) => told.push(["add", ...samples]),
    end: () => told.push(["end"]),
    clear: () => told.push(["clear"]),
  });
  const give = (packets) => packets.forEach((packet) => voice.add(Uint8Array.from(packet).buffer));
  voice.start("a", 48000, "opus");
  give(first);
  voice.end();
  voice.start("b", 48000, "opus");  // begins before the end of the first is decoded
  give(second);
  voice.end();
  voice.start("c", 24000, "pcm_s16le");
  voice.add(new Int16Array(4).buffer);
  voice.end();
  while (told.filter(([kind]) => kind === "end").length < 3) await new Promise((go) => setTimeout(go, 5));
  const heard = told.splice(0);
  voice.start("d", 48000, "opus");
  give(first);
  voice.clear();
  await new Promise((go) => setTimeout(go, 50));
  const plays = [await playsOpus("hive.local"), await playsOpus("localhost")];
  return { heard, after: told.map(([kind]) => kind), plays };
}
"""


async def test_our_voice_comes_as_opus_whole_and_in_order(page: Page) -> None:
    rate = 22_050
    tones = [
        (0.4 * np.sin(2 * np.pi * f * np.arange(rate // 2) / rate)).astype(np.float32) for f in (440, 660)
    ]
    packets = []
    for tone in tones:
        encoder = OpusEncoder(rate)
        pieces = [*encoder(tone[:3000]), *encoder(tone[3000:]), *encoder(silence(0), last=True)]
        packets.append([list(piece) for piece in pieces])
    told = await page.evaluate(_UNPACKED, packets)
    names = [entry[0] for entry in told["heard"] if entry[0] != "add"]
    assert names == ["start", "end"] * 3
    voices: list[list[float]] = []
    for kind, *rest in told["heard"]:
        if kind == "start":
            voices.append([])
        elif kind == "add":
            voices[-1] += rest
    for heard, pitch in zip(voices, (440, 660), strict=False):
        assert len(heard) == pytest.approx(24_000, abs=1500)
        spectrum = np.abs(np.fft.rfft(np.array(heard[4800:19_200]) * np.hanning(14_400)))
        assert np.argmax(spectrum) * 48_000 / 14_400 == pytest.approx(pitch, abs=4)
    assert voices[2] == [0.0] * 4
    assert (told["after"], told["plays"]) == (["start", "clear"], [True, False])


_SCENES = {
    # level of the room and of the voice in dBFS; whether the voice is noticed
    "a quiet room": (-70, -35, True),
    "a fan": (-45, -28, True),
    "far from the microphone": (-72, -55, True),
    "nobody": (-60, -60, False),
}


@pytest.mark.parametrize("scene", _SCENES)
async def test_speech_is_noticed_at_once_and_noise_is_not(page: Page, scene: str) -> None:
    room, voice, noticed = _SCENES[scene]
    rng = np.random.default_rng(3)
    quiet = room + rng.normal(0, 1.5, 250)  # 8 s
    speech = voice + rng.normal(0, 5, 60)
    levels = np.concatenate([quiet, speech, quiet])
    events = await page.evaluate(
        """async (levels) => {
            const { Vad } = await import("/web/talk/vad.js");
            const vad = new Vad();
            return levels.map((db, i) => [i, vad.feed(db)]).filter(([, event]) => event);
        }""",
        levels.tolist(),
    )
    if not noticed:
        assert events == []
        return
    (begun, begin_), (ended, end_) = events
    assert (begin_, end_) == ("begin", "end")
    assert 250 <= begun <= 260
    assert 310 <= ended <= 310 + 60


async def test_a_room_that_grows_loud_is_speech_for_some_seconds_only(page: Page) -> None:
    levels = [*[-65.0] * 200, *[-48.0] * 1500]
    events = await page.evaluate(
        """async (levels) => {
            const { Vad } = await import("/web/talk/vad.js");
            const vad = new Vad();
            return levels.map((db, i) => [i, vad.feed(db)]).filter(([, event]) => event);
        }""",
        levels,
    )
    assert [event for _, event in events][:2] == ["begin", "end"]
    assert len(events) <= 2


@asynccontextmanager
async def lied_to(home: Home, **settings: Any) -> AsyncIterator[tuple[Visit, ScriptedSocket]]:
    async with visit(home.browser, "about:blank", **settings) as visitor:
        page = visitor.page
        server = await scripted_socket(page)
        await page.goto(home.address)
        await expect(page.locator("#link-state")).to_have_attribute(
            "data-state", "connected", timeout=PATIENCE_MS
        )
        yield visitor, server
        assert visitor.faults == []
        assert await visitor.violations() == []


HOSTILE = {
    "markup": "<img src=x onerror='document.title=1'><script>document.title=1</script><b>Gras</b>",
    "endless": "x" * 100_000,
    "no spaces": "Donaudampfschifffahrtsgesellschaftskapitän" * 60,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 500,
    "right to left": "\u202eمرحبا بالعالم \u2066abc\u2069 " * 40,
    "towers": "Z" + "\u0351\u036b\u0343" * 300,
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_what_a_server_says_is_text_and_the_page_stays_whole(home: Home, kind: str) -> None:
    text = HOSTILE[kind]
    async with lied_to(home) as (visitor, server):
        page = visitor.page
        server.say(type="announce", text=text, kind="reminder")
        server.say(type="response_chunk", content=text, is_final=False, chunk_index=0, turn_id="t")
        server.say(type="error", code="X", message=text, recoverable=True)
        server.say(type="response_chunk", content="Voilà.", is_final=True, chunk_index=0, turn_id="t2")
        await expect(page.locator(".told").last).to_contain_text("Voilà.", timeout=PATIENCE_MS)
        shown = await page.locator(".told p").first.text_content()
        assert shown == (text if len(text) <= 4000 else text[:4000] + "…")
        assert await page.locator(".log img, .log script, .log b").count() == 0
        assert await page.title() != "1"
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        assert await page.evaluate("document.scrollingElement.scrollHeight <= innerHeight + 1")
        await expect(page.locator(".big")).to_be_in_viewport(ratio=1)


async def test_what_the_house_forgets_is_gone_from_an_open_page(home: Home) -> None:
    async with lied_to(home) as (visitor, server):
        page = visitor.page
        await page.get_by_role("button", name="Écrire").click()
        shown = page.locator(".entry")
        for turn, words in enumerate(("Mon code est 4711.", "Il pleut ?", "Et demain ?")):
            await page.get_by_role("textbox").fill(words)
            await page.keyboard.press("Enter")
            await expect(page.locator(".asked").last).to_have_text(f"Toi :{words}", timeout=PATIENCE_MS)
            asked = [m for m in server.heard if m["type"] == "voice_input"][turn]
            reply = {"turn_id": f"t{turn}", "utterance_id": asked["utterance_id"]}
            server.say(type="response_chunk", content=f"Bien, {turn}.", is_final=True, chunk_index=0, **reply)
            server.say(type="turn_end", outcome="completed", route="llm", intent="none", **reply)
            await expect(page.locator(".told").last).to_contain_text(f"Bien, {turn}.")
        server.say(type="forgotten", scope="turn", forgotten_turn="t0")
        await expect(shown).to_have_count(4)
        assert "4711" not in await page.content()
        assert "Bien, 0." not in await page.locator(".log").inner_text()
        server.say(type="forgotten", scope="day", day="2001-01-01")
        server.say(type="forgotten", scope="nonsense")
        server.say(type="forgotten", scope="turn")
        server.say(type="announce", text="À table !", kind="info", turn_id="a-1")
        await expect(shown).to_have_count(5)
        server.say(type="forgotten", scope="all")
        await expect(shown).to_have_count(0)


async def test_the_bar_bears_the_assistants_name_whatever_it_is(home: Home) -> None:
    async with lied_to(home) as (visitor, server):
        page = visitor.page
        server.say(
            type="settings", version=3, persona="Alison", night="00:00-23:59", wake_words={"jarvis": 0.5}
        )
        await expect(page.locator("#name")).to_have_text("Alison", timeout=PATIENCE_MS)
        await expect(page).to_have_title("Parler · Alison")
        told = next(m for m in server.heard if m["type"] == "settings_state")
        assert (told["version"], told["night"]) == (3, "00:00-23:59")
        assert told["refused"] == {"wake_words": "SETTING_NOT_HERE"}
        for name in (HOSTILE["endless"], HOSTILE["markup"], HOSTILE["right to left"]):
            server.say(type="settings", version=4, persona=name)
            await expect(page.locator("#name")).to_have_text(name)
            assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
            await expect(page.locator("#theme")).to_be_in_viewport(ratio=1)


async def test_night_is_told_by_the_clock(page: Page) -> None:
    told = await page.evaluate(
        """async () => {
            const { isNight } = await import("/web/obeying.js");
            const at = (hour, minute) => new Date(2026, 10, 26, hour, minute);
            const [late, nap] = ["22:00-07:00", "13:00-14:30"];
            return [
                ...[at(22, 0), at(3, 30), at(7, 0)].map((moment) => isNight(late, moment)),
                ...[at(14, 29), at(14, 30)].map((moment) => isNight(nap, moment)),
                isNight(null, at(3, 0)),
            ];
        }"""
    )
    assert told == [True, True, False, True, False, False]


async def test_garbage_on_the_wire_is_left_alone(home: Home) -> None:
    async with lied_to(home) as (visitor, server):
        for frame in ("", "null", "[]", "7", "{", '{"type": 5}', '{"type": "transcript"}', b"", b"\x00\x01"):
            server.send(frame)
        server.send('{"type": "speech_start", "rate": -5}')
        server.send('{"type": "response_chunk", "content": {"a": 1}, "turn_id": ["t"], "is_final": "yes"}')
        server.say(type="response_chunk", content="Voilà.", is_final=True, chunk_index=0, turn_id="t2")
        await expect(visitor.page.locator(".told").last).to_contain_text("Voilà.", timeout=PATIENCE_MS)


async def test_without_https_it_says_why_there_is_no_microphone_and_what_to_do(home: Home) -> None:
    async with lied_to(home) as (visitor, _):
        page = visitor.page
        await page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
        await page.locator(".big").click()
        notice = page.get_by_role("alert")
        await expect(notice).to_contain_text("https")
        await expect(notice).to_contain_text("localhost")
        await expect(page.get_by_role("textbox")).to_be_visible()


async def test_a_question_is_asked_with_the_keyboard_alone(home: Home) -> None:
    async with lied_to(home, viewport={"width": 1280, "height": 800}) as (visitor, server):
        page = visitor.page
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.name === 'question'"):
                break
        await page.keyboard.type("Quelle heure est-il ?")
        await page.keyboard.press("Enter")
        await expect(page.locator(".talk")).to_have_attribute("data-mood", "thinking")
        asked = next(m for m in server.heard if m["type"] == "voice_input")
        assert asked["transcription"] == "Quelle heure est-il ?"
        reply = {"turn_id": "t", "utterance_id": asked["utterance_id"]}
        server.say(type="response_chunk", content="Midi.", is_final=True, chunk_index=0, **reply)
        server.say(type="turn_end", outcome="completed", route="command", intent="get_time", **reply)
        await expect(page.locator(".talk")).to_have_attribute("data-mood", "idle")
        await expect(page.locator("#announcer")).to_have_text("Midi.")  # told to a screen reader, whole


async def test_a_server_that_died_in_the_middle_of_an_answer_is_asked_again_under_the_same_name(
    home: Home,
) -> None:
    async with lied_to(home, viewport={"width": 1280, "height": 800}) as (visitor, server):
        page = visitor.page

        async def asked(times: int) -> list[dict[str, Any]]:
            while len(said := [m for m in server.heard if m["type"] == "voice_input"]) < times:
                await page.wait_for_timeout(20)
            return said

        await page.get_by_role("textbox").fill("Raconte une histoire.")
        await page.keyboard.press("Enter")
        (first,) = await asked(1)
        reply = {"utterance_id": first["utterance_id"], "is_final": False, "chunk_index": 0}
        server.say(type="response_chunk", content="Il était", turn_id="a", **reply)
        await expect(page.locator(".log")).to_contain_text("Il était")
        await server.leave()
        again = (await asked(2))[1]
        assert (again["utterance_id"], again["transcription"]) == (
            first["utterance_id"],
            first["transcription"],
        )
        server.say(type="response_chunk", content="Il était une fois.", turn_id="b", **reply)
        await expect(page.locator(".told")).to_have_count(1)
        await expect(page.locator(".told")).to_contain_text("Il était une fois.")


async def test_a_question_that_cannot_be_sent_is_not_lost(home: Home) -> None:
    async with visit(home.browser, home.address) as visitor:
        page = visitor.page
        await expect(page.locator("#link-state")).to_have_attribute("data-state", "connected")
        other = await page.context.new_page()
        await other.goto(home.address)
        await expect(page.locator("#link-state")).to_have_attribute("data-state", "replaced")
        await page.locator(".keys").click()
        await page.get_by_role("textbox").fill("Quelle heure est-il ?")
        await page.keyboard.press("Enter")
        await expect(page.locator(".status")).to_contain_text("autre onglet")
        await expect(page.get_by_role("textbox")).to_have_value("Quelle heure est-il ?")
        await expect(page.locator(".log li")).to_have_count(0)
        await expect(page.locator(".big")).to_have_attribute("data-does", "talk")


@pytest.mark.parametrize("width", [320, 390])
async def test_a_small_screen_holds_everything(home: Home, width: int) -> None:
    async with visit(home.browser, home.address, viewport={"width": width, "height": 568}) as visitor:
        page = visitor.page
        for view in ("house/rooms", "quality", "talk"):  # the styles of one do not reach another
            await page.evaluate(f"location.hash = '{view}'")
            await page.locator(".room, .charts, .talk").first.wait_for()
        await page.locator(".keys").click()
        await page.get_by_role("textbox").fill("Quelle heure est-il ?")
        await page.keyboard.press("Enter")
        await expect(page.locator(".asked")).to_contain_text("heure")
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        quotes = await page.evaluate("getComputedStyle(document.querySelector('.asked'), '::before').content")
        assert quotes == "none"
        await page.evaluate("location.hash = 'house/rooms'")
        await page.locator(".room").first.wait_for()
        assert await page.evaluate("document.documentElement.scrollWidth") == width


async def test_once_seen_the_page_opens_without_the_server_and_says_so(home: Home) -> None:
    async with visit(home.browser, home.address, service_workers="allow") as visitor:
        page = visitor.page
        await page.evaluate(
            """async () => {
                const pause = () => new Promise((done) => setTimeout(done, 50));
                const kept = () => navigator.serviceWorker.controller && document.body.dataset.kept;
                while (!kept()) await pause();
            }"""
        )
        await page.context.set_offline(True)
        await page.reload()
        await expect(page.locator(".status")).to_contain_text("Le serveur ne répond pas", timeout=PATIENCE_MS)
        await expect(page.locator(".talk")).to_have_attribute("data-mood", "idle")


async def test_whoever_wants_no_motion_sees_none(home: Home) -> None:
    async with lied_to(home, reduced_motion="reduce") as (visitor, _):
        picture = visitor.page.locator("canvas")
        await visitor.page.wait_for_timeout(1200)
        first = await picture.screenshot()
        await visitor.page.wait_for_timeout(1200)
        assert await picture.screenshot() == first
