/** What wasm-bindgen's glue does; the glue itself is made by `npm run build`. */

import type { Host } from "../core/host.js";

export declare class State {
  free(): void;
}

export declare class Core {
  constructor(options: string);
  static unreadable(reason: string): WireAnswer;
  guard(options: string): number;
  begin(
    now: number,
    method: string,
    target: string,
    headers: string,
    flags: number,
    guard: number,
  ): WireAnswer | number;
  body(exchange: number, chunk: number, length: number): boolean;
  work(exchange: number, budget: number): boolean;
  finish(now: number, exchange: number, cut: boolean): WireAnswer;
  forget(exchange: number): void;
  seed(seeds: string, parts: readonly Uint8Array[]): string;
  tick(now: number): void;
  snapshot(): State;
  restore(state: State, forget: boolean): void;
  fork(): Core;
  forgetPublicUrl(): void;
  setProfile(likeness: string): void;
  diff(state: State): string;
  look(question: string, name: string): string;
  forgetCalls(): void;
  manifest(repository: string, reference: string): [string, string, Uint8Array<ArrayBuffer>] | undefined;
  blob(digest: string): Uint8Array[] | undefined;
  cloneRepository(from: string, to: string): void;
  gc(): Float64Array;
  openControl(now: number, clock: number, token: string): void;
  control(
    now: number,
    clock: number,
    method: string,
    target: string,
    headers: string,
    body: Uint8Array,
    flags: number,
    guard: number,
  ): ControlAnswer | string;
  addFaults(now: number, rules: string, many: boolean): Float64Array;
  faultIds(): Float64Array;
  faultRule(id: number): string | undefined;
  fault(id: number): Float64Array | undefined;
  removeFault(id: number): void;
  clearFaults(): void;
  free(): void;
}

/** Bytes to send, milliseconds to wait, or what ends it. */
export type Step = Uint8Array | number | "reset" | "hang";

/** Status, `[name, value, …]`, steps, and the steps before the head where there are any. */
export type RawAnswer = [status: number, headers: string[], steps: Step[], before?: Step[]];

/** The same with the headers as one string: name, value, name, … in lines. */
export type WireAnswer = [status: number, headers: string, steps: Step[], before?: Step[]];

/** An answer of control, and what the clock is set to where it is. */
export type ControlAnswer = [...WireAnswer, clock?: number];

export declare function instantiate(host: Host, module: WebAssembly.Module): { Core: typeof Core; State: typeof State };
