// Keeps the page's own files for when the server is away; always asks the server first, so it is never stale.
// What the house says and does (`/ws`, `/api`, …) is none of its business.

const SHELL = "shell";

const isShell = (url) => url.origin === location.origin && (url.pathname === "/" || url.pathname.startsWith("/web/"));

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !isShell(new URL(request.url))) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const shell = await caches.open(SHELL);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await shell.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await shell.match(request);
    if (kept) return kept;
    throw error;
  }
}
