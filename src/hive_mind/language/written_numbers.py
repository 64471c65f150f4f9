"""Numbers as they are written with powers and the letters of a thousand: "12,3e+14", "2,5^-1", "10G"."""

import re

_SCALES = {"k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9}
_SPECIAL = re.compile(
    r"(?<![\w.,/^])(?P<minus>[-−] ?)?\+?"
    r"(?P<number>\d{1,3}(?:[. ]\d{3})+(?:,\d+)?|\d{1,40}(?:[.,]\d{1,40})?|[.,]\d{1,40})"
    r"(?:[eE](?P<exponent>[-+]?\d{1,2})|\^(?P<power>[-+]?\d{1,3})|(?P<scale>[kKMG])"
    r"| +(?P<top>\d)/(?P<bottom>\d+))?(?![\w^/]|[.,]\d)"
)
_LARGEST = 1e300


def written_number(text: str) -> float | None:
    """The first number of a text that only writing has: with a power, "10G", ",5", "2 1/4"."""
    for match in _SPECIAL.finditer(text):
        number = match["number"]
        special = any(match[part] for part in ("exponent", "power", "scale", "top"))
        if not special and number[0].isdigit():
            continue
        value = _plain(number)
        if match["exponent"]:
            value = min(value * 10.0 ** int(match["exponent"]), _LARGEST)
        if match["power"]:
            value = _power(value, int(match["power"]))
        if match["scale"]:
            value *= _SCALES[match["scale"]]
        if match["top"] and int(match["bottom"]):
            value += int(match["top"]) / int(match["bottom"])
        return -value if match["minus"] else value
    return None


def _plain(number: str) -> float:
    """The value of "1.200.000", "6.700,54", ",08" or "0.5"."""
    if "," in number:
        return float(number.replace(".", "").replace(" ", "").replace(",", "."))
    groups = number.split(".")
    whole = len(groups) > 2 or " " in number or (len(groups) == 2 and len(groups[1]) == 3 and groups[0] != "")
    return float(number.replace(".", "").replace(" ", "")) if whole else float(number)


def _power(value: float, power: int) -> float:
    try:
        return min(value**power, _LARGEST)
    except (OverflowError, ZeroDivisionError):
        return _LARGEST
