"""The recogniser of a machine that has none: a satellite, whose server hears for it."""

from collections.abc import Sequence

from hive_mind.errors import SpeechError
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import SttCapabilities, Transcript


class AbsentStt:
    """A `SpeechToText` that recognises nothing."""

    capabilities = SttCapabilities("none", (), 0.0, biasing=False)

    def transcribe(
        self, samples: Samples, *, vocabulary: Sequence[str] = (), cancel: CancelToken | None = None
    ) -> Transcript:
        """Refuse.

        Raises:
            SpeechError: ENGINE_MISSING, always.
        """
        del samples, vocabulary, cancel
        raise SpeechError("This client recognises no speech: its server does.", code="ENGINE_MISSING")
