/**
 * Scenarios: the protocol step by step, as data. The page walks through them, tests run them, all by what stands here.
 *
 * Texts of a request may hold names in braces, `{upload}`, which an earlier step kept.
 */

import { type Header, type HttpRequest, type HttpResponse, header } from "./http.js";
import { utf8 } from "./format.js";
import type { FaultRule, Settings } from "./protocol.js";

export interface Scenario {
  id: string;
  title: string;
  /** What is learned from it, in a sentence. */
  about: string;
  /** What has to be there before the first step. */
  seed?: "demo";
  steps: readonly Step[];
}

export interface Step {
  /** Why this request, in a sentence or two. */
  say: string;
  /** What is set before it is sent. */
  set?: { settings?: Partial<Settings>; faults?: readonly FaultRule[] };
  req: StepRequest;
  /** It is sent past `fetch`, which would rewrite it. */
  direct?: true;
  expect: Expectation;
  /** What later steps need: by name, where it is found in the answer. */
  keep?: Readonly<Record<string, Source>>;
}

export interface StepRequest {
  method: string;
  target: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface Expectation {
  status: number;
  /** Values, or patterns of them, by name; `null`: the header is not there. */
  headers?: Readonly<Record<string, string | RegExp | null>>;
  /** What the body holds, as text. */
  body?: string | RegExp;
}

/** `header.location`, `json.token`: a header, or a member of the JSON body. */
export type Source = `header.${string}` | `json.${string}`;

/** What steps kept so far. */
export type Kept = Readonly<Record<string, string>>;

const filled = (text: string, kept: Kept): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => kept[name] ?? whole);

/** The request of a step. `mount` is what stands before `/v2/`. */
export function stepRequest({ req }: Step, kept: Kept, mount = ""): HttpRequest {
  const target = filled(req.target, kept);
  const headers = Object.entries(req.headers ?? {}).map(([name, value]): Header => [name, filled(value, kept)]);
  return {
    method: req.method,
    // What an answer gave has the mount already.
    target: mount !== "" && target.startsWith("/v2/") ? mount + target : target,
    headers,
    body: utf8(req.body === undefined ? "" : filled(req.body, kept)),
  };
}

/** What an answer has other than was expected; none when all is well. */
export function surprises({ expect }: Step, answer: HttpResponse, kept: Kept): string[] {
  const found: string[] = [];
  if (answer.status !== expect.status) found.push(`the status is ${answer.status}, not ${expect.status}`);
  for (const [name, wanted] of Object.entries(expect.headers ?? {})) {
    const value = header(answer.headers, name);
    if (wanted === null ? value !== undefined : value === undefined || !fits(value, wanted, kept)) {
      found.push(`${name} is ${value ?? "not there"}`);
    }
  }
  if (expect.body !== undefined && !fits(new TextDecoder().decode(answer.body), expect.body, kept, true)) {
    found.push("the body is another one");
  }
  return found;
}

function fits(value: string, wanted: string | RegExp, kept: Kept, isPart = false): boolean {
  if (wanted instanceof RegExp) return wanted.test(value);
  const text = filled(wanted, kept);
  return isPart ? value.includes(text) : value === text;
}

/** What is kept after an answer. */
export function keptAfter({ keep }: Step, answer: HttpResponse, kept: Kept): Kept {
  const next: Record<string, string> = { ...kept };
  for (const [name, source] of Object.entries(keep ?? {})) {
    const value = source.startsWith("header.") ? header(answer.headers, source.slice(7)) : member(answer.body, source);
    if (value !== undefined) next[name] = value;
  }
  return next;
}

function member(body: Uint8Array, source: string): string | undefined {
  try {
    const json = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    const value = json[source.slice(5)];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
