// The eyes at any moment: from looks and times to shapes (client/ui/eyes.py). Pure; times are seconds.
// A look is {expression, tone, loudness, night, brightness}.

import { blinkOnce, blinking, glancing, squinting } from "./life.js";
import { FIELDS, REST, change, clamp, gone, mirrored, plus, towards } from "./shapes.js";

const SIDES = ["left", "right"];

/** eyes.json as what the functions below take. */
export function readDesign(raw) {
  return {
    ...raw,
    background: colour(raw.background),
    tones: mapped(raw.tones, (tone) => ({ colour: colour(tone.colour), lean: change(tone.lean) })),
    night: { light: raw.night.light, lean: change(raw.night.lean) },
    squint: { ...raw.squint, lean: change(raw.squint.lean) },
    poses: mapped(raw.expressions, pose),
  };
}

function pose(raw) {
  const given = mapped(raw.parts, (fields) => ({ ...REST, ...fields }));
  const parts = { left: given.left, right: given.right ?? mirrored(given.left), ...given };
  return { parts, waves: raw.waves, loudness: change(raw.loudness), life: raw.life, enterBlink: raw.enter_blink ?? false };
}

const mapped = (from, make) => Object.fromEntries(Object.entries(from).map(([name, value]) => [name, make(value, name)]));
const colour = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));

const glide = (start, target, since, seconds) => ({ start, target, since, seconds });
const glideAt = (g, now) => g.target + (g.start - g.target) * Math.exp(-Math.max(now - g.since, 0) / g.seconds);

/** Eyes that open on a first look. */
export function begin(design, look, now, seed = 0) {
  const night = Number(look.night);
  return {
    look, seed, since: now, before: {},
    loudness: glide(look.loudness, look.loudness, now, design.glide.loudness_up),
    light: glide(0, look.brightness, now, design.glide.light),
    night: glide(night, night, now, design.glide.light),
  };
}

/** The same eyes with another look from now on. */
export function changed(design, eyes, look, now) {
  const moved = look.expression !== eyes.look.expression || look.tone !== eyes.look.tone;
  const loud = glideAt(eyes.loudness, now);
  const seconds = look.loudness > loud ? design.glide.loudness_up : design.glide.loudness_down;
  const follow = (g, target) => (target === g.target ? g : glide(glideAt(g, now), target, now, g.seconds));
  return {
    ...eyes,
    ...(moved ? { before: partsAt(design, eyes, now), since: now } : {}),
    look,
    loudness: glide(loud, look.loudness, now, seconds),
    light: follow(eyes.light, look.brightness),
    night: follow(eyes.night, Number(look.night)),
  };
}

/** What is to be drawn now, in order: `{eye, colour}`. */
export function frame(design, eyes, now) {
  const light = glideAt(eyes.light, now) * (1 + glideAt(eyes.night, now) * (design.night.light - 1));
  return Object.values(partsAt(design, eyes, now))
    .filter((shape) => shape.eye.light > 0)
    .map((shape) => lit(design, shape, light));
}

/** The look without time, for those who want no motion. A mark that blinks is shown lit. */
export function still(design, look) {
  const { parts, life, loudness } = design.poses[look.expression];
  const tone = design.tones[look.tone];
  const light = look.brightness * (look.night ? design.night.light : 1);
  return Object.entries(parts).map(([name, eye]) => {
    const leant = lean(name, lean(name, eye, tone.lean, 1), design.night.lean, (life.sleepy ?? 0) * Number(look.night));
    return lit(design, { eye: plus(leant, loudness, look.loudness), colour: tone.colour }, light);
  });
}

function partsAt(design, eyes, now) {
  const live = liveParts(design, eyes, now);
  const since = now - eyes.since;
  const { decay, swing, colour_decay: colourDecay, lasts } = design.transition;
  if (since >= lasts) return live;
  const share = 1 - Math.exp(-decay * since) * Math.cos(swing * since);
  const tint = 1 - Math.exp(-colourDecay * since);
  const mixed = {};
  for (const name of new Set([...Object.keys(live), ...Object.keys(eyes.before)])) {
    let [old, next] = [eyes.before[name], live[name]];
    next ??= { eye: gone(old.eye), colour: old.colour };
    old ??= { eye: gone(next.eye), colour: next.colour };
    mixed[name] = { eye: dimmed(towards(old.eye, next.eye, share)), colour: mix(old.colour, next.colour, tint) };
  }
  return mixed;
}

function liveParts(design, eyes, now) {
  const { look, seed } = eyes;
  const { life, parts, waves, loudness, enterBlink } = design.poses[look.expression];
  const tone = design.tones[look.tone];
  const since = now - eyes.since;
  const [gazeX, gazeY] = life.glance ? glancing(design.glance, now, seed) : [0, 0];
  const squint = (life.squint ?? 0) * squinting(design.squint, now, seed);
  let shut = (life.blink ?? 0) * blinking(design.blink, now, seed);
  if (enterBlink) shut = Math.max(shut, blinkOnce(design.blink, since));
  const sleepy = (life.sleepy ?? 0) * glideAt(eyes.night, now);
  const loud = glideAt(eyes.loudness, now);
  return mapped(waved(parts, waves, since), (start, name) => {
    let eye = start;
    if (SIDES.includes(name)) {
      eye = lean(name, eye, tone.lean, 1);
      eye = lean(name, eye, design.night.lean, sleepy);
      eye = lean(name, eye, design.squint.lean, squint);
      eye = plus(eye, loudness, loud);
      eye = gazing(design.glance, eye, (life.glance ?? 0) * gazeX, (life.glance ?? 0) * gazeY);
      eye = closed(design.blink, eye, shut);
    }
    return { eye: dimmed(eye), colour: tone.colour };
  });
}

function waved(parts, waves, since) {
  const moved = mapped(parts, (eye) => ({ ...eye }));
  for (const { parts: names, field, period, amount, phase = 0, base = 0 } of waves) {
    const by = base + amount * Math.sin(2 * Math.PI * (since / period + phase));
    for (const name of names) moved[name][field] += by;
  }
  return moved;
}

function lean(name, eye, by, share) {
  if (!share || !SIDES.includes(name)) return eye;
  return plus(eye, name === "left" ? by : mirrored(by), share);
}

function gazing(glance, eye, x, y) {
  if (!x && !y) return eye;
  const nearer = 1 + glance.depth * (x / glance.reach_x) * (eye.x < 0 ? -1 : 1);
  return { ...eye, x: eye.x + x, y: eye.y + y, w: eye.w * (1 + (nearer - 1) / 2), h: eye.h * nearer };
}

function closed(blink, eye, share) {
  if (!share) return eye;
  const shut = { upper: blink.line, lower: 1 - blink.line, upper_slant: 0, lower_slant: 0, upper_bend: 0, lower_bend: 0 };
  return towards(eye, { ...eye, w: eye.w * (1 + blink.stretch), ...shut }, share);
}

const dimmed = (eye) => ({ ...eye, light: clamp(eye.light, 0, 1) });
const mix = (a, b, share) => a.map((from, i) => Math.round(from + share * (b[i] - from)));
const lit = (design, shape, light) => ({
  eye: shape.eye,
  colour: mix(design.background, shape.colour, clamp(light * shape.eye.light, 0, 1)),
});

/** The numbers of a shape, for tests: fields in order, then the colour. */
export const numbers = (shape) => [...FIELDS.map((field) => shape.eye[field]), ...shape.colour];
