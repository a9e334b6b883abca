// A view as the hash of a link: `#/v2/…` for an object, `#s=ID/STEP` for a scenario, `#r=…` for a request, packed.

import { fromBase64, toBase64, utf8 } from "./format.js";
import type { Header, HttpRequest } from "./http.js";

export type Via = "fetch" | "direct";

export type Shared =
  | { kind: "home" }
  | { kind: "object"; target: string }
  | { kind: "scenario"; id: string; step: number }
  | { kind: "request"; request: HttpRequest; via: Via };

/** No request that anybody shares is longer, and a small hash cannot become a large text. */
const LONGEST = 1 << 20;

export async function toHash(shared: Shared, withAuthorization = false): Promise<string> {
  if (shared.kind === "home") return "";
  if (shared.kind === "object") return `#${encodeURI(shared.target)}`;
  if (shared.kind === "scenario") return `#s=${encodeURIComponent(shared.id)}/${shared.step}`;
  const { method, target, body } = shared.request;
  const headers = shared.request.headers.filter(([name]) => withAuthorization || !/^authorization$/i.test(name));
  const packed = await deflate(utf8(JSON.stringify([shared.via, method, target, headers, toBase64(body)])));
  return `#r=${toBase64(packed).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** What a hash holds; `undefined` when it is nothing that this page wrote. */
export async function fromHash(hash: string): Promise<Shared | undefined> {
  const text = hash.replace(/^#/, "");
  try {
    if (text === "") return { kind: "home" };
    if (text.startsWith("/")) return object(decodeURI(text));
    const [, id, step] = /^s=([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
    if (id !== undefined) return { kind: "scenario", id: decodeURIComponent(id), step: Number(step) };
    if (!text.startsWith("r=")) return undefined;
    const bytes = fromBase64(text.slice(2).replaceAll("-", "+").replaceAll("_", "/"));
    return request(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await inflate(bytes))));
  } catch {
    return undefined;
  }
}

const object = (target: string): Shared | undefined =>
  /\/v2\//.test(target) && !/[\s\\]/.test(target) ? { kind: "object", target } : undefined;

function request(value: unknown): Shared | undefined {
  if (!Array.isArray(value)) return undefined;
  const [via, method, target, headers, body] = value as unknown[];
  if (via !== "fetch" && via !== "direct") return undefined;
  if (typeof method !== "string" || typeof target !== "string" || typeof body !== "string") return undefined;
  if (!Array.isArray(headers) || !headers.every(isHeader)) return undefined;
  return { kind: "request", via, request: { method, target, headers, body: fromBase64(body) } };
}

function isHeader(value: unknown): value is Header {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = packed.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > LONGEST) {
      await reader.cancel();
      throw new RangeError("the link holds more than a request");
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
