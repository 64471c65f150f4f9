// Who this page is for the server; kept by the browser.

const ID = "client_id";
const ROOM = "room";

/** What the page says of itself in `hello`. */
export function identity() {
  let clientId = localStorage.getItem(ID);
  if (!clientId) {
    clientId = `page-${[...crypto.getRandomValues(new Uint8Array(6))].map((b) => b.toString(16).padStart(2, "0")).join("")}`;
    localStorage.setItem(ID, clientId);
  }
  return {
    client_id: clientId,
    room: localStorage.getItem(ROOM) ?? "",
    capabilities: { plays: true, display: "eyes", settings: true, audio_formats: ["pcm_s16le"] },
  };
}
