import { RegistryError, nearest } from "./errors.js";
import type { RegistryOptions } from "./types.js";

/** What an option takes: whether a value fits, and what would. */
export interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly takes: string;
}

export type Rules = Readonly<Record<string, Rule>>;

const rule = (takes: string, fits: Rule["fits"]): Rule => ({ takes, fits });

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const BOOLEAN = rule("true or false", (value) => typeof value === "boolean");
export const STRING = rule("a string", (value) => typeof value === "string");
export const STRINGS = rule(
  "a list of strings",
  (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
);
export const WHOLE = rule(
  "a whole number from 0 upwards",
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
const WHOLE_OR_BOOLEAN = rule("true, false or a number of bytes", (value) => BOOLEAN.fits(value) || WHOLE.fits(value));
const FUNCTION = rule("a function", (value) => typeof value === "function");

export const oneOf = (...values: string[]): Rule =>
  rule(values.map((value) => JSON.stringify(value)).join(", "), (value) => values.includes(value as string));

const LIMITS: Rules = {
  manifestBytes: WHOLE,
  blobBytes: WHOLE,
  totalBytes: WHOLE,
  repositories: WHOLE,
  tags: WHOLE,
  sessions: WHOLE,
  sessionIdleMs: WHOLE,
  pageSize: WHOLE,
};

export const REGISTRY: Rules = {
  seed: rule("a seed or a list of seeds", (value) => typeof value === "object" && value !== null),
  url: rule("an http or https URL", isUrl),
  profile: rule("a name or { name, quirks }", (value) => typeof value === "string" || isObject(value)),
  quirks: rule("an object of switches", isObject),
  profiles: rule('an object of prefixes and profiles, such as { "docker.io/": "docker-hub" }', isObject),
  referrers: BOOLEAN,
  references: oneOf("strict", "lax", "sparse"),
  accept: oneOf("lenient", "strict"),
  deletes: BOOLEAN,
  readOnly: BOOLEAN,
  catalog: BOOLEAN,
  limits: rule("an object of numbers", isObject),
  clock: oneOf("real", "virtual", "auto"),
  faults: rule("a list of fault rules", Array.isArray),
  rngSeed: WHOLE,
  history: rule("true, false or { max, bodies }", (value) => typeof value === "boolean" || isObject(value)),
  hash: FUNCTION,
  wasm: rule("a WebAssembly.Module or bytes", (value) => typeof value === "object" && value !== null),
  publicUrl: rule("what a URL starts with, such as https://registry.example", isOrigin),
  trustForwarded: BOOLEAN,
  auth: rule('{ type, users } or "none"', (value) => value === "none" || isObject(value)),
  rateLimit: rule('{ limit, windowMs } or "none"', (value) => value === "none" || isObject(value)),
  headers: rule("an object of names and values", isObject),
  scenarios: rule(
    "true, false or { catalogDelay, catalogRepositories }",
    (value) => BOOLEAN.fits(value) || isObject(value),
  ),
};

const RATE_LIMIT: Rules = {
  limit: WHOLE,
  windowMs: WHOLE,
  by: oneOf("client", "user", "all"),
  counts: oneOf("pulls", "requests"),
  retryAfter: oneOf("seconds", "date", "text", "none"),
};

/** What only the native binary does with `auth`, and what it takes. */
export const NATIVE: Readonly<Record<string, string>> = {
  htpasswd: "passwords hashed by bcrypt",
  tokenKeys: "tokens of others, by their public keys",
  tokenIssuer: "tokens of others, by their public keys",
  tokenForm: "tokens as signed JWTs",
};

/** Throws for what is not known or does not fit. */
export function check(what: string, options: unknown, rules: Rules): void {
  if (!isObject(options)) {
    throw new RegistryError("ERR_OPTION", `${what} is ${show(options)}`, "give an object");
  }
  const names = Object.keys(rules);
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) {
      const meant = nearest(name, names);
      const hint = meant ? `did you mean ${meant}?` : `there are ${names.join(", ")}`;
      throw new RegistryError("ERR_OPTION", `there is no option ${what}.${name}`, hint);
    }
    if (value !== undefined && !rule.fits(value)) {
      throw new RegistryError("ERR_OPTION", `${what}.${name} is ${show(value)}`, `it takes ${rule.takes}`);
    }
  }
}

/** Checks the options of a registry. */
export function checkRegistry(options: unknown, more: Rules = {}): void {
  check("options", options, { ...REGISTRY, ...more });
  const { limits, profile, history, rateLimit, scenarios, auth } = options as RegistryOptions;
  if (limits) check("options.limits", limits, LIMITS);
  if (isObject(history)) check("options.history", history, { max: WHOLE, bodies: WHOLE_OR_BOOLEAN });
  if (isObject(scenarios)) check("options.scenarios", scenarios, { catalogDelay: STRING, catalogRepositories: WHOLE });
  if (isObject(rateLimit)) check("options.rateLimit", rateLimit, RATE_LIMIT);
  const native = isObject(auth) ? Object.keys(auth).find((name) => Object.hasOwn(NATIVE, name)) : undefined;
  if (native !== undefined) {
    const what = `options.auth.${native} is for the native registrette: ${NATIVE[native]}`;
    throw new RegistryError("ERR_OPTION", what, "run `registrette serve`, or give names and passwords in users");
  }
  checkProfile("options.profile", profile);
}

/** The options as the core takes them. */
export function toCore(options: RegistryOptions & { secret?: string }, hashers: number | undefined): string {
  const { history = true } = options;
  const quirks = { ...options.quirks, ...(options.referrers === false && { DisableReferrersAPI: true }) };
  return JSON.stringify({
    rngSeed: options.rngSeed ?? 0,
    ...likeness(options.profile, options.profiles, quirks),
    secret: options.secret,
    references: options.references,
    accept: options.accept,
    deletes: options.deletes,
    readOnly: options.readOnly,
    catalog: options.catalog,
    limits: options.limits ?? {},
    publicUrl: options.publicUrl?.replace(/\/$/, ""),
    trustForwarded: options.trustForwarded ?? false,
    calls: typeof history === "boolean" ? (history ? 1000 : 0) : (history.max ?? 1000),
    callBodies: isObject(history) ? bodies(history.bodies) : 0,
    hashers,
    auth: options.auth,
    rateLimit: options.rateLimit,
    headers: options.headers,
    scenarios: options.scenarios,
  });
}

/** Whom to be like, as the core takes it; `more` are switches on top. */
export function likeness(
  profile: RegistryOptions["profile"],
  profiles: RegistryOptions["profiles"],
  more: object = {},
): { profile: string | undefined; quirks: object; profiles: object | undefined } {
  const { name, quirks } = typeof profile === "string" ? { name: profile, quirks: {} } : (profile ?? {});
  return { profile: name, quirks: { ...quirks, ...more }, profiles };
}

/** Checks a profile that is no name. */
export function checkProfile(what: string, profile: unknown): void {
  if (isObject(profile)) check(what, profile, { name: STRING, quirks: rule("an object of switches", isObject) });
}

/** How many bytes of a body are kept. */
function bodies(bodies: boolean | number = false): number {
  return typeof bodies === "number" ? bodies : bodies ? 64 << 10 : 0;
}

/** A value, short enough for a sentence. */
export function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "string" || value === null || Array.isArray(value) || isObject(value)) {
    const text = JSON.stringify(value) ?? "an object";
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }
  return String(value);
}

function isUrl(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:/.test(value);
}

function isOrigin(value: unknown): boolean {
  return isUrl(value) && /^https?:\/\/[^/?#@]+\/?$/.test(value as string);
}
