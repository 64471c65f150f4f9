"""The same spoken questions through the page and through a room's client: end of speech to first sound.

    ./hive bench page_latency [--rounds 2] [--moving] [--llm qwen2.5-coder-0.5b]

One server; the two take turns. The page runs in Chromium on the same processor, with its own echo and noise
suppression, and a microphone that plays a file; its times are read off one recording of what it heard and
what it played. The room's client is `benchmarks.voice_loop`'s. With `--moving` the eyes move, drawn by the
same processor as everything else; without, they rest, as for somebody who wants no motion.
"""

import asyncio
import base64
import json
import os
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np
from tests.fakes.browser import open_browser, visit

from benchmarks.questions import Question, synthesised
from benchmarks.timeline import speech_end
from benchmarks.voice_loop import RecordingSink, Room, ask_ours, forget_timers
from hive_mind.cli.server_process import ServerProcess, free_port
from hive_mind.client.app import open_client
from hive_mind.client.config import load_config
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import load_engines
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.speech.audio import SAMPLE_RATE, Clip, from_pcm16, silence
from hive_mind.speech.files import write_wav
from hive_mind.speech.playout import first_audible
from hive_mind.speech.tts.factory import make_voice

PATIENCE_MS = 60_000
VOICE = "kokoro:ff_siwis"
SETTLE_S = 2.0
IDLE_S = 1.5
LEAD_S = 0.7

# Left: what the microphone gives; right: what goes to the loudspeaker. One clock for both.
_TWO_EARS = """
(() => {
  window.pieces = [];
  const connect = AudioNode.prototype.connect;
  const open = AudioContext.prototype.createMediaStreamSource;
  const ears = (context) => (context.ears ??= (() => {
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    connect.call(merger, out);
    const [track] = out.stream.getAudioTracks();
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 4000 }).readable.getReader();
    const take = ({ value, done }) => {
      if (done) return;
      const both = [0, 1].map((planeIndex) => {
        const piece = new Float32Array(value.numberOfFrames);
        value.copyTo(piece, { planeIndex, format: "f32-planar" });
        return piece;
      });
      window.rate = value.sampleRate;
      pieces.push(both);
      value.close();
      reader.read().then(take);
    };
    reader.read().then(take);
    return merger;
  })());
  AudioContext.prototype.createMediaStreamSource = function (stream) {
    const source = open.call(this, stream);
    connect.call(source, ears(this), 0, 0);
    return source;
  };
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) connect.call(this, ears(this.context), 0, 1);
    return connect.call(this, to, ...rest);
  };
})();
"""

_HEARD = """
(ear) => {
  const all = new Int16Array(pieces.reduce((sum, both) => sum + both[ear].length, 0));
  let at = 0;
  for (const both of pieces) {
    for (const sample of both[ear]) all[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
  }
  const bytes = new Uint8Array(all.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
"""


# Where the time went, as the server knows it: from the beginning of each stage to its end.
_STAGES = """
async () => {
  const [turn] = await (await fetch("/api/turns?limit=1")).json();
  const { bars } = await (await fetch(`/api/turns/${turn.turn_id}`)).json();
  return Object.fromEntries(bars.map((bar) => [bar.stage, bar.ms]));
}
"""


async def ask_page(address: str, question: Question, folder: Path, *, moving: bool) -> dict[str, Any]:
    """One question through the page, in real time."""
    wav = folder / "question.wav"
    write_wav(wav, Clip(np.concatenate([silence(LEAD_S), question.samples, silence(60)]), SAMPLE_RATE))
    async with (
        open_browser(wav) as browser,
        visit(browser, "about:blank", reduced_motion="no-preference" if moving else "reduce") as visitor,
    ):
        page = visitor.page
        await page.add_init_script(_TWO_EARS)
        await page.goto(address)
        await page.locator("#link-state[data-state=connected]").wait_for()
        await asyncio.sleep(SETTLE_S)
        await page.locator(".big").click()
        await page.locator(".talk[data-mood=speaking]").wait_for(timeout=PATIENCE_MS)
        await page.locator(".talk[data-mood=idle]").wait_for(timeout=PATIENCE_MS)
        rate = await page.evaluate("rate")
        heard, played = [from_pcm16(base64.b64decode(await page.evaluate(_HEARD, ear))) for ear in (0, 1)]
        transcript = await page.locator(".asked p").last.text_content()
        stages = await page.evaluate(_STAGES)
    start = first_audible(played)
    if start is None:
        raise RuntimeError("The page played nothing.")
    end = speech_end(heard[:start], rate)
    return {"start": start / rate - end, "transcript": transcript, "stages": stages}


