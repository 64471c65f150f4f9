"""An order that was acted upon before the speaker was done: what is left to do when it goes on. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from hive_mind.commands.interpret import READ_ONLY
from hive_mind.understanding.grammar import Match

AMENDABLE = frozenset({"start_timer", "set_alarm", "adjust_timer"}) | READ_ONLY
"""Intents that can be taken back and done otherwise when the speaker goes on after all."""


def is_amendable(orders: Sequence[Match]) -> bool:
    """Whether all of these can be taken back and done otherwise."""
    return all(order.intent in AMENDABLE for order in orders)


def left_to_do(before: Sequence[Match], whole: Sequence[Match]) -> tuple[Match, ...] | None:
    """What is left to do when an utterance that was acted upon too early turns out to go on.

    Args:
        before: what was done.
        whole: what the whole utterance asks for.

    Returns:
        The orders of the whole without what is done, and with what is to be taken back; None when it is no
        continuation of what was done.
    """
    if not whole or len(whole) < len(before):
        return None
    orders: list[Match] = []
    for old, new in zip(before, whole, strict=False):
        if (old.intent, old.slots) == (new.intent, new.slots):
            continue
        if old.intent != new.intent:
            return None
        orders.append(new if old.intent in READ_ONLY else replace(new, replaces=old))
    return (*orders, *whole[len(before) :])
