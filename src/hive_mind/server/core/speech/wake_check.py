"""A wake word that a client without a recogniser heard: the server says whether it was said."""

import asyncio

import numpy as np

from hive_mind.errors import Cancelled, ModelError, ProtocolError, SpeechError
from hive_mind.protocol.messages import AudioStart, WakePhrase, WakeVerdict
from hive_mind.server.core.speech.hearing import STALLED_S
from hive_mind.server.core.speech.house_speech import HouseSpeech
from hive_mind.server.core.speech.incoming import IncomingAudio
from hive_mind.server.core.speech.listener import Listener
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import ScoresPhrases
from hive_mind.speech.wake_word.verifier import best_fit

MOST_SAMPLES = 5 * SAMPLE_RATE // 2
"""Of a wake word with a little around it."""


class WakeCheck:
    """See above. Run it in a task of its own; cancel that to drop it. Its audio is kept until it is told.

    Args:
        start: what the client announced.
        phrase: of it.
        speech: engines and threads.
        client_id: whose turn it is in them.
        listener: told the verdict.

    Raises:
        SpeechError: AUDIO_UNSUPPORTED.
    """

    def __init__(
        self, start: AudioStart, phrase: WakePhrase, speech: HouseSpeech, client_id: str, listener: Listener
    ) -> None:
        self.utterance_id = start.utterance_id
        self._phrase = phrase
        self._speech = speech
        self._client_id = client_id
        self._listener = listener
        self._incoming = IncomingAudio(start)
        self._heard: list[Samples] = []
        self._whole = asyncio.Event()

    def feed(self, data: bytes) -> None:
        """A piece of audio.

        Raises:
            ProtocolError: INVALID_AUDIO, FRAME_TOO_LARGE or AUDIO_TOO_LONG.
        """
        self._heard += self._incoming.take(data)
        if sum(map(len, self._heard)) > MOST_SAMPLES:
            raise ProtocolError("A wake word lasts 2.5 s at most.", code="AUDIO_TOO_LONG")

    def end(self) -> None:
        """The audio is complete."""
        self._whole.set()

    async def run(self) -> None:
        """Wait for the audio, compare it with the phrase, and tell."""
        try:
            async with asyncio.timeout(STALLED_S):
                await self._whole.wait()
            accepted = await self._compare()
        except TimeoutError:
            return
        except (ModelError, SpeechError, Cancelled) as error:
            self._listener.on_deaf(self.utterance_id, error)
            return
        self._listener.send(WakeVerdict(accepted=accepted, utterance_id=self.utterance_id, reason="phrase"))

    async def _compare(self) -> bool:
        stt = (await self._speech.engines()).stt
        if not isinstance(stt, ScoresPhrases):
            raise SpeechError("This recogniser compares no phrases.", code="AUDIO_UNSUPPORTED")
        samples = np.concatenate(self._heard) if self._heard else np.zeros(1, dtype=np.float32)
        seat = self._speech.recogniser.seat(self._client_id)
        texts = self._phrase.texts
        scores = await seat.run(lambda token: stt.phrase_scores(samples, texts, cancel=token))
        return best_fit(scores, self._phrase.handicaps[: len(texts)]) >= self._phrase.floor
