// From one sampling rate to another, in a stream: a windowed sinc, one row of taps for each phase. Pure.

const ZERO_CROSSINGS = 10;
const PASSED = 0.94;
const MOST_PHASES = 640;

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

/** Takes pieces of any length, gives what they make sure; what is late is `delay` input samples. */
export class Resampler {
  #step;
  #phases;
  #half;
  #taps;
  #kept;
  #at = 0;

  constructor(from, to) {
    const common = gcd(from, to);
    this.#phases = Math.min(to / common, MOST_PHASES);
    this.#step = (from / to) * this.#phases; // in phases; whole where the table is exact
    const cut = PASSED * Math.min(1, to / from);
    this.#half = Math.ceil(ZERO_CROSSINGS / Math.min(1, to / from));
    this.delay = this.#half;
    this.#taps = Array.from({ length: this.#phases }, (_, phase) => row(phase / this.#phases, this.#half, cut));
    this.#kept = new Float32Array(2 * this.#half);
  }

  /** The samples that are sure after this piece. */
  push(piece) {
    const half = this.#half;
    const input = new Float32Array(this.#kept.length + piece.length);
    input.set(this.#kept);
    input.set(piece, this.#kept.length);
    const out = [];
    for (;;) {
      const whole = Math.floor(this.#at / this.#phases);
      if (whole + 2 * half >= input.length) break;
      const taps = this.#taps[Math.floor(this.#at) % this.#phases];
      let sum = 0;
      for (let i = 0; i < taps.length; i += 1) sum += taps[i] * input[whole + i];
      out.push(sum);
      this.#at += this.#step;
    }
    const used = Math.floor(this.#at / this.#phases);
    this.#at -= used * this.#phases;
    this.#kept = input.slice(used);
    return Float32Array.from(out);
  }
}

function row(share, half, cut) {
  const taps = new Float32Array(2 * half + 1);
  let sum = 0;
  for (let i = 0; i < taps.length; i += 1) {
    const x = i - half - share;
    const window = Math.abs(x) < half + 1 ? 0.5 + 0.5 * Math.cos((Math.PI * x) / (half + 1)) : 0;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * cut * x) / (Math.PI * cut * x);
    taps[i] = cut * sinc * window;
    sum += taps[i];
  }
  return taps.map((tap) => tap / sum); // silence stays silent and loudness stays as it was
}
