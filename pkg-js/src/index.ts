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
let readers: Promise<WebAssembly.Module> | undefined;

const bytes = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** The readers of images come when the first ones are read. */
const images = () =>
  (readers ??= import("./generated/images-inline.js").then(({ wasm }) => WebAssembly.compile(bytes(wasm))));

const create = creator({
  module: () => {
    return (compiled ??= WebAssembly.compile(bytes(wasm)).then((module) => new Module(module, globalThis, images)));
  },
  images,
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
