import type { ImagesLoader, Module } from "./core/instance.js";
import { checkRegistry, type Rules } from "./options.js";
import { WasmRegistry, bring } from "./registry.js";
import { fill, lift } from "./seed.js";
import type { HostHash, Registry, RegistryOptions, Seed } from "./types.js";

/** What an environment brings: its way to the module, and its hash where it has one. */
export interface Environment {
  module(): Module | Promise<Module>;
  readonly hash?: HostHash;
  readonly images: ImagesLoader;
}

/** `createRegistry` of an environment. */
export function creator(environment: Environment) {
  return async (options: RegistryOptions = {}, more: Rules = {}): Promise<Registry> => {
    checkRegistry(options, more);
    // Before anything is waited for: until then the caller's bytes stay as they are.
    const seeds = lift([options.seed ?? []].flat() as Seed[]);
    const module = options.wasm ? await bring(options.wasm, environment.images) : await environment.module();
    const hash = options.hash ?? environment.hash;
    const filled = await fill(seeds, module.instance());
    return WasmRegistry.create(module, hash ? { ...options, hash } : options, filled);
  };
}
