// What is read in the page: data/<language>/<part>.json, one file for the frame and one for each view.

const LANGUAGE = document.documentElement.lang;
const parts = new Map();

/** Load the words of a part; at once when they are there. */
export async function load(part) {
  if (!parts.has(part)) {
    const answer = await fetch(`/web/data/${LANGUAGE}/${part}.json`);
    if (!answer.ok) throw new Error(`words of ${part}: ${answer.status}`);
    parts.set(part, await answer.json());
  }
  return wordsOf(part);
}

/**
 * A function `t(key, values)` that looks in a part, then in the frame's words. `{name}` is filled in from
 * `values`; a key with `count` may have the forms `key.one` and `key.other`.
 */
export function wordsOf(part) {
  return (key, values = {}) => {
    const counted = "count" in values ? `${key}.${plural(values.count)}` : key;
    for (const place of [part, "frame"]) {
      const words = parts.get(place) ?? {};
      const text = words[counted] ?? words[key];
      if (text !== undefined) return filled(bound(text), values);
    }
    console.error(`no words for ${part}: ${key}`);
    return key;
  };
}

function plural(count) {
  return new Intl.PluralRules(LANGUAGE).select(count) === "one" ? "one" : "other";
}

/** Marks that belong to a word do not begin or end a line without it. */
export function bound(text) {
  return text.replace(/\u00ab /g, "\u00ab\u00a0").replace(/ ([\u00bb?!:;])/g, "\u00a0$1");
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
