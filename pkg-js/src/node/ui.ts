import { readFileSync, readdirSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { extname, join } from "node:path";

import { HTTPS } from "../core/flags.js";
import { RegistryError, reason } from "../errors.js";
import type { RawAnswer } from "../generated/glue.js";
import type { Setting } from "./handler.js";

/** The files of the playground by name: what is in its folder and nothing else is served. */
export type Ui = ReadonlyMap<string, Uint8Array>;

/** What a page of the playground may run and ask; `src/serve/ui.rs` has the same. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; " +
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The same for what is no file. */
const PLAIN =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Whether a target is one of the playground. */
export const isUi = (target: string): boolean => /^\/ui(?:[/?]|$)/.test(target);

/** Reads the built playground. */
export function readUi(folder: string): Ui {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const files = new Map<string, Uint8Array>(
      entries.map(({ name }) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
    );
    if (!files.has("index.html")) throw new Error("there is no index.html in it");
    return files.set("mode.json", text('{"mode":"server"}\n'));
  } catch (thrown) {
    const hint = "build it by npm run build --prefix pkg-js";
    throw new RegistryError("ERR_FILE", `there is no playground in ${folder}: ${reason(thrown)}`, hint);
  }
}

/** Answers a request for the playground. */
export function uiAnswer({ engine, guard, isHttps }: Setting, files: Ui, req: IncomingMessage): RawAnswer {
  const { method, url, rawHeaders } = req;
  const refused = engine.refuse(method!, url!, rawHeaders, isHttps ? HTTPS : 0, guard);
  if (refused) return refused;
  const [path = ""] = url!.split("?");
  if (path === "/ui") return answer(308, PLAIN, "text/plain", text(""), ["location", "/ui/"]);
  if (method !== "GET" && method !== "HEAD") {
    return answer(405, PLAIN, "text/plain", text("these are files\n"), ["allow", "GET, HEAD"]);
  }
  const name = path.slice("/ui/".length) || "index.html";
  const file = files.get(name);
  if (!file) return answer(404, PLAIN, "text/plain", text("there is no such file\n"));
  // Files with their hash in their names never change.
  const isHashed = /-[\dA-Za-z]{8,}\.\w+$/.test(name);
  const caching = isHashed ? ["cache-control", "public, max-age=31536000, immutable"] : [];
  return answer(200, POLICY, TYPES[extname(name)] ?? "application/octet-stream", file, caching);
}

const text = (text: string): Uint8Array => new TextEncoder().encode(text);

function answer(status: number, policy: string, type: string, body: Uint8Array, more: string[] = []): RawAnswer {
  const headers = ["content-type", type, "content-length", String(body.length)];
  if (!more.includes("cache-control")) headers.push("cache-control", "no-cache");
  headers.push("content-security-policy", policy, "x-content-type-options", "nosniff");
  headers.push("referrer-policy", "no-referrer", "cross-origin-opener-policy", "same-origin");
  return [status, [...headers, ...more], body.length > 0 ? [body] : []];
}
