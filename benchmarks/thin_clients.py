"""Ten clients without engines that speak within one minute, in one house.

    ./hive bench thin_clients [--clients 10] [--within 60] [--seed 1] [--llm ID] [--commands-only] [--opus]

Each client streams one spoken question in real time, at a moment drawn at random, over a real socket to a
real server with the real recogniser and voice. Times go from the end of speech in the recording to the first
audible sample of the answer as it arrives. Before that the same questions are asked one after the other, and
after it all at the same moment. With `--opus` they are only asked one after the other, each twice: by a
client that is answered in PCM and by one that is answered in Opus.
"""

import asyncio
import json
import os
import random
import tempfile
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.fakes.thin_client import ThinClient

from benchmarks.timeline import speech_end
from hive_mind.cli.server_process import ServerProcess, free_port
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir
from hive_mind.server.core.speech.opus import OpusDecoder
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, from_pcm16, silence
from hive_mind.speech.files import resample
from hive_mind.speech.playout import first_audible
from hive_mind.speech.tts.factory import make_voice

COMMANDS = (
    "Quelle heure est-il ?",
    "Mets un minuteur de dix minutes.",
    "Quel jour sommes-nous ?",
    "Lance le chronomètre.",
    "Combien font douze fois treize ?",
)
QUESTIONS = ("Quelle est la capitale de l'Italie ?", "Pourquoi le ciel est-il bleu ?")
PATIENCE_S = 60.0
PCM = ("pcm_s16le",)
OPUS = ("opus", "pcm_s16le")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and how long its answer took; None: none came."""

    client: str
    text: str
    heard: str
    ms: float | None
    bytes_per_s: float | None = None


async def ask(url: str, client: str, text: str, audio: Samples, formats: tuple[str, ...] = PCM) -> Asked:
    """Stream a question in real time and wait for the first sound of its answer, then for the rest of it."""
    end_s = speech_end(audio, SAMPLE_RATE)
    loop = asyncio.get_running_loop()
    async with ThinClient(url, client, audio_formats=formats) as page:
        begun = loop.time()
        streaming = asyncio.ensure_future(page.stream(audio, pace=True))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (at := _first_sound(page)) is None:
                    await page.receive(PATIENCE_S)
        except TimeoutError:
            at = None
        await streaming
        heard = [m["text"] for m in page.of_type("transcript")]
        if at is None:
            return Asked(client, text, heard[-1] if heard else "", None)
        while not page.of_type("speech_end"):
            await page.receive(PATIENCE_S)
        wire = sum(len(data) + (2 if len(data) < 126 else 4) for data in page.voice)
        return Asked(client, text, heard[-1], 1000 * (at - begun - end_s), wire / page.spoken().seconds)


def _first_sound(page: ThinClient) -> float | None:
    """When the first audible sample came, plus what is silent before it."""
    start = next(iter(page.of_type("speech_start")), None)
    if start is None:
        return None
    decode = OpusDecoder() if start["format"] == "opus" else from_pcm16
    due = 0.0  # what came before sounds first
    for data, at in zip(page.voice, page.voice_at, strict=True):
        samples, due = decode(data), max(due, at)
        if (index := first_audible(samples)) is not None:
            return due + index / int(start["rate"])
        due += len(samples) / start["rate"]
    return None


def percentile(values: list[float], share: float) -> float:
    """Of a few values, without interpolation beyond them."""
    return float(np.percentile(values, 100 * share))


def told(name: str, asked: list[Asked]) -> dict[str, object]:
    """Print a table; answers the figures."""
    print(f"\n{name}")
    for one in asked:
        ms = "none" if one.ms is None else f"{one.ms:6.0f} ms"
        print(f"  {one.client:10} {ms:>10}  {one.text}  [{one.heard}]")
    times = [one.ms for one in asked if one.ms is not None]
    figures: dict[str, object] = {"asked": len(asked), "answered": len(times)}
    if times:
        figures |= {
            "p50": round(percentile(times, 0.5)),
            "p95": round(percentile(times, 0.95)),
            "max": round(max(times)),
        }
    rates = [one.bytes_per_s for one in asked if one.bytes_per_s is not None]
    if rates:
        figures["voice_kB_per_s"] = round(sum(rates) / len(rates) / 1000, 1)
    print(f"  {figures}")
    return figures


async def main() -> None:
    """Measure."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--within", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--llm", default="qwen2.5-coder-0.5b")
    parser.add_argument("--commands-only", action="store_true")
    parser.add_argument("--opus", action="store_true", help="PCM beside Opus, one after the other")
    arguments = parser.parse_args()
    models = models_dir(data_dir())
    store = ModelStore(models)
    voice = make_voice(store.find, "kokoro:ff_siwis")
    texts = COMMANDS if arguments.commands_only else (*COMMANDS, *QUESTIONS)
    chosen = [texts[number % len(texts)] for number in range(arguments.clients)]
    said: dict[str, Samples] = {}
    for text in dict.fromkeys(chosen):
        sound = np.concatenate(list(voice.synthesize(text)))
        clip = resample(Clip(sound, voice.capabilities.rate), SAMPLE_RATE)
        said[text] = np.concatenate([silence(0.3), clip.samples, silence(1.5)])
    del voice
    os.environ["HIVE_MIND_LLM_MODEL"] = arguments.llm
    os.environ["HIVE_MIND_SPEECH"] = "on"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(models)
        server = ServerProcess("127.0.0.1", free_port(), Path(folder), Path(folder) / "server.log")
        url = server.url.replace("http", "ws", 1)
        url = url if url.endswith("/ws") else f"{url}/ws"
        try:
            await server.ready()
            await ask(url, "warm", chosen[0], said[chosen[0]])
            await asyncio.sleep(5.0)
            if arguments.opus:
                both: dict[str, list[Asked]] = {"pcm": [], "opus": []}
                for number, text in enumerate(chosen):
                    for name, formats in (("pcm", PCM), ("opus", OPUS))[:: 1 if number % 2 else -1]:
                        both[name].append(await ask(url, f"{name}-{number}", text, said[text], formats))
                        await asyncio.sleep(0.5)
                print(json.dumps({name: told(name, asked) for name, asked in both.items()}))
                return
            alone = [await ask(url, f"alone-{n}", text, said[text]) for n, text in enumerate(chosen)]
            moments = random.Random(arguments.seed)
            starts = [moments.uniform(0, max(0.0, arguments.within - 5)) for _ in chosen]

            async def later(number: int) -> Asked:
                await asyncio.sleep(starts[number])
                return await ask(url, f"room-{number}", chosen[number], said[chosen[number]])

            together = await asyncio.gather(*(later(number) for number in range(len(chosen))))
            at_once = await asyncio.gather(
                *(ask(url, f"crowd-{n}", text, said[text]) for n, text in enumerate(chosen))
            )
        finally:
            await server.stop()
    figures = {
        "alone": told("One after the other", alone),
        "within": told(f"Within {arguments.within:g} s", list(together)),
        "at_once": told("All at the same moment", list(at_once)),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(main())
