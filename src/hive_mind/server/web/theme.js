// Dark, light, or what the device prefers; remembered by the browser.

const KEY = "theme";
const NEXT = { auto: "dark", dark: "light", light: "auto" };

/** What was chosen: `auto`, `dark` or `light`. */
export function theme() {
  const chosen = localStorage.getItem(KEY);
  return chosen in NEXT ? chosen : "auto";
}

/** Put on what was chosen. */
export function applyTheme(chosen = theme()) {
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Choose the next one, and tell which it is. */
export function nextTheme() {
  const chosen = NEXT[theme()];
  localStorage.setItem(KEY, chosen);
  applyTheme(chosen);
  return chosen;
}
