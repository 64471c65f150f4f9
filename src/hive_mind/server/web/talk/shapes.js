// The one shape that eyes are made of: a rounded rectangle with two lids. The same arithmetic as in the
// clients' renderer (client/ui/shapes.py); a test holds both to each other.

const SIDE_STEPS = 40;
const MARK_STEPS = 12;
const MARK_W = 0.25;

/** The fields of an eye, in order, as they are at rest. */
export const REST = {
  x: 0, y: 0, w: 0.4, h: 0.5, radius: 0.15, tilt: 0,
  upper: 0, upper_slant: 0, upper_bend: 0, lower: 0, lower_slant: 0, lower_bend: 0, light: 1,
};
export const FIELDS = Object.keys(REST);
const MIRRORED = new Set(["x", "tilt", "upper_slant", "lower_slant"]);

const across = (steps) => Array.from({ length: steps + 1 }, (_, i) => -Math.cos((Math.PI * i) / steps));
const EYE = across(SIDE_STEPS);
const MARK = across(MARK_STEPS);

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const made = (of) => Object.fromEntries(FIELDS.map((field) => [field, of(field)]));

/** A change: the fields that are given, nothing for the others. */
export const change = (fields = {}) => made((field) => fields[field] ?? 0);
/** The same on the other side of the face. */
export const mirrored = (eye) => made((field) => (MIRRORED.has(field) ? -eye[field] : eye[field]));
/** Each field plus a share of the field of a change. */
export const plus = (eye, by, share = 1) => made((field) => eye[field] + share * by[field]);
/** On the way to another; a share above 1 goes past it. */
export const towards = (eye, other, share) => made((field) => eye[field] + share * (other[field] - eye[field]));
/** As it is before it appears: small and dark. */
export const gone = (eye) => ({ ...eye, w: 0.3 * eye.w, h: 0.3 * eye.h, radius: 0.3 * eye.radius, light: 0 });

/** The closed outline as it is seen between the lids, clockwise from the upper left: pairs of x and y. */
export function outline(eye, lidRadius, thinnestOf) {
  const w = Math.max(eye.w, 0.001);
  const h = Math.max(eye.h, 0.001);
  const top = edge(-h / 2 + eye.upper * h, eye.upper_slant * h, eye.upper_bend * h);
  const bottom = edge(h / 2 - eye.lower * h, eye.lower_slant * h, eye.lower_bend * h);
  const thinnest = Math.min(thinnestOf, h);
  const corners = [-1, 1].map((side) => {
    const gap = Math.max(bottom(side) - top(side), thinnest);
    return [corner(eye.radius, lidRadius, eye.upper * h, gap, w), corner(eye.radius, lidRadius, eye.lower * h, gap, w)];
  });
  const turn = (eye.tilt * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const above = [];
  const below = [];
  for (const u of w > MARK_W ? EYE : MARK) {
    const x = (u * w) / 2;
    let [high, low] = [top(u), bottom(u)];
    if (low - high < thinnest) [high, low] = [(high + low - thinnest) / 2, (high + low + thinnest) / 2];
    const [upper, lower] = corners[u > 0 ? 1 : 0];
    const fromSide = w / 2 - Math.abs(x);
    const half = (low - high) / 2;
    high += Math.min(arc(fromSide, upper), half);
    low -= Math.min(arc(fromSide, lower), half);
    above.push([eye.x + x * cos - high * sin, eye.y + x * sin + high * cos]);
    below.push([eye.x + x * cos - low * sin, eye.y + x * sin + low * cos]);
  }
  return [...above, ...below.reverse()];
}

const edge = (middle, slant, bend) => (u) => middle + (slant * u) / 2 + bend * (1 - u * u);

function corner(radius, lidRadius, covered, gap, w) {
  const underLid = radius > 0 ? clamp(covered / radius, 0, 1) : 0;
  const own = radius + underLid * (Math.min(lidRadius, radius) - radius);
  return Math.max(Math.min(own, gap / 2, w / 2), 0);
}

function arc(fromSide, radius) {
  return fromSide >= radius ? 0 : radius - Math.sqrt(Math.max(radius ** 2 - (radius - fromSide) ** 2, 0));
}
