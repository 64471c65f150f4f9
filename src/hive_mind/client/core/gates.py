"""How much silence ends an utterance, by what its transcript is so far."""

from hive_mind.client.core.dialogue import Plan

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


def gate_ms(plan: Plan, *, hears_more: bool) -> int:
    """Silence that ends an utterance which asks for this.

    Args:
        plan: what was understood.
        hears_more: the speaker is heard over our answer, so that too early an answer can be amended.
    """
    if plan.extent != "extendable":
        return GATES_MS[plan.extent]
    if hears_more and plan.amendable:
        return AMENDABLE_GATE_MS
    return READING_GATE_MS if plan.reading else GATES_MS["extendable"]
