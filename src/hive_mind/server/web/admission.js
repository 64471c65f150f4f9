// Whether this device belongs to the house: its tokens are cookies that no script can read; here they are renewed.

const AGAIN_MS = 30000;
let renewing = null;
let renewedAt = -AGAIN_MS;

/** Renew the tokens; true when the server knows this device again. Asked for at once by many, it is done once. */
export function renew() {
  if (performance.now() - renewedAt < AGAIN_MS) return Promise.resolve(false);
  renewing ??= fetch("/api/token", { method: "POST", headers: { "x-hive-mind": "page" }, credentials: "same-origin", cache: "no-store" })
    .then((answer) => {
      if (answer.ok) renewedAt = performance.now();
      return answer.ok;
    })
    .catch(() => false)
    .finally(() => (renewing = null));
  return renewing;
}
