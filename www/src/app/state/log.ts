// The log: what every tab asked, and what became of it.

import { computed, signal } from "@preact/signals";

import type { LogEntry } from "../../shared/protocol.js";
import { logFilter } from "../../shared/log-filter.js";
import { rewritten } from "../../shared/transport.js";
import { isOwn, status } from "./registry.js";

export const MOST = 500;

export const entries = signal<LogEntry[]>([]);
export const filterText = signal("");
export const isThisTabOnly = signal(false);
export const isPaused = signal(false);
export const selected = signal<string | undefined>(undefined);
/** Entries that came while the log stood still. */
const held = signal<LogEntry[]>([]);
export const heldCount = computed(() => held.value.length);

/** Where each entry stands in the order in which they came; the first is 1. */
const numbers = new Map<string, number>();
let last = 0;
export const numberOf = (entry: LogEntry): number => numbers.get(entry.id) ?? 0;

export const isFaulty = (entry: LogEntry): boolean => entry.faults.length > 0;
export const isCold = (entry: LogEntry): boolean => entry.timing.cold !== undefined;

export const shown = computed(() => {
  const fits = logFilter(filterText.value);
  const mine = isThisTabOnly.value ? status.value?.client : undefined;
  return entries.value.filter(
    (entry) =>
      (mine === undefined || entry.client === mine) &&
      fits({
        method: entry.request.method,
        target: entry.request.target,
        status: entry.answer.status,
        via: entry.via,
        client: entry.client,
        isFault: isFaulty(entry),
        isCold: isCold(entry),
      }),
  );
});

export const selectedEntry = computed(() => entries.value.find(({ id }) => id === selected.value));

/** Entries that belong together: a challenge, its token, the request once more. */
export const groups = signal<ReadonlyMap<string, number>>(new Map());

export function groupEntries(ids: readonly (string | undefined)[]): void {
  const next = new Map(groups.peek());
  const number = new Set(next.values()).size + 1;
  for (const id of ids) if (id !== undefined) next.set(id, number);
  groups.value = next;
}

const waiting = new Set<(entry: LogEntry) => void>();
const coming: LogEntry[] = [];
let frame = 0;

/** Takes an entry; many that come at once are shown at once. */
export function take(entry: LogEntry): void {
  for (const hear of waiting) hear(entry);
  if (entry.via === "socket" && isOwn(entry.request.method, entry.request.target)) return;
  coming.push(entry);
  // A page in the background has no frames.
  frame ||= window.setTimeout(flush, 30);
}

function flush(): void {
  frame = 0;
  const came = coming.splice(0);
  if (isPaused.peek()) held.value = [...held.peek(), ...came].slice(-MOST);
  else add(came);
}

/** Adds entries, the newest first; what is there already stays once. */
export function add(came: readonly LogEntry[]): void {
  const fresh = came.filter(({ id }) => !numbers.has(id));
  for (const { id } of fresh) numbers.set(id, ++last);
  const all = [...fresh.toReversed(), ...entries.peek()].sort((a, b) => b.at - a.at);
  for (const { id } of all.slice(MOST)) numbers.delete(id);
  entries.value = all.slice(0, MOST);
}

export function setPaused(paused: boolean): void {
  isPaused.value = paused;
  if (paused) return;
  add(held.peek());
  held.value = [];
}

export function clear(): void {
  entries.value = [];
  held.value = [];
  selected.value = undefined;
}

/** The entry of a request that this page sends now by `fetch`. */
export function entryOf(method: string, target: string): { found: Promise<LogEntry | undefined>; forget(): void } {
  const sent = rewritten(target) ?? target;
  let hear: (entry: LogEntry) => void = () => {};
  let timer = 0;
  const found = new Promise<LogEntry | undefined>((resolve) => {
    hear = (entry) => {
      const isOurs = entry.via === "socket" || entry.client === status.peek()?.client;
      if (!isOurs || entry.request.method !== method || entry.request.target !== sent) return;
      waiting.delete(hear);
      clearTimeout(timer);
      resolve(entry);
    };
    waiting.add(hear);
    timer = window.setTimeout(() => {
      waiting.delete(hear);
      resolve(undefined);
    }, 60_000);
  });
  return { found, forget: () => waiting.delete(hear) };
}
