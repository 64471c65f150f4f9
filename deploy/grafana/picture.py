# ruff: noqa: E501
"""Draws the dashboard's panels from a Prometheus that holds real data, where there is no Grafana to look at it.

python deploy/grafana/picture.py http://127.0.0.1:9090 OUT.webp [--minutes 10]

The queries are those of dashboards/hive-mind.json, evaluated by that Prometheus; only the drawing is ours.
"""

import argparse
import json
import math
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

WIDTH, UNIT, GAP = 1560, 30, 8
BACK, CARD, LINE, TEXT, FAINT = "#111217", "#181b1f", "#2c3235", "#ccccdc", "#8e8e98"
COLOURS = (
    "#73bf69",
    "#f2cc0c",
    "#5794f2",
    "#ff9830",
    "#f2495c",
    "#b877d9",
    "#37872d",
    "#8ab8ff",
    "#fade2a",
    "#c4162a",
)
MOST = 8
"""Series that one panel shows."""


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """One that knows accents, where there is one; else that of Pillow."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)
    except OSError:
        return ImageFont.load_default(size)


def ask(url: str, path: str, **fields: str) -> Any:
    """A question to Prometheus."""
    with urllib.request.urlopen(f"{url}/api/v1/{path}?{urllib.parse.urlencode(fields)}") as reply:
        return json.load(reply)["data"]["result"]


def name_of(legend: str, labels: dict[str, str]) -> str:
    """What Grafana makes of a legend."""
    for label, value in labels.items():
        legend = legend.replace("{{" + label + "}}", value)
    return legend


def shown(value: float, unit: str) -> str:
    """A value with its unit."""
    if unit == "s":
        return (
            f"{value * 1000:.0f} ms"
            if value < 1
            else f"{value:.1f} s"
            if value < 300
            else f"{value / 3600:.1f} h"
        )
    if unit == "bytes":
        return f"{value / 2**20:.0f} Mio"
    if unit == "percentunit":
        return f"{100 * value:.1f} %"
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.2f}"


def series_of(url: str, panel: dict[str, Any], minutes: float) -> list[tuple[str, list[tuple[float, float]]]]:
    """Names and points."""
    end = time.time()
    found: list[tuple[str, list[tuple[float, float]]]] = []
    for target in panel["targets"]:
        query = target["expr"].replace("$__rate_interval", "1m")
        if panel["type"] == "stat":
            rows = ask(url, "query", query=query)
            found += [
                (name_of(target["legendFormat"], r["metric"]), [(r["value"][0], float(r["value"][1]))])
                for r in rows
            ]
        else:
            step = str(max(5, int(minutes * 60 / 200)))
            rows = ask(
                url, "query_range", query=query, start=str(end - minutes * 60), end=str(end), step=step
            )
            for row in rows:
                points = [
                    (float(at), float(value)) for at, value in row["values"] if math.isfinite(float(value))
                ]
                found.append((name_of(target["legendFormat"], row["metric"]), points))
    return [(name, points) for name, points in found if points]


def draw_panel(
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    panel: dict[str, Any],
    rows: list[Any],
    span: tuple[float, float],
) -> None:
    """One panel."""
    left, top, right, bottom = box
    draw.rounded_rectangle(box, 4, fill=CARD, outline=LINE)
    draw.text((left + 10, top + 6), panel["title"], font=font(14), fill=TEXT)
    unit = panel["fieldConfig"]["defaults"]["unit"]
    if not rows:
        draw.text((left + 10, (top + bottom) // 2), "rien pendant ce temps", font=font(13), fill=FAINT)
        return
    if panel["type"] == "stat":
        draw.text((left + 14, top + 38), shown(rows[0][1][-1][1], unit), font=font(40), fill=COLOURS[0])
        return
    highest = max(value for _, points in rows for _, value in points) * 1.1 or 1.0
    inner = (left + 66, top + 32, right - 12, bottom - 44)
    for part in range(5):
        y = inner[3] - part * (inner[3] - inner[1]) / 4
        draw.line((inner[0], y, inner[2], y), fill=LINE)
        draw.text((left + 8, y - 8), shown(highest * part / 4, unit), font=font(11), fill=FAINT)
    x_at = left + 10
    for place, (name, points) in enumerate(rows[:MOST]):
        colour = COLOURS[place % len(COLOURS)]
        line = [
            (
                inner[0] + (at - span[0]) / (span[1] - span[0]) * (inner[2] - inner[0]),
                inner[3] - value / highest * (inner[3] - inner[1]),
            )
            for at, value in points
        ]
        if len(line) > 1:
            draw.line(line, fill=colour, width=2, joint="curve")
        else:
            draw.ellipse((line[0][0] - 2, line[0][1] - 2, line[0][0] + 2, line[0][1] + 2), fill=colour)
        size = draw.textlength(name, font=font(11))
        if x_at + size + 24 > right:
            continue
        draw.rectangle((x_at, bottom - 22, x_at + 10, bottom - 18), fill=colour)
        draw.text((x_at + 14, bottom - 28), name, font=font(11), fill=TEXT)
        x_at += int(size) + 26


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--caption", default="")
    asked = parser.parse_args()
    told = json.loads((Path(__file__).parent / "dashboards" / "hive-mind.json").read_text(encoding="utf-8"))
    column = WIDTH / 24
    height = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in told["panels"]) * UNIT + 70
    image = Image.new("RGB", (WIDTH, height), BACK)
    draw = ImageDraw.Draw(image)
    draw.text((14, 10), "Hive Mind", font=font(24), fill=TEXT)
    draw.text((170, 18), asked.caption, font=font(13), fill=FAINT)
    span = (time.time() - asked.minutes * 60, time.time())
    for panel in told["panels"]:
        at = panel["gridPos"]
        box = (
            int(at["x"] * column + GAP),
            at["y"] * UNIT + 50 + GAP,
            int((at["x"] + at["w"]) * column - GAP),
            (at["y"] + at["h"]) * UNIT + 50,
        )
        if panel["type"] == "row":
            draw.text((box[0], box[1]), panel["title"], font=font(16), fill=TEXT)
        else:
            draw_panel(draw, box, panel, series_of(asked.url, panel, asked.minutes), span)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    image.save(asked.out, quality=80, method=6)


if __name__ == "__main__":
    main()
