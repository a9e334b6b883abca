import { RegistryError } from "./errors.js";
import type { RegistryClock } from "./types.js";

// Taken when the program starts: the fake timers of a test must not stop a registry.
const { setTimeout } = globalThis;
const systemNow = Date.now.bind(Date);

const START = Date.UTC(2026, 0, 1);

/** The time of one registry. */
export class Clock implements RegistryClock {
  #now: number;
  #waiting: { until: number; wake: () => void }[] = [];

  constructor(
    readonly mode: "real" | "virtual" | "auto",
    start?: number,
    private readonly moved: () => void = () => {},
  ) {
    // For the real clock, how far it was moved.
    this.#now = start ?? (mode === "real" ? 0 : START);
  }

  now(): Date {
    return new Date(this.millis());
  }

  /** The time in milliseconds. */
  readonly millis = (): number => (this.mode === "real" ? systemNow() + this.#now : this.#now);

  /** What to start a clock with that shows the same time. */
  get state(): number {
    return this.#now;
  }

  set state(state: number) {
    this.#now = state;
  }

  advance(ms: number): void {
    if (typeof ms !== "number" || !(ms >= 0) || ms === Infinity) {
      throw new RegistryError(
        "ERR_OPTION",
        `clock.advance(${String(ms)})`,
        "give a number of milliseconds from 0 upwards",
      );
    }
    this.#now += ms;
    this.#wake();
    this.moved();
  }

  runAll(): void {
    const last = Math.max(this.millis(), ...this.#waiting.map(({ until }) => until));
    this.advance(last - this.millis());
  }

  /** Waits by this clock. */
  readonly sleep = (ms: number): Promise<void> => {
    if (this.mode === "real") return new Promise((resolve) => void setTimeout(resolve, ms));
    if (this.mode === "auto") {
      this.advance(ms);
      return Promise.resolve();
    }
    return new Promise((wake) => this.#waiting.push({ until: this.#now + ms, wake }));
  };

  #wake(): void {
    const due = this.#waiting.filter(({ until }) => until <= this.#now).sort((a, b) => a.until - b.until);
    this.#waiting = this.#waiting.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
  }
}
