"""How much silence ends an utterance, by what its transcript is so far."""

from hive_mind.understanding.grammar import Extent

GATES_MS = {"closed": 0, "extendable": 700, "unfinished": 1000, "open": 600}
"""By whether its grammar lets one go on."""

READING_GATE_MS = 400
"""For a complete question that changes nothing ("quelle heure est-il | à Tokyo"): answering it too early
costs a repeat, never a wrong act."""

AMENDABLE_GATE_MS = 250
"""For a complete order that can be taken back ("un minuteur de dix minutes | et demie"), where we would hear
the speaker go on: see `AMEND_S`."""

AMEND_S = 1.5
"""Speech that begins so soon after the end of an order may belong to it."""


def gate_ms(extent: Extent, *, reading: bool = False, amendable: bool = False) -> int:
    """Silence that ends an utterance, in milliseconds.

    Args:
        extent: whether its grammar lets it go on.
        reading: what it asks for changes nothing.
        amendable: what it asks for can be taken back, and the speaker is heard over our answer.
    """
    if extent != "extendable":
        return GATES_MS[extent]
    if amendable:
        return AMENDABLE_GATE_MS
    return READING_GATE_MS if reading else GATES_MS["extendable"]
