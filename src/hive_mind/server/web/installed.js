// Makes the page an app: its files are kept for when the server is away. Only where the browser allows it
// (https, or this machine).

const SHELL = "shell";

const kept = () => {
  document.body.dataset.kept = "yes";
};

/** Register the service worker, and keep what was loaded before it was there. */
export async function install() {
  if (!("serviceWorker" in navigator)) return;
  const first = navigator.serviceWorker.controller === null;
  await navigator.serviceWorker.register("/sw.js");
  if (!first) return kept();
  const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  const own = loaded.filter((url) => url.origin === location.origin && url.pathname.startsWith("/web/"));
  const shell = await caches.open(SHELL);
  await shell.addAll(["/", ...new Set(own.map((url) => url.pathname))]);
  return kept();
}
