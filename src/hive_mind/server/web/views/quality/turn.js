// One turn: why it went as it did, in words and as bars on a line of time.

import { h, s } from "../../dom.js";
import { toldLong } from "../house/parts.js";

const WIDTH = 400;
const ROW = 26;
const TEXT = 130;
const TOP = 22;

/** What happened in a turn. */
export function turnOf(t, turn, seconds, stageName) {
  return [
    h("div", { class: "row spread" }, h("h2", {}, t("this_turn")), h("a", { class: "button", href: "#quality" }, t("close"))),
    h("p", { class: "asked" }, toldLong(turn.heard, t)),
    turn.answer ? h("p", { class: "answered" }, toldLong(turn.answer, t)) : null,
    h("p", { class: "why" }, toldLong(turn.why, t)),
    turn.bars.length ? waterfall(t, turn.bars, seconds, stageName) : h("p", { class: "soft" }, t("no_figures")),
  ];
}

function waterfall(t, bars, seconds, stageName) {
  const begin = Math.min(0, ...bars.map((bar) => bar.start_ms));
  const end = Math.max(...bars.map((bar) => bar.start_ms + bar.ms), begin + 1);
  const x = (ms) => TEXT + ((ms - begin) / (end - begin)) * (WIDTH - TEXT - 8);
  const height = TOP + bars.length * ROW + 6;
  const drawn = bars.flatMap((bar, i) => {
    const y = TOP + i * ROW;
    const name = s("text", { class: "stage", x: 0, y: y + 16 });
    name.textContent = stageName(bar.stage);
    const left = x(bar.start_ms);
    const width = Math.max(2, x(bar.start_ms + bar.ms) - left);
    const inside = width > 60;
    const before = !inside && left + width > WIDTH - 50;
    const at = inside ? left + 6 : before ? left - 4 : left + width + 4;
    const figure = s("text", { class: inside ? "figure inside" : "figure", x: at, y: y + 16, "text-anchor": before ? "end" : "start" });
    figure.textContent = seconds(bar.ms);
    return [name, s("rect", { class: "stage-bar", "data-stage": bar.stage, x: left, y: y + 3, width, height: ROW - 7, rx: Math.min(4, width / 2) }), figure];
  });
  const zero = s("line", { class: "zero", x1: x(0), x2: x(0), y1: TOP - 4, y2: height });
  const total = s("text", { class: "tick", x: WIDTH - 8, y: 14, "text-anchor": "end" });
  total.textContent = seconds(end);
  const picture = s("svg", { class: "waterfall", viewBox: `0 0 ${WIDTH} ${height}`, "aria-hidden": "true" }, zero, total, ...drawn);
  const table = h("table", {}, h("thead", {}, h("tr", {}, [t("what"), t("starts"), t("lasts")].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, bars.map((bar) => h("tr", {}, h("th", { scope: "row" }, stageName(bar.stage)), h("td", {}, seconds(bar.start_ms)), h("td", {}, seconds(bar.ms))))));
  return [picture, h("div", { class: "unseen" }, table)];
}
