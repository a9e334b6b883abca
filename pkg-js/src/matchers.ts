/**
 * Matchers for `expect` of vitest and jest: `expect.extend(matchers)`.
 *
 * @module
 */

import type { CallFilter, Operation, Registry } from "./types.js";

interface Result {
  pass: boolean;
  message: () => string;
}

/** The matchers; each takes a registry. */
export const matchers = {
  /** A call of this operation was made, one that the filter fits. */
  toHaveReceived(registry: Registry, operation: Operation, filter: Omit<CallFilter, "operation"> = {}): Result {
    const calls = registry.calls({ ...filter, operation });
    const all = registry.calls().map((call) => `  ${call.operation} ${call.method} ${call.path} ${call.status}`);
    return {
      pass: calls.length > 0,
      message: () => `${calls.length} calls of ${operation} that fit; all calls were:\n${all.join("\n") || "  none"}`,
    };
  },

  /** A manifest is there by this name, such as `demo/app:v1`. */
  toHaveTag(registry: Registry, ref: string): Result {
    const pass = registry.manifest(ref) !== undefined;
    const there = registry.repositories().flatMap((name) => registry.tags(name).map((tag) => `${name}:${tag}`));
    return { pass, message: () => `${ref} is ${pass ? "" : "not "}there; there are ${there.join(", ") || "no tags"}` };
  },

  /** A blob is there, in whatever repository. */
  toHaveBlob(registry: Registry, digest: string): Result {
    const pass = registry.blob(digest) !== undefined;
    return { pass, message: () => `blob ${digest} is ${pass ? "" : "not "}there; ${registry.stats().blobs} blobs are` };
  },
};
