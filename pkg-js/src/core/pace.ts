import type { RawAnswer, Step } from "../generated/glue.js";
import type { Engine } from "./engine.js";

/** Is told what gives a pause up, and gives what stops telling. */
export type Ender = (giveUp: (reason: unknown) => void) => () => void;

/**
 * The waits of one answer. Each is over so long after the one before it was due, so that a clock that is moved far at once has
 * them all behind it.
 */
export class Pace {
  #due: number;
  readonly #end: number;

  constructor(
    private readonly engine: Engine,
    [, , steps, before = []]: RawAnswer,
    private readonly ender: Ender,
  ) {
    const waits = [...before, ...steps].filter((step) => typeof step === "number");
    this.#due = engine.clock.millis();
    this.#end = waits.reduce((sum, wait) => sum + wait, this.#due);
  }

  /** Waits that long; to hang is to wait for ever. Rejects when it is given up, or the registry ends. */
  wait(step: number | "hang"): Promise<void> {
    this.#due += step === "hang" ? Infinity : step;
    return this.engine.pause(this.#due, this.#end, this.ender);
  }
}

/** What is sent of a body: not more than its head says. `owes`: the head says more. */
export function measured([, headers, steps]: RawAnswer): { steps: readonly Step[]; length: number; owes: boolean } {
  const declared = lengthOf(headers);
  const length = steps.reduce<number>((sum, step) => (typeof step === "object" ? sum + step.length : sum), 0);
  if (declared === undefined || declared === length) return { steps, length, owes: false };
  return declared > length
    ? { steps, length, owes: true }
    : { steps: cut(steps, declared), length: declared, owes: false };
}

function lengthOf(headers: readonly string[]): number | undefined {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === "content-length") return /^\d+$/.test(headers[at + 1]!) ? Number(headers[at + 1]) : undefined;
  }
  return undefined;
}

function cut(steps: readonly Step[], length: number): Step[] {
  let left = length;
  return steps.flatMap((step): Step[] => {
    if (typeof step !== "object") return [step];
    const piece = step.subarray(0, left);
    left -= piece.length;
    return piece.length > 0 ? [piece] : [];
  });
}
