// The connection, and how the registry is.

import { computed, signal } from "@preact/signals";

import { type Connection, Refused } from "../../shared/connection.js";
import type { Header } from "../../shared/http.js";
import type { Admin, AdminName, Event, Status } from "../../shared/protocol.js";
import type { ConnectionEvent } from "../../shared/connection.js";

export const connection = signal<Connection | undefined>(undefined);
export const status = signal<Status | undefined>(undefined);
/** Why there is no connection. */
export const trouble = signal<{ message: string; hint?: string } | undefined>(undefined);
export const hasUpdate = signal(false);
/** Server mode: whether the server answers. */
export const isOnline = signal(true);

export const isBrowser = computed(() => connection.value?.mode === "browser");
export const mount = computed(() => connection.value?.mount ?? "");

/** Where a terminal finds the same registry. A worker cannot be reached from there: then it is where `serve` listens. */
export const shellOrigin = computed(() => (isBrowser.value ? "http://localhost:5000" : location.origin));

/** A target of this registry, wherever it is mounted. */
export const v2 = (tail: string): string => `${mount.peek()}/v2/${tail}`;

export const NOTHING = new Uint8Array();

/** Asks the worker. */
export function admin<Name extends AdminName>(name: Name, ask: Admin[Name]["ask"]): Promise<Admin[Name]["reply"]> {
  const there = connection.peek();
  return there ? there.admin(name, ask) : Promise.reject(new Refused("There is no registry yet."));
}

/** An error in words for people. */
export function words(error: unknown): { message: string; hint?: string } {
  if (error instanceof Refused) {
    return { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

let asking = false;
let again = false;

/** Reads the status anew; what is asked meanwhile is asked once more. */
export async function refreshStatus(): Promise<void> {
  again = asking;
  if (asking) return;
  asking = true;
  try {
    status.value = await admin("status", {});
  } catch (error) {
    if (!status.peek()) trouble.value = words(error);
  }
  asking = false;
  if (again) {
    again = false;
    await refreshStatus();
  }
}

/** Answers that the page reads for itself: past the log and the faults where that can be. */
export async function quietly(
  method: string,
  target: string,
  headers: Header[] = [],
): Promise<{ status: number; headers: Header[]; body: Uint8Array }> {
  const there = connection.peek();
  if (!there) throw new Refused("There is no registry yet.");
  if (there.transports.includes("direct")) return there.direct({ method, target, headers, quiet: true });
  own.push(`${method} ${target}`);
  return there.fetch({ method, target, headers });
}

/** What the page itself asked a server: it is no row of the log. */
const own: string[] = [];

export function isOwn(method: string, target: string): boolean {
  const at = own.indexOf(`${method} ${target}`);
  if (at >= 0) own.splice(at, 1);
  return at >= 0;
}

export type Heard = Event | ConnectionEvent;
