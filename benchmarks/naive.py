"""The usual voice assistant, from the same engines: wait, transcribe, answer, speak; one after the other.

A fixed gate of 0.6 s, `faster_whisper`'s own `transcribe`, regular expressions of the specification, the whole
answer of the model, the whole voice in one inference.
"""

import asyncio
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnxruntime
from faster_whisper import WhisperModel
from websockets.asyncio.client import connect

from benchmarks.timeline import Timeline
from hive_mind.commands.interpret import interpret
from hive_mind.commands.state import CommandState
from hive_mind.language.speakable import speakable
from hive_mind.protocol.messages import VoiceInput
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.tts.phonemes import phonemize
from hive_mind.speech.vad.silero import SileroVad
from hive_mind.understanding.grammar import Grammar

GATE_S = 0.6
COMMANDS = re.compile(
    r"(quelle heure|il est quelle heure|quel jour|quelle.*date|(lance|démarre|start|stop|arrête).*chrono|minuteur|timer)",
    re.IGNORECASE,
)


class WholeKokoro:
    """Kokoro as its package runs it: one session with the library's defaults, one inference for a text."""

    rate = 24_000

    def __init__(self, models: Path) -> None:
        self._session = onnxruntime.InferenceSession(
            str(models / "kokoro-82m-int8" / "model.onnx"), providers=["CPUExecutionProvider"]
        )
        self._vocabulary = json.loads((models / "kokoro-82m-int8" / "vocab.json").read_text("utf-8"))["vocab"]
        styles = np.fromfile(models / "kokoro-voices" / "ff_siwis.bin", dtype=np.float32)
        self._styles = styles.reshape(-1, 1, 256)

    def whole(self, text: str) -> Samples:
        """The text as one piece of audio, silences included."""
        ids = [self._vocabulary[p] for p in phonemize(text, "fr") if p in self._vocabulary][:500]
        inputs = {
            "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
            "style": self._styles[len(ids)],
            "speed": np.ones(1, dtype=np.float32),
        }
        (audio,) = self._session.run(None, inputs)
        return np.asarray(audio, dtype=np.float32).reshape(-1)


class NaiveLoop:
    """One question after the other.

    Args:
        models: folder of the model store.
        server: address of the server that holds the language model.
        voice: something with `rate` and `whole(text)`.
    """

    def __init__(self, models: Path, server: str, voice: WholeKokoro) -> None:
        self._stt = WhisperModel(str(models / "whisper-base"), device="cpu", compute_type="int8")
        self._vad = SileroVad()
        self._grammar = Grammar.load()
        self._server = server
        self._voice = voice

    async def ask(self, samples: Samples, speech_end_s: float) -> tuple[Timeline, dict[str, float]]:
        """Answer a question; the timeline's zero is the end of its speech. The gate is counted, not slept."""
        gate_at = self._gate_closes(samples)
        waited = gate_at / SAMPLE_RATE - speech_end_s
        begin = time.perf_counter()
        segments, _ = self._stt.transcribe(samples[:gate_at], language="fr")
        text = "".join(segment.text for segment in segments).strip()
        heard = time.perf_counter()
        answer = await self._answer(text)
        answered = time.perf_counter()
        audio = self._voice.whole(speakable(answer))
        spoken = time.perf_counter()
        timeline = Timeline()
        timeline.add(waited + spoken - begin, audio, self._voice.rate)
        stages = {"gate": waited, "stt": heard - begin, "answer": answered - heard, "voice": spoken - answered}
        return timeline, {name: 1000 * seconds for name, seconds in stages.items()}

    def _gate_closes(self, samples: Samples) -> int:
        """Position at which 0.6 s of silence have followed speech."""
        self._vad.reset()
        padded = np.concatenate([samples, np.zeros(SAMPLE_RATE, np.float32)])
        quiet, spoke = 0, False
        for first in range(0, len(padded) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            if self._vad.probability(padded[first : first + FRAME_SAMPLES]) > 0.5:
                quiet, spoke = 0, True
            else:
                quiet += FRAME_SAMPLES
            if spoke and quiet >= GATE_S * SAMPLE_RATE and first >= len(samples) - SAMPLE_RATE:
                return min(first + FRAME_SAMPLES, len(padded))
        return len(padded)

    async def _answer(self, text: str) -> str:
        match = self._grammar.match(text)
        if COMMANDS.search(text) and match is not None:
            return interpret(match, CommandState(), datetime.now(UTC).astimezone()).reply
        question = VoiceInput(
            transcription=text or "Bonjour", timestamp=datetime.now(UTC), client_id="benchmark-naive"
        )
        said = []
        async with asyncio.timeout(60), connect(self._server) as socket:
            await socket.send(question.model_dump_json(exclude_none=True))
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] == "response_chunk":
                    said.append(message["content"])
                    if message["is_final"]:
                        break
                elif message["type"] == "error":
                    raise RuntimeError(message["message"])
        return "".join(said)
