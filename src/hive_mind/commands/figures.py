"""What is worked out: sums and conversions. Computed, never generated."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import capital, reply
from hive_mind.commands.state import CommandState
from hive_mind.errors import UnderstandingError
from hive_mind.language.messages import error_message
from hive_mind.understanding.sums import evaluate
from hive_mind.understanding.units import Unit, convert, unit

_Slots = Mapping[str, object]
_DECIMALS = 4
_LARGEST = 10**15
_PRECISION = 6


def calculate(state: CommandState, _now: datetime, slots: _Slots) -> Outcome:
    """The result of `sum`."""
    said = str(slots.get("sum") or "")
    try:
        result = evaluate(said)
        if result is None:
            return Outcome(reply("sum_unknown"), state)
        text = number_text(result)
    except UnderstandingError as error:
        return Outcome(error_message(error.code), state)
    return Outcome(reply("sum", sum=capital(said), result=text), state)


def convert_units(state: CommandState, _now: datetime, slots: _Slots) -> Outcome:
    """`from` (`value`, `unit`) in the unit `to`."""
    quantity, target = slots.get("from"), slots.get("to")
    if not isinstance(quantity, Mapping) or not isinstance(target, str):
        return Outcome(reply("convert_what"), state)
    try:
        value, source, wanted = float(quantity["value"]), unit(str(quantity["unit"])), unit(target)
        result = convert(value, source, wanted)
        said = number_text(Fraction(_rounded(result)))
        given = number_text(Fraction(str(value)))
    except UnderstandingError as error:
        return Outcome(error_message(error.code), state)
    many = abs(value) >= 2
    key = "converted" if many else "converted_one"
    answer = reply(key, given=f"{given} {_named(source, value)}", result=f"{said} {_named(wanted, result)}")
    return Outcome(capital(answer), state)


def number_text(value: Fraction) -> str:
    """Write a number as the voice reads it: "156", "environ 3,3333", "-0,5".

    Raises:
        UnderstandingError: code NUMBER_TOO_LARGE: it has more than 15 digits.
    """
    if abs(value) >= _LARGEST:
        raise UnderstandingError("The result is too large to say.", code="NUMBER_TOO_LARGE")
    if value.denominator == 1:
        return str(value.numerator)
    digits = _DECIMALS
    while round(abs(value), digits) == 0 and digits < 12:
        digits += 2
    rounded = round(value, digits)
    text = f"{float(rounded):.{digits}f}".rstrip("0").rstrip(".").replace(".", ",")
    return text if rounded == value else reply("about", number=text)


def _rounded(value: float) -> str:
    """To six significant digits: "0.1 + 0.2" is 0.3."""
    if abs(value) >= 10**_PRECISION:
        return str(round(value))
    exact = f"{value:.{_PRECISION}g}"
    return exact if abs(value) < 1 else str(round(float(exact), _DECIMALS))


def _named(measured: Unit, value: float) -> str:
    return measured.many if abs(value) >= 2 else measured.one
