// Sending a request, and its answer.

import { signal } from "@preact/signals";

import { duration } from "../../shared/format.js";
import { type Header, type HttpRequest, statusLine } from "../../shared/http.js";
import { refusal } from "../../shared/transport.js";
import type { Transport } from "../../shared/connection.js";
import type { Ended, Timing } from "../../shared/protocol.js";
import { asRequest, bodyLength, bodyOf, draft } from "./draft.js";
import { entryOf } from "./log.js";
import { NOTHING, connection, isBrowser, status, words } from "./registry.js";
import { say, showRequest, write } from "./view.js";

export interface Answer {
  status: number;
  headers: Header[];
  body: Uint8Array;
  /** As the page sees it. */
  total: number;
  /** What the worker measured. */
  timing?: Timing;
  ended?: Ended;
  /** Where `fetch` was redirected to. */
  redirected?: string;
  /** The headers are those that were sent, in their order and case. */
  isExact: boolean;
  /** Its row in the log. */
  entry?: string;
}

export type Exchange =
  | { state: "none" }
  | { state: "sending"; request: HttpRequest }
  | { state: "refused"; reason: string }
  | { state: "answered"; request: HttpRequest; via: Transport; answer: Answer };

export const exchange = signal<Exchange>({ state: "none" });

/** Sends a request one way or the other. Throws what `fetch` says when it gets no answer. */
export async function send(request: HttpRequest, via: Transport, body?: Blob): Promise<Answer> {
  const there = connection.peek();
  if (!there) throw new Error("There is no registry yet.");
  const { method, target, headers } = request;
  const bytes = body ?? (request.body.length > 0 ? (request.body as Uint8Array<ArrayBuffer>) : undefined);
  if (via === "direct") {
    const start = performance.now();
    const answer = await there.direct({ method, target, headers, ...(bytes && { body: bytes }) });
    return { ...answer, total: performance.now() - start, isExact: true };
  }
  // What fetch does not take leaves no entry to wait for.
  new Headers(headers);
  const { found, forget } = entryOf(method, target);
  const soon = () => Promise.race([found, later(isBrowser.peek() && OF_REGISTRY.test(target) ? CERTAIN : LIKELY)]);
  try {
    // As a Blob: the browser hands that over without a copy.
    const blob = bytes && !(bytes instanceof Blob) ? new Blob([bytes]) : bytes;
    const answer = await there.fetch({ method, target, headers, ...(blob && { body: blob }) });
    const entry = await soon();
    const isRedirected = new URL(answer.url, location.href).href !== new URL(target, location.href).href;
    return {
      status: answer.status,
      body: answer.body,
      total: answer.total,
      headers: entry && !isRedirected ? entry.answer.headers : answer.headers,
      isExact: entry !== undefined && !isRedirected,
      ...(entry && { timing: entry.timing, entry: entry.id }),
      ...(isRedirected && { redirected: answer.url }),
    };
  } catch (error) {
    const entry = await soon();
    if (!entry) throw error;
    // No answer came, and the log knows how it ended.
    const { headers, ended = "reset" } = entry.answer;
    const { id, timing } = entry;
    return { status: 0, headers, body: NOTHING, total: timing.total, timing, ended, isExact: true, entry: id };
  } finally {
    forget();
  }
}

/**
 * How long an entry is waited for, in milliseconds. It comes by another way than the answer, at about the same time;
 * where the machine is busy, later. A worker tells of all that it answers.
 */
const CERTAIN = 5000;
const LIKELY = 300;
const OF_REGISTRY = /\/(?:v2|_token)(?:[/?]|$)/;

const later = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms));

/** Sends the draft, and shows the answer. What is wrong with it is said, and nothing of it is lost. */
export async function sendDraft(): Promise<void> {
  if (exchange.peek().state === "sending") return;
  showRequest();
  const now = draft.peek();
  const refuse = (reason: string) => {
    exchange.value = { state: "refused", reason };
    say(reason);
  };
  const request = asRequest(now);
  const reason = now.via === "fetch" ? refusal(request.method, now.target, bodyLength(now)) : undefined;
  if (reason) return refuse(reason);
  exchange.value = { state: "sending", request };
  try {
    const body = await bodyOf(now, status.peek()?.storage.limit || Infinity);
    if (typeof body === "string") return refuse(body);
    const isFile = body instanceof File;
    const sent = isFile ? request : { ...request, body };
    if (now.via === "fetch" && now.body === "digest") {
      const late = refusal(sent.method, now.target, sent.body.length);
      if (late) return refuse(late);
    }
    const answer = await send(sent, now.via, isFile ? body : undefined);
    exchange.value = { state: "answered", request: sent, via: now.via, answer };
    say(`${statusLine(answer.status)}, ${duration(answer.total)}`);
    if (!isFile && sent.body.length < 32_000) void write({ kind: "request", request: sent, via: now.via });
  } catch (error) {
    const { message } = words(error);
    refuse(`No answer: ${message}. The request is still here; send it again.`);
  }
}
