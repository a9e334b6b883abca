import { Engine } from "../../../pkg-js/src/core/engine.js";
import { Module } from "../../../pkg-js/src/core/instance.js";
import type { FaultRule, Settings } from "../shared/protocol.js";
import type { State } from "./disk.js";

/** How much the registry holds at most: so much is read at the start. */
export const LIMIT = 256 << 20;

export const DEFAULTS: Settings = {
  auth: null,
  profile: null,
  quirks: {},
  references: "strict",
  deletes: true,
  readOnly: false,
  rateLimit: null,
};

/** What a registry starts with that nobody used yet. */
export function fresh(): State {
  const [rngSeed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return { revision: 0, generation: 1, last: 1, rngSeed, settings: DEFAULTS, faults: [] };
}

const compileFile = async (name: string): Promise<WebAssembly.Module> => {
  const url = new URL(name, self.location.href);
  const there = "caches" in self ? await caches.match(url).catch(() => undefined) : undefined;
  const response = there ?? (await fetch(url));
  if (!response.ok) throw new Error(`${name} was not to be had: ${response.status}`);
  // A server that does not know the type of wasm is none to stream from.
  const isTyped = response.headers.get("content-type")?.startsWith("application/wasm") ?? false;
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
};

let compiled: Promise<Module> | undefined;

/** The module of the registry. A failure is not kept: the next one tries again. */
export function module(): Promise<Module> {
  compiled ??= compileFile(__WASM__).then((wasm) => new Module(wasm, globalThis));
  compiled.catch(() => (compiled = undefined));
  return compiled;
}

/** The options of the core. */
export function options({ settings, rngSeed }: Pick<State, "settings" | "rngSeed">): string {
  const { profile, auth, rateLimit, ...rest } = settings;
  return JSON.stringify({
    ...rest,
    ...(profile !== null && { profile }),
    ...(auth && { auth }),
    ...(rateLimit && { rateLimit }),
    rngSeed,
    limits: { totalBytes: LIMIT },
    // The log is the worker's own; of each call it asks for the last one.
    calls: 1,
    journal: 1_000_000,
  });
}

/** An empty registry with these settings. */
export async function makeEngine(state: Pick<State, "settings" | "rngSeed">): Promise<Engine> {
  const instance = (await module()).instance();
  // The worker waits by itself: no answer pauses in the engine.
  const clock = { millis: Date.now, wait: () => () => {} };
  return new Engine(instance, new instance.Core(options(state)), Date.now, clock);
}

/** Sets these rules in place of all others; all of them or none. */
export function setFaults(engine: Engine, rules: readonly FaultRule[]): void {
  engine.call("faults", (core) => {
    const before = core.faultIds();
    if (rules.length > 0) core.addFaults(Date.now(), JSON.stringify(rules), true);
    for (const id of before) core.removeFault(id);
  });
}
