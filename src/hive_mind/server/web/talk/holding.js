// The big button and its keys. A tap begins, and the end of speech ends; held, letting go ends. The space bar does
// the same wherever nothing is typed; Escape stops.

const HELD_MS = 400;
const OWN_SPACE = "input, textarea, select, button, a, summary, [contenteditable]";

/**
 * @param {HTMLElement} button
 * @param {{main: Function, press: Function, release: Function, stop: Function, touched: Function}} does
 */
export function hold(button, does) {
  let downAt = 0;
  let pointed = false;
  const on = (target, type, handler) => target.addEventListener(type, handler);

  const down = (act) => {
    downAt = performance.now();
    act();
  };
  const up = () => {
    if (downAt && performance.now() - downAt >= HELD_MS && button.dataset.does === "done") does.release();
    downAt = 0;
  };

  on(button, "pointerdown", (event) => {
    if (event.button !== 0) return;
    pointed = true;
    button.setPointerCapture(event.pointerId);
    down(does.main);
  });
  on(button, "pointerup", up);
  on(button, "pointercancel", up);
  on(button, "contextmenu", (event) => event.preventDefault());
  on(button, "click", () => {
    if (!pointed) does.main(); // a screen reader's click, or Enter
    pointed = false;
  });
  on(document, "keydown", (event) => {
    does.touched();
    if (!button.isConnected) return;
    if (event.key === "Escape") does.stop();
    if (event.code !== "Space" || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target !== button && event.target.closest?.(OWN_SPACE)) return;
    event.preventDefault();
    down(event.target === button ? does.main : does.press);
  });
  on(document, "keyup", (event) => {
    if (event.code !== "Space") return;
    if (event.target === button) event.preventDefault();
    up();
  });
  on(document, "pointerdown", does.touched);
}
