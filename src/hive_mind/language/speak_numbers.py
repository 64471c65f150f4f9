"""Numbers of a written text, with or without units, said in words."""

import re
from collections.abc import Callable
from functools import lru_cache

from hive_mind.language.numbers import cardinal
from hive_mind.language.roman import from_roman
from hive_mind.language.speak_dates import say_digits
from hive_mind.language.speak_forms import MONTHS, ordinal, spoken_decimal
from hive_mind.language.speech_data import SpeechData, Unit
from hive_mind.language.words import fold

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_GROUPED = r"(?<![\d.,])[1-9]\d{0,2}(?:(?: \d{3})+|(?:\.\d{3}){2,}|\.\d\d0(?![.,]\d))(?!\d)"
_INTEGER = r"\d+"
_DECIMALS = r"(?:[.,](\d+)(?![.,]?\d))?"
_ORDINAL_FORMS = {
    "er": ("premier", ""), "ers": ("premier", "s"), "re": ("première", ""), "res": ("première", "s"),
    "ère": ("première", ""), "ères": ("première", "s"), "nd": ("second", ""), "nde": ("seconde", ""),
    "nds": ("second", "s"), "ndes": ("seconde", "s"),
}  # fmt: skip
_FRACTIONS = {2: ("demi", "demis"), 3: ("tiers", "tiers"), 4: ("quart", "quarts")}
_LARGEST_FRACTION = 8


@lru_cache(maxsize=4)
def number_rules(data: SpeechData) -> tuple[_Rule, ...]:
    """Rules in the order in which they apply; after them, no digit is left."""
    money = "(€|euros?\\b|\\$|dollars?\\b|£)"
    ordinals = "|".join(
        sorted((*_ORDINAL_FORMS, "e", "es", "ème", "èmes", "eme", "emes", "ième", "ièmes"), key=len)[::-1]
    )

    def rule(pattern: str, render: Callable[[re.Match[str]], str]) -> _Rule:
        return re.compile(pattern), render

    return (
        rule(_GROUPED, lambda m: re.sub(r"\D", "", m[0])),
        rule(r"\d{16,}", lambda m: _spaced(m, " ".join(cardinal(int(digit)) for digit in m[0]))),
        rule(rf"(?<![\d.,])1(?= (?:{'|'.join(MONTHS)})\b)", lambda _: "1er"),
        rule(rf"\b(\d+) ?({ordinals})(?![\w'])", _ordinal),
        rule(r"\b([IVX]+)(e|er|ème|es)(?![\w'])", _roman_ordinal),
        rule(r"([^\W\d_]+(?:-[^\W\d_]+)?) ([IVX]+|I[er]r?)(?![\w'.]\w)(?!\w)", lambda m: _roman(m, data)),
        rule(rf"(?<![\w])([€$£]) ?({_INTEGER}(?:[.,]\d+)?)", lambda m: f"{m[2]} {m[1]}"),
        rule(
            rf"({_INTEGER})[.,](\d\d) ?{money}(?:/({data.per_pattern}))?(?!\w)",
            lambda m: _money(m[1], m[3], m[2], data) + (f" par {data.per[m[4]]}" if m[4] else ""),
        ),
        rule(rf"({_INTEGER}) ?([€$£])(\d\d)(?!\d)", lambda m: _money(m[1], m[2], m[3], data)),
        rule(rf"(millions?|milliards?) ({data.unit_pattern})(?!\w)", lambda m: _of(m, data)),
        rule(r"(?<=\d)(?:[-–]| [–—] )(?=\d)", lambda _: " à "),
        rule(r"(?<=[%°C€])[-–](?=\d)", lambda _: " à "),
        rule(r"(?<=[\d²³x)]) [-−] (?=\d)", lambda _: " moins "),
        rule(r"(?<![^\s(,:;=])[-−–](?=\d)", lambda _: "moins "),
        rule(r"(?<=\d) ?[x×*] ?(?=\d)", lambda _: " fois "),
        rule(r"(?<![\d/⁄.,])(\d{1,3})[/⁄](\d{1,3})(?![\d/⁄])", _fraction),
        rule(r" ?[/⁄] ?(?=\d)", lambda _: " sur "),
        rule(
            rf"({_INTEGER}){_DECIMALS} ?({data.unit_pattern})(?:/({data.per_pattern}))?(?![\w²³]|'\w)",
            lambda m: _measure(m, data),
        ),
        rule(
            rf"(?<![\d.,])({_INTEGER})(?:,(\d+)|\.(\d+))(?![.,]?\d)", lambda m: _decimal(m[1], m[2] or m[3])
        ),
        rule(r"(\d+)\.(?=\d)", lambda m: m[1] + " point "),
        rule(rf"({_INTEGER})(?= ([^\W\d_]+)|)", lambda m: _counted(m, data)),
        rule(r"(?<=[^\W\d_])(?=\d)", lambda _: " "),
        rule(r"\d+", lambda m: say_digits(m[0])),
    )


