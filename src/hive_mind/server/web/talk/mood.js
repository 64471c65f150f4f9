// From what goes on to the mood that is true (client/ui/mood.py): an open microphone is always shown, except
// behind a fault. Red for a fault, blue while listening, violet while thinking; at any other time white with a
// server and yellow without.

/**
 * @param {{link: string, phase: string, ear: string, sounding: boolean, ringing: boolean, broken: boolean}} now
 *     `ear` is "closed", "waiting" (open, nobody speaks), "hearing" or "lingering" (open behind an order).
 */
export function moodOf(now) {
  const tone = now.link === "connected" ? "white" : "yellow";
  if (now.broken) return { expression: "broken", tone: "red" };
  if (now.ear === "hearing") return { expression: "listening", tone: "blue" };
  if (now.phase === "thinking") return { expression: "thinking", tone: "violet" };
  if (now.ringing) return { expression: "ringing", tone };
  if (now.sounding) return { expression: "speaking", tone };
  if (now.ear === "waiting" || now.ear === "lingering") return { expression: "follow_up", tone: "blue" };
  if (now.link === "refused") return { expression: "puzzled", tone };
  if (now.link === "connecting") return { expression: "waking", tone };
  return { expression: "idle", tone };
}
