// What `fetch` does to a request on its way, and what it refuses. The direct channel does none of it.

import type { Header } from "./http.js";

/** Headers that the browser sets itself, whatever the page says. */
const OWN = new Set(
  (
    "accept-charset accept-encoding access-control-request-headers access-control-request-method connection " +
    "content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie te trailer " +
    "transfer-encoding upgrade user-agent via"
  ).split(" "),
);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What becomes of this header under `fetch`, if it does not arrive as it is. */
export function headerFate([name, value]: Header): string | undefined {
  const low = name.toLowerCase();
  if (!TOKEN.test(name)) return "not a header name";
  if (/[\r\n\0]/.test(value)) return "a value has no line breaks";
  if (OWN.has(low) || low.startsWith("proxy-") || low.startsWith("sec-")) {
    return "set by the browser under fetch; switch to direct to send it";
  }
  return undefined;
}

/** Why `fetch` would not send this request, in words; `undefined` when it would. */
export function refusal(method: string, target: string, bodyLength: number): string | undefined {
  if (!TOKEN.test(method)) return `"${method}" is not a method.`;
  if (/^(CONNECT|TRACE|TRACK)$/i.test(method)) return `fetch refuses ${method}. Switch to direct to send it.`;
  if (/^(GET|HEAD)$/i.test(method) && bodyLength > 0) {
    return `fetch refuses a ${method} with a body. Switch to direct, or take the body away.`;
  }
  if (!target.startsWith("/")) return "A target starts with a slash, such as /v2/.";
  return undefined;
}

/** How `fetch` would rewrite the target, if it would. */
export function rewritten(target: string): string | undefined {
  let url: URL;
  try {
    url = new URL(target, "http://registry.invalid");
  } catch {
    return undefined;
  }
  const sent = url.pathname + url.search;
  return sent === target ? undefined : sent;
}
