"""How much stricter a word's threshold becomes by false wakes, without losing calls. Pure."""

from collections.abc import Sequence

import numpy as np

MARGIN = 0.1
"""Above the score of a false wake, in log odds."""

MOST_LOST = 0.02
"""Part of the true wakes that may be lost."""

ENOUGH = 10
"""True wakes that must be known before much is changed."""

MOST, MOST_UNPROVEN = 2.5, 0.6
"""The greatest change in log odds; and that with too few true wakes to see what would be lost."""


def stricter(threshold: float, false: Sequence[float], true: Sequence[float]) -> float:
    """By how much to raise a threshold, in log odds; 0 where nothing can be gained without losing calls.

    Args:
        threshold: in log odds.
        false: the highest log odds of each false wake.
        true: of each wake that was meant.
    """
    if len(true) >= ENOUGH:
        ordered = np.sort(true)
        most = min(MOST, float(ordered[int(MOST_LOST * len(ordered))]) - threshold)
    else:
        most = min(MOST_UNPROVEN, min(true, default=threshold + MOST) - threshold)
    wanted = sorted(score + MARGIN - threshold for score in false if score >= threshold)
    within = [rise for rise in wanted if rise <= most]
    return max(within, default=0.0)
