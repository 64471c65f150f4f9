"""The second look at a wake word, by the server: for a client without a recogniser."""

from hive_mind.client.core.websocket import ServerLink
from hive_mind.errors import LinkError
from hive_mind.protocol.limits import LEAST_FLOOR
from hive_mind.protocol.messages import WakePhrase, WakeVerdict
from hive_mind.speech.audio import Samples
from hive_mind.speech.engines import Wake
from hive_mind.speech.wake_word.trigger import log_odds
from hive_mind.speech.wake_word.unverified import UnverifiedWakeWords

PATIENCE_S = 1.0
"""A server that takes longer is not waited for: the detector decides alone."""


class RemoteVerdict:
    """A `Verify`. Without a server, or one that cannot tell, only what the detector is sure of counts.

    Args:
        link: to the server.
        detector: that heard the word.
    """

    def __init__(self, link: ServerLink, detector: UnverifiedWakeWords) -> None:
        self._link = link
        self._detector = detector

    async def __call__(self, wake: Wake, samples: Samples) -> bool:
        """Whether it was the word."""
        phrase = self._detector.phrase(wake.word)
        if phrase is None:
            return True
        floor = max(LEAST_FLOOR, min(0.0, phrase.floor - phrase.bonus(log_odds(wake.score))))
        wanted = WakePhrase(texts=phrase.spellings, floor=floor, handicaps=phrase.handicaps)
        try:
            with self._link.exchange() as exchange:
                exchange.show(self._detector.sound(wake, samples), wanted)
                news = await exchange.receive(PATIENCE_S)
        except LinkError:
            return self._detector.sure(wake)
        return news.accepted if isinstance(news, WakeVerdict) else self._detector.sure(wake)