def told(stages: dict[str, float]) -> str:
    """The stages in order of their ends."""
    return ", ".join(f"{stage} {ms:.0f}" for stage, ms in stages.items())


def summary(seconds: list[float]) -> dict[str, float]:
    """p50 and p95 in seconds."""
    return {
        "n": len(seconds),
        "p50": round(float(np.percentile(seconds, 50)), 3),
        "p95": round(float(np.percentile(seconds, 95)), 3),
    }


async def run(options: Namespace) -> dict[str, Any]:
    store = models_dir(data_dir(options.data))
    page: list[float] = []
    room: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        voices = {VOICE: make_voice(ModelStore(store).find, VOICE)}
        questions = list(synthesised("command", options.count, voices)) * options.rounds
        (data / "models").symlink_to(store)
        os.environ["HIVE_MIND_LLM_MODEL"] = options.llm
        os.environ["HIVE_MIND_SPEECH"] = "on"
        server = ServerProcess("127.0.0.1", free_port(), data)
        try:
            await server.ready()
            address = server.url.replace("ws", "http", 1).removesuffix("/ws")
            config = load_config(data=data, server=server.url)
            engines = await asyncio.to_thread(load_engines, config)
            clock = SystemClock()
            sink = RecordingSink(engines.voice.capabilities.rate, clock)
            ears = Room(clock)
            turns: asyncio.Queue[TurnRecord] = asyncio.Queue(8)
            taking = TurnTaking(barge_in="words", answer_silence=True)
            async with open_client(
                config, engines, sink, clock=clock, taking=taking, on_turn=turns.put_nowait
            ) as client:
                await client.link.first_contact()
                listening = asyncio.ensure_future(client.loop.run(ears))
                await asyncio.sleep(options.warm_up)
                for question in questions:
                    through_page = await ask_page(address, question, data, moving=options.moving)
                    await asyncio.sleep(IDLE_S)
                    through_room = await ask_ours(ears, turns, sink, question)
                    await forget_timers(client)
                    page.append(through_page["start"])
                    room.append(through_room["start"])
                    print(
                        f"page {page[-1]:.2f} s « {through_page['transcript']} »"
                        f"  room {room[-1]:.2f} s « {through_room['transcript']} »"
                        f"  page: {told(through_page['stages'])}"
                    )
                listening.cancel()
        finally:
            await server.stop()
    return {"page": summary(page), "room": summary(room)}


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=5, help="questions in a round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--moving", action="store_true", help="the page's eyes move")
    parser.add_argument("--llm", default="qwen2.5-coder-0.5b", help="language model, by catalogue id")
    parser.add_argument("--data", type=Path, default=None, help="data folder that holds the models")
    parser.add_argument("--warm-up", type=float, default=10.0, help="seconds of idling before it begins")
    told = asyncio.run(run(parser.parse_args()))
    ratio = told["page"]["p50"] / told["room"]["p50"]
    for name, seconds in told.items():
        print(f"{name:5} n {seconds['n']:.0f}  p50 {seconds['p50']} s  p95 {seconds['p95']} s")
    print(f"page / room (p50) {ratio:.2f}")
    print(json.dumps(told | {"ratio": round(ratio, 3)}))


if __name__ == "__main__":
    main()
