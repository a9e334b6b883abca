import { RegistryError } from "./errors.js";
import type { RegistryClock } from "./types.js";

// Taken when the program starts: the fake timers of a test must not stop a registry.
const { clearTimeout, setTimeout } = globalThis;
const systemNow = Date.now.bind(Date);

const START = Date.UTC(2026, 0, 1);

/** The longest that a timer waits in one go, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** In the next turn of promises, which nobody fakes. */
const soon = (act: () => void): void => void Promise.resolve().then(act);

/** What waits for a clock. */
interface Wait {
  readonly until: number;
  /** When all is over that it is a part of. */
  readonly end: number;
  readonly wake: () => void;
  timer?: ReturnType<typeof setTimeout>;
}

/** The time of one registry. */
export class Clock implements RegistryClock {
  #now: number;
  readonly #waiting = new Set<Wait>();

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
    this.#wake();
  }

  get waiting(): number {
    return this.#waiting.size;
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
    const last = Math.max(this.millis(), ...[...this.#waiting].map(({ end }) => end));
    this.advance(last - this.millis());
  }

  /** Calls `wake` when the time has come, never at once. Gives what forgets it. */
  wait(until: number, end: number, wake: () => void): () => void {
    const wait: Wait = { until, end, wake };
    this.#waiting.add(wait);
    if (this.mode === "auto" && until > this.#now) this.advance(until - this.#now);
    else if (until <= this.millis()) soon(() => this.#end(wait));
    else if (this.mode === "real") this.#arm(wait);
    return () => this.#drop(wait);
  }

  #arm(wait: Wait): void {
    const left = Math.ceil(wait.until - this.millis());
    if (left <= 0) return this.#end(wait);
    wait.timer = setTimeout(() => this.#arm(wait), Math.min(left, LONGEST));
  }

  #wake(): void {
    const now = this.millis();
    const due = [...this.#waiting].filter(({ until }) => until <= now).sort((a, b) => a.until - b.until);
    for (const wait of due) soon(() => this.#end(wait));
  }

  #end(wait: Wait): void {
    if (this.#drop(wait)) wait.wake();
  }

  #drop(wait: Wait): boolean {
    clearTimeout(wait.timer);
    return this.#waiting.delete(wait);
  }
}
