// What makes eyes look alive: blinks, glances and squints, always the same for a seed and a time
// (client/ui/life.py). Settings come from eyes.json; times are seconds.

import { clamp } from "./shapes.js";

/** From 0 to 1 with a soft start and a soft end. */
export function smooth(share) {
  const s = clamp(share, 0, 1);
  return s * s * (3 - 2 * s);
}

/** A number from 0 to below 1 that depends on nothing else: the finaliser of MurmurHash3. */
export function chance(seed, slot, salt) {
  let bits = (Math.imul(seed, 0x9e3779b1) + Math.imul(slot, 0x85ebca77) + Math.imul(salt, 0xc2b2ae3d)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35) >>> 0;
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** How far the eyes are shut, `since` seconds after they began to close. */
export function blinkOnce(blink, since) {
  if (since <= 0) return 0;
  if (since < blink.close) return smooth(since / blink.close);
  return 1 - smooth((since - blink.close - blink.hold) / blink.open);
}

/** How far the eyes are shut, 0 to 1. */
export function blinking(blink, now, seed) {
  const slot = Math.floor(now / blink.period);
  return Math.max(blinkInSlot(blink, now, seed, slot - 1), blinkInSlot(blink, now, seed, slot));
}

function blinkInSlot(blink, now, seed, slot) {
  if (chance(seed, slot, 1) < blink.rest) return 0;
  const start = (slot + 0.8 * chance(seed, slot, 2)) * blink.period;
  const first = blinkOnce(blink, now - start);
  if (chance(seed, slot, 3) >= blink.twice) return first;
  return Math.max(first, blinkOnce(blink, now - start - 1.25 * (blink.close + blink.hold + blink.open)));
}

/** Where eyes look when nothing calls them: an offset of both. */
export function glancing(glance, now, seed) {
  const slot = Math.floor(now / glance.period);
  const start = (slot + 0.5 * chance(seed, slot, 4)) * glance.period;
  const share = smooth((now - start) / glance.saccade);
  const [x0, y0] = aim(glance, seed, slot - 1);
  const [x1, y1] = aim(glance, seed, slot);
  return [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
}

function aim(glance, seed, slot) {
  if (chance(seed, slot, 5) < glance.rest) return [0, 0];
  const side = 2 * chance(seed, slot, 6) - 1;
  const far = (side < 0 ? -1 : 1) * (0.35 + 0.65 * Math.abs(side));
  return [far * glance.reach_x, (2 * chance(seed, slot, 7) - 1) * glance.reach_y];
}

/** How far the eyes narrow for a moment, as in a smile, 0 to 1. */
export function squinting(squint, now, seed) {
  const slot = Math.floor(now / squint.period);
  if (chance(seed, slot, 8) < squint.rest) return 0;
  const lasts = squint.in + squint.hold + squint.out;
  const since = now - slot * squint.period - chance(seed, slot, 9) * (squint.period - lasts);
  return smooth(since / squint.in) - smooth((since - squint.in - squint.hold) / squint.out);
}
