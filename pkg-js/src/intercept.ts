/**
 * Puts a registry in the place of `globalThis.fetch` for some origins.
 *
 * Clients that do not use `globalThis.fetch` (most of them, in Node) do not notice: they need a socket, or msw.
 *
 * @module
 */

import { RegistryError } from "./errors.js";
import type { Registry } from "./types.js";

export { RegistryError, type RegistryErrorCode } from "./errors.js";

/** What ends an interception. */
export interface Interception extends Disposable {
  /** Puts the former `fetch` back. */
  restore(): void;
}

/**
 * Answers `fetch` of these origins from a registry; all others go where they went before.
 *
 * @example
 * const interception = interceptFetch(registry, ["https://registry.test"]);
 * await fetch("https://registry.test/v2/"); // 200
 * interception.restore();
 */
export function interceptFetch(registry: Registry, origins: readonly string[]): Interception {
  const own = new Set(origins.map(origin));
  const former = globalThis.fetch;
  const intercepted: typeof fetch = (input, init) => {
    const url = typeof input === "object" && "url" in input ? input.url : String(input);
    const isOwn = URL.canParse(url) && own.has(new URL(url).origin);
    return isOwn ? registry.fetch(input as Request, init) : former(input, init);
  };
  globalThis.fetch = intercepted;
  const restore = () => {
    if (globalThis.fetch === intercepted) globalThis.fetch = former;
    own.clear();
  };
  return { restore, [Symbol.dispose]: restore };
}

function origin(text: string): string {
  if (URL.canParse(text) && new URL(text).pathname === "/") return new URL(text).origin;
  throw new RegistryError(
    "ERR_OPTION",
    `${JSON.stringify(text)} is not an origin`,
    "write it like https://registry.test",
  );
}
