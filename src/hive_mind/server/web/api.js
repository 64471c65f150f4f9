// The server's HTTP interface: JSON in, JSON out, faults as `ApiError` with the server's stable code.

import { renew } from "./admission.js";

const TIMEOUT_MS = 15000;

/** A fault that the server told, or that kept us from it (`code` NETWORK). `message` is for people. */
export class ApiError extends Error {
  constructor(code, message, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/**
 * @param {(key: string) => string} t the frame's words.
 * @param {() => void} onRefused called when the server does not know this device (401).
 */
export function makeApi(t, onRefused) {
  async function call(method, path, body, again = true) {
    const options = {
      method,
      // A page of another origin cannot send this header without asking first.
      headers: { accept: "application/json", "x-hive-mind": "page" },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    if (body !== undefined) {
      options.headers["content-type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    let answer;
    try {
      answer = await fetch(path, options);
    } catch {
      throw new ApiError("NETWORK", t("api.network"), 0);
    }
    const told = answer.status === 204 ? null : await answer.json().catch(() => null);
    if (answer.ok) return told;
    if (answer.status === 401) {
      if (again && (await renew())) return call(method, path, body, false);
      onRefused();
    }
    throw new ApiError(told?.code ?? "UNKNOWN", told?.message ?? t("api.unknown", { status: answer.status }), answer.status);
  }
  return {
    get: (path) => call("GET", path),
    post: (path, body = {}) => call("POST", path, body),
    put: (path, body) => call("PUT", path, body),
    patch: (path, body) => call("PATCH", path, body),
    delete: (path) => call("DELETE", path),
  };
}
