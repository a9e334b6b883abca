// Compares a value with one that is printed in a document, where `…` stands for what was left out.

import { deepEqual, equal, ok } from "node:assert/strict";

const MORE = Symbol("more");

/** Spread into an object: there may be more members. */
export const more = { [MORE]: true };

/** A string that starts like this. */
export const starting = (text) => ({ starting: text, [MORE]: "string" });

/** Throws where `actual` is not what was printed. */
export function like(actual, printed) {
  if (printed === null || typeof printed !== "object") return equal(actual, printed);
  if (printed[MORE] === "string")
    return ok(String(actual).startsWith(printed.starting), `${actual}: ${printed.starting}…`);
  if (!printed[MORE]) deepEqual(Object.keys(actual).sort(), Object.keys(printed).sort());
  for (const key of Object.keys(printed)) like(actual[key], printed[key]);
}
