// The eyes on a canvas: draws while they move, rests while they do not, and is quiet where no motion is wanted.

import { begin, changed, frame, readDesign, still } from "./eyes.js";
import { outline } from "./shapes.js";

const HALO = 0.16;
const HALO_LIGHT = 0.5;
const HALO_FALLS = [[0, 1], [0.55, 0.8], [0.75, 0.3], [0.9, 0.07], [1, 0]];
const SHADE = 0.84;
// So often in a change of mood, while somebody is loud, and while only blinks and glances come.
const FAST_MS = 1000 / 60;
const LOUD_MS = 1000 / 25;
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
  #rest = 0;
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
    const differing = Object.keys(look).filter((key) => look[key] !== this.#look[key]);
    if (!differing.length && this.#eyes) return;
    this.#eyes = this.#eyes ? changed(this.#design, this.#eyes, look, now) : begin(this.#design, look, now, this.seed);
    this.#look = look;
    // How loud it is shows in the next frame that is drawn anyway; where no motion is wanted it moves nothing.
    if (this.#drawn && differing.every((key) => key === "loudness")) return;
    this.#lively = now + this.#design.transition.lasts;
    this.#wake();
  }

  #fit() {
    const dots = Math.min(devicePixelRatio || 1, MOST_DOTS);
    const { clientWidth: w, clientHeight: h } = this.canvas;
    this.canvas.width = Math.max(Math.round(w * dots), 1);
    this.canvas.height = Math.max(Math.round(h * dots), 1);
    this.#drawnAt = 0;
    this.#drawn = null;
    this.#wake();
  }

  get #awake() {
    return seconds() < this.#lively;
  }

  /** Draw soon, however long a rest was meant. */
  #wake() {
    if (!this.#eyes) return;
    clearTimeout(this.#rest);
    this.#rest = 0;
    if (this.#asked === 0) this.#asked = requestAnimationFrame((at) => this.#tick(at));
  }

  #tick(at) {
    this.#asked = 0;
    if (!this.canvas.isConnected) return;
    const pause = this.#awake ? FAST_MS : this.#look.loudness > 0 ? LOUD_MS : SLOW_MS;
    const due = this.#drawnAt + pause - 2 - at;
    if (due <= 0) {
      this.#drawnAt = at;
      const shapes = this.#calm.matches ? still(this.#design, this.#look) : frame(this.#design, this.#eyes, seconds());
      if (differ(this.#drawn, shapes, Math.min(this.canvas.width / 2, this.canvas.height))) {
        this.#draw(shapes);
        this.#drawn = shapes;
      }
    }
    if (this.#calm.matches && !this.#awake) return;
    // The browser is not asked for frames that would not be drawn.
    this.#rest = setTimeout(() => this.#wake(), Math.max(0, (due > 0 ? due : pause) - FAST_MS));
  }

  #draw(shapes) {
    const { width, height } = this.canvas;
    const context = this.#context;
    const scale = Math.min(width / 2, height);
    context.fillStyle = css(this.#design.background);
    context.fillRect(0, 0, width, height);
    const lines = shapes.map(({ eye, colour }) => ({
      colour,
      reach: scale * Math.min(HALO, Math.max(eye.w, eye.h)),
      line: outline(eye, this.#design.lid_radius, this.#design.thinnest).map(([x, y]) => [width / 2 + scale * x, height / 2 + scale * y]),
    }));
    for (const { colour, reach, line } of lines) glow(context, line, colour, reach);
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

/** Light around a shape. A gradient: a blur takes a processor without a graphics card ten times as long. */
function glow(context, line, colour, reach) {
  const [left, right, top, bottom] = box(line);
  const [wide, high] = [(right - left) / 2 + reach, (bottom - top) / 2 + reach];
  const light = context.createRadialGradient(0, 0, 0, 0, 0, 1);
  for (const [at, share] of HALO_FALLS) light.addColorStop(at, css(colour, HALO_LIGHT * share));
  context.save();
  context.translate((left + right) / 2, (top + bottom) / 2);
  context.scale(wide, high);
  context.fillStyle = light;
  context.fillRect(-1, -1, 2, 2);
  context.restore();
}

function box(line) {
  const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
}

function trace(context, line) {
  context.beginPath();
  for (const [x, y] of line) context.lineTo(x, y);
  context.closePath();
}

const seconds = () => performance.now() / 1000;
const css = ([red, green, blue], alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;
