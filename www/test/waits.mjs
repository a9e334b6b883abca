// Waiting for what a page shows.

import { deepStrictEqual, match, ok } from "node:assert";
import { setTimeout } from "node:timers/promises";
import { inspect } from "node:util";

/** How long a page may take until what is expected of it is there, in milliseconds. */
export const PATIENCE = 30_000;

/**
 * Reads until what is read is as expected: a value, a pattern, or what a function says yes to. What a page shows comes
 * some time after what was done to it; whoever reads it once is as right as the machine is fast.
 */
export async function becomes(read, expected, about = "") {
  const check = (seen) => {
    if (expected instanceof RegExp) match(seen, expected);
    else if (typeof expected === "function") ok(expected(seen), `${expected} is not so of ${inspect(seen)}`);
    else deepStrictEqual(seen, expected);
  };
  for (const until = Date.now() + PATIENCE; ; await setTimeout(20)) {
    const seen = await read();
    try {
      check(seen);
      return seen;
    } catch (error) {
      if (about) error.message = `${about}: ${error.message}`;
      if (Date.now() > until) throw error;
    }
  }
}

/** Waits until a text is there, whole or as a pattern. */
export const sees = (locator, text, about) => becomes(() => locator.innerText(), text, about);

/** Waits until there are so many. */
export const counts = (locator, number, about) => becomes(() => locator.count(), number, about);

/** Waits until a field has this value. */
export const holds = (field, value, about) => becomes(() => field.inputValue(), value, about);
