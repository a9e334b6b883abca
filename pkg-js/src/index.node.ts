/**
 * registrette for Node, Bun and Deno: the wasm file is read when the first registry is made, and `node:crypto` hashes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { TextDecoder, TextEncoder } from "node:util";

import { Module } from "./core/instance.js";
import { creator } from "./create.js";
import type { Registry, RegistryOptions } from "./types.js";

export { RegistryError, type RegistryErrorCode } from "./errors.js";
export type * from "./types.js";

let compiled: Module | undefined;
let readers: WebAssembly.Module | undefined;

/** @internal The compiled `images.wasm`. */
export const images = (): WebAssembly.Module =>
  (readers ??= new WebAssembly.Module(readFileSync(new URL("./images.wasm", import.meta.url))));

/** @internal */
export const create = creator({
  module: () => {
    if (!compiled) {
      const bytes = readFileSync(new URL("./registry.wasm", import.meta.url));
      const text = { TextDecoder, TextEncoder } as unknown as typeof globalThis;
      compiled = new Module(new WebAssembly.Module(bytes), text, images);
    }
    return compiled;
  },
  images,
  hash: createHash,
});

/**
 * Makes a registry in memory, without a socket; `startRegistry` of `registrette/node` has one.
 *
 * @example
 * const registry = await createRegistry();
 * const response = await registry.fetch("/v2/"); // 200
 */
export function createRegistry(options?: RegistryOptions): Promise<Registry> {
  return create(options);
}
