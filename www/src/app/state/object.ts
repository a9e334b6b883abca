// The object in the centre: the request that shows it, and its answer.

import { signal } from "@preact/signals";

import { type Header, type HttpRequest, header } from "../../shared/http.js";
import { MANIFEST_TYPES, placeOf, referrersTarget } from "../../shared/links.js";
import { type Descriptor, readManifest } from "../../shared/manifest.js";
import { parseTarget } from "../../shared/target.js";
import { NOTHING, connection, quietly, words } from "./registry.js";
import { type Answer, send } from "./send.js";

export interface Shown {
  target: string;
  operation: string;
  request: HttpRequest;
  answer?: Answer;
  /** It got no answer, and this is why. */
  failed?: string;
  /** Only its first bytes were asked for. */
  isPart: boolean;
  /** Of all of it. */
  size: number;
  /** What refers to it. */
  referrers: Descriptor[];
}

export const object = signal<Shown | undefined>(undefined);
export const isLoading = signal(false);

/** How much of a blob is asked for at once. */
export const PART = 64 << 10;

let turn = 0;

/** Asks for what a target names. An answer that comes after one has gone on is nobody's. */
export async function load(target: string): Promise<void> {
  const mine = ++turn;
  isLoading.value = true;
  const shown = await ask(target).catch((error: unknown): Shown => {
    const request: HttpRequest = { method: "GET", target, headers: [], body: NOTHING };
    const { operation } = parseTarget("GET", target);
    return { target, operation, request, failed: words(error).message, isPart: false, size: 0, referrers: [] };
  });
  if (mine !== turn) return;
  object.value = shown;
  isLoading.value = false;
}

async function ask(target: string): Promise<Shown> {
  const { operation } = parseTarget("GET", target);
  const headers: Header[] = [];
  let [isPart, size] = [false, 0];
  if (operation === "manifest.get") headers.push(["Accept", MANIFEST_TYPES.join(", ")]);
  if (operation === "blob.get") {
    const head = await quietly("HEAD", target);
    size = Number(header(head.headers, "content-length")) || 0;
    isPart = head.status === 200 && size > PART;
    if (isPart) headers.push(["Range", `bytes=0-${PART - 1}`]);
  }
  const request: HttpRequest = { method: "GET", target, headers, body: NOTHING };
  const via = connection.peek()?.transports.includes("direct") ? "direct" : "fetch";
  const answer = await send(request, via);
  if (!isPart) size = answer.body.length;
  return { target, operation, request, answer, isPart, size, referrers: await referrersOf(target, operation, answer) };
}

async function referrersOf(target: string, operation: string, answer: Answer): Promise<Descriptor[]> {
  const digest = header(answer.headers, "docker-content-digest");
  if (operation !== "manifest.get" || answer.status !== 200 || digest === undefined) return [];
  const { status, body } = await quietly("GET", referrersTarget(placeOf(target), digest));
  return status === 200 ? (readManifest(body)?.manifests ?? []) : [];
}
