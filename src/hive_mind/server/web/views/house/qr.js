// Draws a QR code from its squares.

import { s } from "../../dom.js";

const QUIET = 4;

/** An SVG picture; `rows` are texts of "1" and "0". */
export function qrCode({ size, rows }, name) {
  const whole = size + 2 * QUIET;
  const path = rows.flatMap((row, y) => [...row.matchAll(/1+/g)].map((run) => `M${run.index + QUIET} ${y + QUIET}h${run[0].length}v1h-${run[0].length}z`)).join("");
  return s("svg", { class: "qr", viewBox: `0 0 ${whole} ${whole}`, role: "img", "aria-label": name, "shape-rendering": "crispEdges" }, s("rect", { width: whole, height: whole, class: "paper" }), s("path", { d: path, class: "ink" }));
}
