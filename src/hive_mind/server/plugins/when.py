"""How a time that somebody named is named back."""

from datetime import datetime

from hive_mind.language.moments import Moment
from hive_mind.language.spoken import moment_text
from hive_mind.server.plugins.phrases import as_said


def when_text(words: str, text: str, moment: Moment, now: datetime) -> str:
    """A point in time as we say it ("demain à 15h"); a stretch as it was said ("ce week-end").

    Args:
        words: that the moment was read from.
        text: the utterance that they stood in.
        moment: what they mean.
        now: aware.
    """
    if moment.end is None and moment.grain in ("second", "minute", "hour", "day"):
        return moment_text(moment, now)
    said = as_said(words, text)
    return said[:1].lower() + said[1:]