def _spaced(match: re.Match[str], said: str) -> str:
    """Words apart from letters that touch the number ("A4", "5G")."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return (" " if before.isalpha() else "") + said + (" " if after.isalpha() else "")


def _integer(text: str, *, feminine: bool = False) -> str:
    if len(text) > 1 and text[0] == "0":
        return say_digits(text)
    return cardinal(int(text), feminine=feminine)


def _decimal(whole: str, decimals: str) -> str:
    return spoken_decimal(whole, decimals)


def _ordinal(match: re.Match[str]) -> str:
    number, ending = int(match[1]), match[2]
    special = _ORDINAL_FORMS.get(ending)
    if special is not None and (number == 2) == special[0].startswith("second") and number in (1, 2):
        return "".join(special)
    return ordinal(number) + ("s" if ending.endswith("s") else "")


def _roman_ordinal(match: re.Match[str]) -> str:
    number, ending = from_roman(match[1]), match[2]
    if number is None or (ending == "er") != (number == 1):
        return match[0]
    return ordinal(number) + ("s" if ending == "es" else "")


def _roman(match: re.Match[str], data: SpeechData) -> str:
    name, numeral = match[1], match[2]
    known = fold(name) in data.regnal
    if numeral in ("Ier", "Ire"):
        return (
            f"{name} {'premier' if numeral == 'Ier' else 'première'}"
            if known or name[0].isupper()
            else match[0]
        )
    value = from_roman(numeral)
    if value is None or not (known or (name[0].isupper() and len(numeral) > 1)):
        return match[0]
    return f"{name} {'premier' if value == 1 and name[0].isupper() else cardinal(value)}"


def _unit(symbol: str, data: SpeechData) -> Unit | None:
    plain = {"dollar": "$", "dollars": "$", "euro": "€", "euros": "€"}.get(symbol, symbol)
    return data.units.get(plain)


def _money(whole: str, symbol: str, cents: str, data: SpeechData) -> str:
    unit = _unit(symbol, data)
    amount = int(whole)
    if unit is None:
        return f"{whole} {symbol}"
    if amount == 0 and unit is data.units["€"]:
        return f"{cardinal(int(cents))} centime{'s' if int(cents) > 1 else ''}"
    tail = "" if int(cents) == 0 else " " + cardinal(int(cents))
    return f"{cardinal(amount, feminine=unit.feminine)} {unit.after(amount)}{tail}"


def _of(match: re.Match[str], data: SpeechData) -> str:
    unit = data.units[match[2]].plural
    return f"{match[1]} {'d’' if unit[0] in 'aeiouéhy' else 'de '}{unit}".replace("’", "'")


def _fraction(match: re.Match[str]) -> str:
    top, bottom = int(match[1]), int(match[2])
    if 0 < top < bottom <= _LARGEST_FRACTION:
        one, many = _FRACTIONS.get(bottom, (ordinal(bottom), ordinal(bottom) + "s"))
        return _spaced(match, f"{cardinal(top)} {one if top == 1 else many}")
    return f"{match[1]} sur {match[2]}"


def _measure(match: re.Match[str], data: SpeechData) -> str:
    whole, decimals, symbol, per = match.groups()
    unit = data.units[symbol]
    if decimals:
        amount, said = float(f"{int(whole)}.{decimals}"), _decimal(whole, decimals)
    else:
        amount, said = float(int(whole)), _integer(whole, feminine=unit.feminine)
    rate = f" par {data.per[per]}" if per else ""
    return _spaced(match, f"{said} {unit.after(amount)}{rate}")


def _counted(match: re.Match[str], data: SpeechData) -> str:
    noun = match[2]
    feminine = bool(noun) and match[1][-1] == "1" and data.is_feminine(noun)
    return _spaced(match, _integer(match[1], feminine=feminine))
