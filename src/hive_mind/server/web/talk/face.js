// The eyes on a canvas: draws while they move, rests while they do not, and is quiet where no motion is wanted.

import { begin, changed, frame, readDesign, still } from "./eyes.js";
import { outline } from "./shapes.js";

const HALO = 0.16;
const HALO_LIGHT = 0.5;
const SHADE = 0.84;
const FAST_MS = 1000 / 60;
const SLOW_MS = 1000 / 20;
const MOST_DOTS = 2;
const STILL_PX = 0.3; // a frame that differs by less is not worth drawing
const STILL_COLOUR = 2;
const PLACE = ["x", "y", "w", "h", "radius"];
const LIDS = ["upper", "upper_slant", "upper_bend", "lower", "lower_slant", "lower_bend"];

/** The face; `show` says what it shows. It rests while it is not in the page. */
export class Face {
  #context;
  #design;
  #eyes = null;
  #look;
  #asked = 0;
  #drawnAt = 0;
  #lively = 0;
  #drawn = null;
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Object} raw eyes.json.
   * @param {Object} look the first one.
   * @param {number} seed of its blinks.
   */
  constructor(canvas, raw, look, seed) {
    this.canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.#design = readDesign(raw);
    this.#look = look;
    this.seed = seed;
    new ResizeObserver(() => this.#fit()).observe(canvas);
    this.#fit();
  }

  /** Show another look. */
  show(look) {
    const now = seconds();
    const same = Object.keys(look).every((key) => look[key] === this.#look[key]);
    if (same && this.#eyes) return;
    this.#eyes = this.#eyes ? changed(this.#design, this.#eyes, look, now) : begin(this.#design, look, now, this.seed);
    this.#look = look;
    this.#lively = now + this.#design.transition.lasts;
    this.#ask();
  }

  #fit() {
    const dots = Math.min(devicePixelRatio || 1, MOST_DOTS);
    const { clientWidth: w, clientHeight: h } = this.canvas;
    this.canvas.width = Math.max(Math.round(w * dots), 1);
    this.canvas.height = Math.max(Math.round(h * dots), 1);
    this.#drawnAt = 0;
    this.#drawn = null;
    this.#ask();
  }

  #ask() {
    if (this.#asked === 0 && this.#eyes) this.#asked = requestAnimationFrame((at) => this.#tick(at));
  }

  #tick(at) {
    this.#asked = 0;
    if (!this.canvas.isConnected) return;
    const lively = seconds() < this.#lively || this.#look.loudness > 0;
    if (at - this.#drawnAt >= (lively ? FAST_MS : SLOW_MS) - 2) {
      this.#drawnAt = at;
      const shapes = this.#calm.matches ? still(this.#design, this.#look) : frame(this.#design, this.#eyes, seconds());
      if (differ(this.#drawn, shapes, Math.min(this.canvas.width / 2, this.canvas.height))) {
        this.#draw(shapes);
        this.#drawn = shapes;
      }
    }
    if (!this.#calm.matches || lively) this.#ask();
  }

  #draw(shapes) {
    const { width, height } = this.canvas;
    const context = this.#context;
    const scale = Math.min(width / 2, height);
    context.shadowBlur = 0;
    context.fillStyle = css(this.#design.background);
    context.fillRect(0, 0, width, height);
    const lines = shapes.map(({ eye, colour }) => ({
      colour,
      reach: scale * Math.min(HALO, Math.max(eye.w, eye.h)),
      line: outline(eye, this.#design.lid_radius, this.#design.thinnest).map(([x, y]) => [width / 2 + scale * x, height / 2 + scale * y]),
    }));
    for (const { colour, reach, line } of lines) {
      context.shadowColor = css(colour, HALO_LIGHT);
      context.shadowBlur = reach;
      context.fillStyle = css(colour);
      trace(context, line);
      context.fill();
    }
    context.shadowBlur = 0;
    for (const { colour, line } of lines) {
      const ys = line.map(([, y]) => y);
      const shade = context.createLinearGradient(0, Math.min(...ys), 0, Math.max(...ys));
      shade.addColorStop(0, css(colour));
      shade.addColorStop(1, css(colour.map((part) => Math.round(part * SHADE))));
      context.fillStyle = shade;
      trace(context, line);
      context.fill();
    }
  }
}

/** Whether two frames can be told apart, on a stage of so many pixels a unit. */
function differ(before, shapes, scale) {
  if (before?.length !== shapes.length) return true;
  return shapes.some(({ eye, colour }, i) => {
    const old = before[i].eye;
    if (colour.some((part, at) => Math.abs(part - before[i].colour[at]) >= STILL_COLOUR)) return true;
    const lids = eye.h * Math.max(...LIDS.map((field) => Math.abs(eye[field] - old[field])));
    const turned = (eye.w * Math.abs(eye.tilt - old.tilt)) / 115;
    const moved = Math.max(lids, turned, ...PLACE.map((field) => Math.abs(eye[field] - old[field])));
    return moved * scale >= STILL_PX;
  });
}

function trace(context, line) {
  context.beginPath();
  for (const [x, y] of line) context.lineTo(x, y);
  context.closePath();
}

const seconds = () => performance.now() / 1000;
const css = ([red, green, blue], alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;
