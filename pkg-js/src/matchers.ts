/**
 * Matchers for `expect` of vitest and jest: `expect.extend(matchers)`.
 *
 * @module
 */

import type { Call, CallBudget, CallFilter, Operation, Registry } from "./types.js";

interface Result {
  pass: boolean;
  message: () => string;
}

const list = (calls: readonly Call[]): string =>
  calls.map((call) => `  #${call.seq} ${call.operation} ${call.method} ${call.path} ${call.status}`).join("\n") ||
  "  none";

/**
 * What `expect(registry)` has once it is extended, for TypeScript to know. Merge it into the test runner's own interface:
 *
 * @example
 * declare module "vitest" {
 *   interface Matchers<T> extends RegistryMatchers<T> {}
 * }
 *
 * @example
 * declare module "expect" {
 *   interface Matchers<R extends void | Promise<void>, T = unknown> extends RegistryMatchers<R> {}
 * }
 */
export interface RegistryMatchers<R = unknown> {
  /** A call of this operation was made, one that the filter fits. */
  toHaveReceived(operation: Operation, filter?: Omit<CallFilter, "operation">): Kept<R>;
  /** No more calls were made than a budget allows: `{ "manifest.get": 1, rules: ["no blob twice"] }`. */
  toStayWithin(budget: CallBudget): Kept<R>;
  /** A manifest is there by this name, such as `demo/app:v1`. */
  toHaveTag(ref: string): Kept<R>;
  /** A blob is there, in whatever repository. */
  toHaveBlob(digest: string): Kept<R>;
}

/** What a matcher gives, whatever the runner's interface is about: nothing. */
type Kept<R> = R extends void ? R : void;

/** The matchers; each takes a registry. */
export const matchers = {
  /** A call of this operation was made, one that the filter fits. */
  toHaveReceived(registry: Registry, operation: Operation, filter: Omit<CallFilter, "operation"> = {}): Result {
    const calls = registry.calls({ ...filter, operation });
    const message = () => `${calls.length} calls of ${operation} that fit; all calls were:\n${list(registry.calls())}`;
    return { pass: calls.length > 0, message };
  },

  /** No more calls were made than a budget allows: `{ "manifest.get": 1, rules: ["no blob twice"] }`. */
  toStayWithin(registry: Registry, budget: CallBudget): Result {
    const { ok, message } = registry.checkCalls(budget);
    const kept = () => `the budget was kept; all calls were:\n${list(registry.calls())}`;
    return { pass: ok, message: () => message ?? kept() };
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
