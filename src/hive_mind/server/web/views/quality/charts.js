// Charts without a library: SVG, coloured by the page's tokens, each with its figures as a table for those who
// cannot see it.

import { h, s } from "../../dom.js";

const WIDTH = 360;
const HEIGHT = 190;
const SIDE = { left: 52, right: 10, top: 12, bottom: 26 };
const STEPS = [1, 2, 2.5, 5, 10];
const EVEN = [2, 4, 6, 8, 10]; // half of a count is one too

/** Values over days as lines; `series` are pairs of key and name. */
export function lines(t, days, series, unit) {
  const most = nice(Math.max(0, ...days.flatMap((day) => series.map(([key]) => day[key] ?? 0))));
  if (!most) return nothing(t);
  const x = (i) => SIDE.left + (i + 0.5) * ((WIDTH - SIDE.left - SIDE.right) / days.length);
  const drawn = series.map(([key], n) => {
    const points = days.map((day, i) => [x(i), day[key]]).filter(([, value]) => value !== null && value !== undefined).map(([at, value]) => [at, y(value, most)]);
    const path = points.map(([px, py], i) => `${i ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
    return [s("path", { class: `line c${n + 1}`, d: path }), points.map(([px, py]) => s("circle", { class: `dot c${n + 1}`, cx: px, cy: py, r: 3.5 }))];
  });
  return whole(t, days, series, unit, [axis(most, unit), labels(days, x), ...drawn.flat(2)]);
}

/** Counts over days as columns side by side. */
export function columns(t, days, series, unit = String) {
  const most = nice(Math.max(0, ...days.flatMap((day) => series.map(([key]) => day[key]))), unit === String ? EVEN : STEPS);
  if (!most) return nothing(t);
  const step = (WIDTH - SIDE.left - SIDE.right) / days.length;
  const wide = Math.min(16, (step * 0.7) / series.length);
  const x = (i) => SIDE.left + (i + 0.5) * step;
  const drawn = days.flatMap((day, i) =>
    series.map(([key], n) => {
      const top = y(day[key], most);
      return s("rect", { class: `column c${n + 1}`, x: x(i) + (n - series.length / 2) * wide + 1, y: top, width: wide - 2, height: Math.max(0, HEIGHT - SIDE.bottom - top), rx: 2 });
    }),
  );
  return whole(t, days, series, unit, [axis(most, unit), labels(days, x), ...drawn]);
}

/** Medians as bars with a mark at the 95th percentile; one row each. */
export function bars(t, rows, unit) {
  const shown = rows.filter((row) => row.value !== null && row.value !== undefined);
  if (!shown.length) return nothing(t);
  const most = Math.max(...shown.map((row) => row.more ?? row.value), 1);
  return h(
    "table",
    { class: "bars" },
    h("thead", { class: "unseen" }, h("tr", {}, [t("what"), t("p50_short"), t("p95_short"), t("count")].map((name) => h("th", { scope: "col" }, name)))),
    h(
      "tbody",
      {},
      shown.map((row) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, h("bdi", {}, row.label)),
          h("td", {}, s("svg", { class: "meter", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, s("rect", { class: "track", width: 100, height: 10, rx: 3 }), s("rect", { class: "more", width: (100 * (row.more ?? row.value)) / most, height: 10, rx: 3 }), s("rect", { class: "value", width: (100 * row.value) / most, height: 10, rx: 3 })), h("span", { class: "figure" }, unit(row.value))),
          h("td", { class: "soft small" }, unit(row.more)),
          h("td", { class: "soft small" }, `× ${row.count}`),
        ),
      ),
    ),
  );
}

function whole(t, days, series, unit, drawn) {
  const legend = h("ul", { class: "legend" }, series.map(([, name], n) => h("li", { class: `c${n + 1}` }, name)));
  const table = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, h("th", {}, t("day")), series.map(([, name]) => h("th", {}, name)))),
    h("tbody", {}, days.map((day) => h("tr", {}, h("th", {}, day.name), series.map(([key]) => h("td", {}, unit(day[key])))))),
  );
  return [s("svg", { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, drawn), legend, h("div", { class: "unseen" }, table)];
}

function axis(most, unit) {
  return [0, 0.5, 1].flatMap((share) => {
    const at = y(most * share, most);
    const text = s("text", { class: "tick", x: SIDE.left - 6, y: at + 4, "text-anchor": "end" });
    text.textContent = share || unit !== String ? unit(most * share) : "0";
    return [s("line", { class: "grid-line", x1: SIDE.left, x2: WIDTH - SIDE.right, y1: at, y2: at }), text];
  });
}

function labels(days, x) {
  return days.map((day, i) => {
    const text = s("text", { class: "tick", x: x(i), y: HEIGHT - 8, "text-anchor": "middle" });
    text.textContent = day.label;
    return text;
  });
}

function y(value, most) {
  return HEIGHT - SIDE.bottom - (value / most) * (HEIGHT - SIDE.top - SIDE.bottom);
}

/** The next round number at or above a value, so that half of it is round too. */
function nice(value, steps = STEPS) {
  if (value <= 0) return 0;
  const unit = 10 ** Math.floor(Math.log10(value));
  return Math.max(2, steps.map((step) => step * unit).find((step) => step >= value));
}

function nothing(t) {
  return h("p", { class: "empty small" }, t("no_figures"));
}
