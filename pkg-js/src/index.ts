/**
 * registrette for browsers, bundlers, service workers and whatever else runs JavaScript: the wasm file is inlined.
 *
 * @module
 */

import { Module } from "./core/instance.js";
import { creator } from "./create.js";
import { wasm } from "./generated/inline.js";
import type { Registry, RegistryOptions } from "./types.js";

export { RegistryError, type RegistryErrorCode } from "./errors.js";
export type * from "./types.js";

let compiled: Promise<Module> | undefined;

const create = creator({
  module: () => {
    const bytes = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
    return (compiled ??= WebAssembly.compile(bytes).then((module) => new Module(module, globalThis)));
  },
});

/**
 * Makes a registry in memory.
 *
 * @example
 * const registry = await createRegistry();
 * const response = await registry.fetch("/v2/"); // 200
 */
export function createRegistry(options?: RegistryOptions): Promise<Registry> {
  return create(options);
}
