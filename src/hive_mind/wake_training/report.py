"""The report of a training: one HTML page with a picture, in French, that needs nothing from elsewhere."""

import html
from collections.abc import Mapping, Sequence
from datetime import date

from hive_mind.speech.wake_word.card import WakeWordCard
from hive_mind.wake_training.evaluation import Evaluation, Point, Rate
from hive_mind.wake_training.texts import words_of_report

GOOD_MISSED, FAIR_MISSED, FAIR_NEAR = 10.0, 20.0, 10.0
"""Percentages of misses next to the microphone and of near misses that wake, up to which a word will do."""

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 300, 56, 44, 14
MOST_X, MOST_Y = 20.0, 40.0
"""False wakes an hour and percentage of misses where the picture ends."""

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "td,th{padding:.25rem .8rem;border-bottom:1px solid #ddd;text-align:left}"
    "td.n{text-align:right}svg text{font:12px system-ui,sans-serif}small{color:#666}"
)


def report(phrase: str, card: WakeWordCard, found: Evaluation, counts: Mapping[str, int], today: date) -> str:
    """The page.

    Args:
        phrase: how the word is said.
        card: with its thresholds.
        found: how good it is.
        counts: takes by group.
        today: when it was made.
    """
    say = words_of_report()
    title = html.escape(say["title"].format(phrase=phrase))
    rows = [
        _row(f"{say['missed']}, {say[room]}", found.missed_alone[room], found.missed[room])
        for room in found.missed
    ]
    false = say["false"].format(hours=f"{found.hours:.2f}".replace(".", ","))
    rows += [
        _row(say["near"], found.near_alone, found.near),
        f"<tr><td>{false}</td><td class=n>{found.false_alone}</td><td class=n>{found.false_wakes}</td></tr>",
    ]
    if found.fired:
        fired = html.escape(", ".join(dict.fromkeys(found.fired)))
        rows.append(f"<tr><td>{say['fired']}</td><td colspan=2>{fired}</td></tr>")
    set_at = {
        say["threshold"]: f"{card.threshold:g}",
        say["loose_threshold"]: f"{card.loose_threshold:g}",
        say["verify_at"]: f"{card.verify_at:g}",
        say["lag_ms"]: f"{card.lag_ms} ms",
        say["spellings"]: ", ".join(card.all_spellings),
        say["takes"]: str(sum(counts.values())),
    }
    settings = "".join(
        f"<tr><td>{name}</td><td>{html.escape(value)}</td></tr>" for name, value in set_at.items()
    )
    return (
        f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p><b>{say[verdict(found)]}</b></p><p>{say['made'].format(date=today.isoformat())}</p>"
        f"<table><tr><th></th><th>{say['alone']}</th><th>{say['verified']}</th></tr>{''.join(rows)}</table>"
        f"<h2>{say['curve']}</h2>{picture(found)}"
        f"<h2>{say['thresholds']}</h2><table>{settings}</table><p><small>{say['note']}</small></p></html>\n"
    )


def verdict(found: Evaluation) -> str:
    """In one word: "good", "fair" or "poor"."""
    missed, near = found.missed["clean"].percent, found.near.percent
    if missed <= GOOD_MISSED and near <= FAIR_NEAR / 2 and found.false_wakes <= max(1.0, found.hours):
        return "good"
    return "fair" if missed <= FAIR_MISSED and near <= FAIR_NEAR else "poor"


def picture(found: Evaluation) -> str:
    """Misses against false wakes an hour, as SVG: the first stage alone, and both."""
    say = words_of_report()
    wide, high = WIDTH - LEFT - 10, HEIGHT - BOTTOM - TOP
    lines = [f'<rect x="{LEFT}" y="{TOP}" width="{wide}" height="{high}" fill="none" stroke="#bbb"/>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _place(share * MOST_X, share * MOST_Y)
        lines.append(_text(x, HEIGHT - BOTTOM + 16, f"{share * MOST_X:g}"))
        lines.append(_text(LEFT - 6, y + 4, f"{share * MOST_Y:g}", 'text-anchor="end"'))
    lines.append(_text((WIDTH + LEFT) / 2, HEIGHT - 6, say["x"]))
    turned = f'text-anchor="middle" transform="rotate(-90 14 {HEIGHT // 2})"'
    lines.append(_text(14, HEIGHT / 2, say["y"], turned))
    curves = (("alone", "#b5651d", found.curve), ("verified", "#1b6ca8", found.verified_curve))
    for place, (name, colour, points) in enumerate(curves):
        drawn = f'fill="none" stroke="{colour}" stroke-width="2.5"'
        lines.append(f'<polyline points="{_line(points)}" {drawn}/>')
        at = TOP + 20 + 18 * place
        lines.append(_text(WIDTH - 20, at, say[name], f'text-anchor="end" fill="{colour}"'))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{say["curve"]}">{"".join(lines)}</svg>'
    )


def _text(x: float, y: float, text: str, how: str = 'text-anchor="middle"') -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {how}>{text}</text>'


def _line(points: Sequence[Point]) -> str:
    """The points inside the picture, and the first one outside, drawn at its edge."""
    ordered = sorted(points, key=lambda point: (point.false_an_hour, -point.missed))
    return " ".join(
        f"{x:.1f},{y:.1f}" for x, y in (_place(point.false_an_hour, point.missed) for point in ordered)
    )


def _place(false_an_hour: float, missed: float) -> tuple[float, float]:
    across = min(false_an_hour, MOST_X) / MOST_X
    up = min(missed, MOST_Y) / MOST_Y
    return LEFT + across * (WIDTH - LEFT - 10), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)


def _row(name: str, alone: Rate, both: Rate) -> str:
    return f"<tr><td>{name}</td>{_cell(alone)}{_cell(both)}</tr>"


def _cell(rate: Rate) -> str:
    percent = f"{rate.percent:.1f}".replace(".", ",")
    return f"<td class=n>{percent} % <small>({rate.count}/{rate.of})</small></td>"
