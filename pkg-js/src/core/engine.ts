import type { Clock } from "../clock.js";
import { RegistryError, reason } from "../errors.js";
import type { Core, RawAnswer, State, WireAnswer } from "../generated/glue.js";
import type { Instance } from "./instance.js";
import type { Ender } from "./pace.js";

/** How much is computed between two turns of the event loop, in bytes. */
export const SLICE = 8 << 20;

// Taken when the program starts: the fake timers of a test must not stop a registry.
const { setTimeout } = globalThis;

/** Lets others run. */
export const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

/** Where a registry's engine is to be found by the other entries of the package, of whichever module format. */
export const ENGINE = Symbol.for("registrette.engine");

/** One registry in wasm, guarded against its own end: by `close`, or by a crash. */
export class Engine {
  #core: Core;
  #end: RegistryError | undefined;
  /** What gives up each answer that waits. */
  readonly #pauses = new Set<(reason: unknown) => void>();

  constructor(
    readonly instance: Instance,
    core: Core,
    /** Tells the time in milliseconds. */
    readonly now: () => number,
    /** What answers wait by. */
    readonly clock: Pick<Clock, "millis" | "wait">,
  ) {
    this.#core = core;
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Gives the answer, or the number of an exchange that wants its body. */
  begin(method: string, target: string, headers: readonly string[], flags: number, guard: number): RawAnswer | number {
    this.#check();
    try {
      const begun = this.#core.begin(this.now(), method, target, headers.join("\n"), flags, guard);
      return typeof begun === "number" ? begun : this.#whole(begun);
    } catch (thrown) {
      throw this.#fail(thrown, `${method} ${target}`);
    }
  }

  /** The answer to what is no request. */
  unreadable(reason: string): RawAnswer {
    return opened(this.instance.Core.unreadable(reason));
  }

  /** What is answered to a request that is not for the registry and may not be asked here. */
  refuse(method: string, target: string, headers: readonly string[], flags: number, guard: number) {
    const line = `${method} ${target}`;
    const answer = this.call(line, (core) => core.refuse(method, target, headers.join("\n"), flags, guard));
    return answer && opened(answer);
  }

  /** Asks control: gives an answer, or a task as text, and what the clock is to be set to. */
  control(
    clock: number,
    method: string,
    target: string,
    headers: readonly string[],
    body: Uint8Array,
    flags: number,
    guard: number,
  ): [RawAnswer | string, clock?: number] {
    const reply = this.call(`${method} ${target}`, (core) =>
      core.control(this.now(), clock, method, target, headers.join("\n"), body, flags, guard),
    );
    if (typeof reply === "string") return [reply];
    const [status, lines, steps, , next] = reply;
    const answer = opened([status, lines, steps]);
    return next === undefined ? [answer] : [answer, next];
  }

  /** Hands over bytes that nobody changes any more. `true`: no more is wanted. */
  body(exchange: number, bytes: Uint8Array): boolean {
    if (this.#end) return true;
    try {
      return this.#core.body(exchange, this.instance.host.keep(bytes), bytes.length);
    } catch (thrown) {
      throw this.#fail(thrown, "a body");
    }
  }

  /** Computes what is left, in slices, and finishes. */
  async finish(exchange: number, line: string, cut = false): Promise<RawAnswer> {
    while (!cut && this.call(line, (core) => core.work(exchange, SLICE))) await turn();
    return this.call(line, (core) => this.#whole(core.finish(this.now(), exchange, cut)));
  }

  /** Gives an exchange up. */
  forget(exchange: number): void {
    if (!this.#end) this.call("a body", (core) => core.forget(exchange));
  }

  /** Calls the core. `line` says in a failure what it was doing. */
  call<T>(line: string, act: (core: Core) => T): T {
    this.#check();
    try {
      return act(this.#core);
    } catch (thrown) {
      throw this.#fail(thrown, line);
    }
  }

  snapshot(): State {
    return this.call("snapshot()", (core) => core.snapshot());
  }

  fork(now: () => number, clock: Engine["clock"]): Engine {
    return new Engine(
      this.instance,
      this.call("fork()", (core) => core.fork()),
      now,
      clock,
    );
  }

  /** Until then by the registry's clock, or for ever. Rejects when it is given up before, or the registry ends. */
  pause(until: number, end: number, ender: Ender): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end) {
        reject(this.#end);
        return;
      }
      const over = (act: () => void) => {
        stopTelling();
        forget();
        this.#pauses.delete(giveUp);
        act();
      };
      const giveUp = (reason: unknown) => over(() => reject(reason));
      const stopTelling = ender(giveUp);
      const forget = until === Infinity ? () => {} : this.clock.wait(until, end, () => over(resolve));
      this.#pauses.add(giveUp);
    });
  }

  close(): void {
    if (this.#end) return;
    const hint = "make a new one, or close it later";
    this.#ends(new RegistryError("ERR_DISPOSED", "this registry was closed", hint));
    this.#core.free();
  }

  #ends(end: RegistryError): void {
    this.#end = end;
    for (const giveUp of [...this.#pauses]) giveUp(end);
  }

  #check(): void {
    if (this.#end) throw this.#end;
  }

  #whole(answer: WireAnswer): RawAnswer {
    const fault = this.instance.host.takeFault();
    if (fault) throw fault;
    return opened(answer);
  }

  #fail(thrown: unknown, line: string): unknown {
    if (!isTrap(thrown)) return typeof thrown === "string" ? new Error(thrown) : thrown;
    this.instance.retired = true;
    const said = this.instance.host.panic ?? reason(thrown);
    const hint = "its content is lost, other registries go on; please report this with the request";
    const crash = new RegistryError("ERR_CRASHED", `the registry crashed at ${line}: ${said}`, hint, { cause: thrown });
    this.#ends(crash);
    return crash;
  }
}

/** An answer with its headers one by one. Over the boundary they go as one string, which costs a tenth. */
function opened([status, lines, ...steps]: WireAnswer): RawAnswer {
  return [status, lines === "" ? [] : lines.split("\n"), ...steps];
}

/** Whether wasm stopped. By name: test runners have globals of their own. */
function isTrap(thrown: unknown): boolean {
  if (typeof thrown !== "object" || thrown === null || !("name" in thrown)) return false;
  return thrown.name === "RuntimeError" || (thrown.name === "RangeError" && reason(thrown).includes("call stack"));
}
