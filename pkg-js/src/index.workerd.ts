/**
 * registrette for Cloudflare's workerd, which compiles no wasm at run time.
 *
 * @module
 */

// @ts-expect-error The bundler of workers makes a WebAssembly.Module of it.
import wasm from "./registry.wasm";

import { Module } from "./core/instance.js";
import { creator } from "./create.js";
import type { Registry, RegistryOptions } from "./types.js";

export { RegistryError, type RegistryErrorCode } from "./errors.js";
export type * from "./types.js";

let compiled: Module | undefined;

// @ts-expect-error The same; a worker that reads no images need not have it.
const images = (): Promise<WebAssembly.Module> => import("./images.wasm").then((module) => module.default);

const create = creator({
  module: () => (compiled ??= new Module(wasm as WebAssembly.Module, globalThis, images)),
  images,
});

/** Makes a registry in memory. */
export function createRegistry(options?: RegistryOptions): Promise<Registry> {
  return create(options);
}
