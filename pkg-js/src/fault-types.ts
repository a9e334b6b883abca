import type { Operation } from "./types.js";

/** Milliseconds, or what Go's `time.ParseDuration` takes: `"1.5s"`, `"2m30s"`. */
export type Duration = number | string;

/** Which requests fail, when, and how. The same JSON that the command takes by `--faults FILE`. */
export interface FaultRule {
  /** Which requests; all of them when nothing is said. */
  match?: FaultMatch;
  /** When it happens to a request that matches; always when nothing is said. */
  when?: FaultWhen;
  /** What happens, in this order; at least one verb. */
  do: readonly FaultVerb[];
}

/**
 * Which requests a rule is about: those for which all that is given holds. In patterns `*` stands for any letters but `/`,
 * and `**` for any at all.
 */
export interface FaultMatch {
  /** One of these operations: `blob.get`, or all of a kind: `blob.*`. */
  operation?: Operation | readonly Operation[];
  method?: string;
  /** A repository of such a name: `demo/*`, `**`. */
  repository?: string;
  /** A tag or digest of such a form: `v1.*`, `sha256:*`. */
  reference?: string;
  /** Content that plays this part. A blob is a config when some manifest of its repository says so. */
  role?: "config" | "layer" | "manifest" | "index";
  /** A manifest of such a media type. */
  mediaType?: string;
  /** A client whose `User-Agent` is of such a form: `crane/*`. */
  client?: string;
  /** The upload session of this id. */
  session?: string;
  /** A `Range` that asks for some of the bytes from the first number up to the second. Without a range all are asked for. */
  range?: readonly [from: number, until: number];
}

/** When a rule happens to a request that matches: where all that is given holds. Requests that match are counted from 1. */
export interface FaultWhen {
  /** The n-th alone. */
  nth?: number;
  /** The first n. */
  first?: number;
  /** The n-th, the 2n-th, and so on. */
  every?: number;
  /** All after the first n. */
  after?: number;
  /** From the first of these times after the rule was set up to the second, by the registry's clock. */
  windowMs?: readonly [from: Duration, until: Duration];
  /** From 0 to 1; drawn from `rngSeed`, so that the same requests fail again. */
  probability?: number;
}

/** What happens to a request. */
export type FaultVerb =
  | StatusVerb
  | RedirectVerb
  | DelayVerb
  | HangVerb
  | ResetVerb
  | TruncateVerb
  | StallVerb
  | ThrottleVerb
  | CorruptVerb
  | HeaderVerb;

/** This answer, and nothing is done. */
export interface StatusVerb {
  verb: "status";
  /** From 200 to 599. */
  status: number;
  /** The code of its error, such as `TOOMANYREQUESTS`; without code and message there is no body. */
  code?: string;
  message?: string;
  /** Such as `{ "Retry-After": "1" }`. */
  headers?: Readonly<Record<string, string>>;
}

/** The content is said to be elsewhere: on this registry, which serves it there. */
export interface RedirectVerb {
  verb: "redirect";
  /** Default 307. */
  status?: 301 | 302 | 303 | 307 | 308;
  /** Another name of this registry, with its port: `localhost:5000`. Default: only a path is given. */
  host?: string;
  /** `refuse`, the default: the target answers 400 to a request with `Authorization`, as presigned storage does. */
  authorization?: "refuse" | "ignore";
}

/** The answer takes that much longer. */
export interface DelayVerb {
  verb: "delay";
  time: Duration;
  /** Before the head (default), between the pieces of the body, of at most 1 MiB, or before its last byte. */
  at?: "head" | "chunks" | "end";
}

/** Nothing is done, and no answer comes. */
export interface HangVerb {
  verb: "hang";
}

/** The connection breaks: before the head, and nothing is done; or after so many bytes of the body. */
export interface ResetVerb {
  verb: "reset";
  at?: number;
}

/** The body ends after so many bytes, though the head says more. */
export interface TruncateVerb {
  verb: "truncate";
  at: number;
}

/** After so many bytes of the body nothing comes any more. */
export interface StallVerb {
  verb: "stall";
  at: number;
}

/** The body comes this slowly. */
export interface ThrottleVerb {
  verb: "throttle";
  bytesPerSecond: number;
}

/** This byte of the body, counted from 0, is another one. */
export interface CorruptVerb {
  verb: "corrupt";
  at: number;
}

/** Headers of the answer are set, or left out. */
export interface HeaderVerb {
  verb: "header";
  set?: Readonly<Record<string, string>>;
  drop?: readonly string[];
}

/** A rule that is set. When it is not set any more, its counts stay what they were. */
export interface Fault extends Disposable {
  /** Its number, which no other fault of the registry ever has. */
  readonly id: number;
  /** What it says. */
  readonly rule: FaultRule;
  /** How many requests matched. */
  readonly matches: number;
  /** To how many of them it happened. */
  readonly hits: number;
  /** Takes it away. Doing so again does nothing. */
  remove(): void;
}
