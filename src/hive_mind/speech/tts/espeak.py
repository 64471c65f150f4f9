"""The espeak-ng voice: robotic, instant, always there."""

from collections.abc import Iterator

from hive_mind.errors import Cancelled
from hive_mind.speech.audio import Samples, from_pcm16
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TtsCapabilities
from hive_mind.speech.tts.phonemes import espeak_library, has_letters
from hive_mind.speech.tts.trim import trim


class EspeakVoice:
    """Formant synthesis: a clause in about a millisecond, on any machine.

    Args:
        language: espeak-ng's name of the voice; "fr" is French of France.
        words_per_minute: how fast it speaks, 80 to 450.

    Raises:
        SpeechError: VOICE_UNAVAILABLE without the library, VOICE_UNKNOWN when it has no such voice.
    """

    def __init__(self, language: str = "fr", words_per_minute: int = 175) -> None:
        self._language = language
        self._words_per_minute = words_per_minute
        self._library = espeak_library()
        self._library.phonemes("", language)
        self.capabilities = TtsCapabilities(
            name=f"espeak:{language}",
            language=language.partition("-")[0],
            rate=self._library.rate,
            streaming=False,
        )

    def synthesize(
        self, text: str, *, speed: float = 1.0, cancel: CancelToken | None = None
    ) -> Iterator[Samples]:
        """Yield the clause whole: it is ready before a first piece would be worth its copy."""
        token = cancel or CancelToken()
        token.raise_if_cancelled()
        if not has_letters(text):
            return
        audio = bytearray()

        def take(piece: bytes) -> bool:
            audio.extend(piece)
            return not token.cancelled

        words_per_minute = min(450, max(80, round(speed * self._words_per_minute)))
        self._library.speak(text, self._language, words_per_minute, take)
        if token.cancelled:
            raise Cancelled("The synthesis was cancelled.")
        yield trim(from_pcm16(bytes(audio)), self.capabilities.rate)
