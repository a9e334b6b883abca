/** What can go wrong outside the protocol. */
export type RegistryErrorCode =
  | "ERR_CRASHED"
  | "ERR_DISPOSED"
  | "ERR_OPTION"
  | "ERR_SEED"
  | "ERR_FILE"
  | "ERR_LISTEN"
  | "ERR_BODY_USED"
  | "ERR_LIMIT"
  | "ERR_CONTROL";

/**
 * A mistake of the caller, or a failure of the registry itself. What a client of the registry does wrong is not one: that
 * is answered over HTTP.
 *
 * Tell them apart by `code`, not by `instanceof`: a program that loads the package both as ESM and as CJS has two classes.
 */
export class RegistryError extends Error {
  /** What kind of thing went wrong. */
  readonly code: RegistryErrorCode;
  /** What to change. */
  readonly hint: string;

  constructor(code: RegistryErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(`${message}; ${hint}`, options);
    this.name = "RegistryError";
    this.code = code;
    this.hint = hint;
  }
}

/** The text of anything that was thrown. */
export function reason(thrown: unknown): string {
  return thrown instanceof Error || (typeof thrown === "object" && thrown !== null && "message" in thrown)
    ? String(thrown.message)
    : String(thrown);
}

/** The name that somebody probably meant: at most a third of its letters differ. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distance(text.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const first = ranked[0];
  return first && first.distance * 3 <= Math.max(text.length, 3) ? first.name : undefined;
}

/** How many letters to insert, remove or replace (Levenshtein), row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
