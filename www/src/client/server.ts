import { type Connection, type ConnectionEvent, Refused } from "../shared/connection.js";
import type { Admin, AdminName, Event, LogEntry, SetFault, Stats, Status } from "../shared/protocol.js";
import { type CallJson, toEntry } from "./calls.js";
import type { Around } from "./connect.js";
import { fetching } from "./fetching.js";

/** How soon a stream that broke off is asked for again, in milliseconds. */
const AGAIN = 1000;

/** What changes content. */
const WRITES = /^(POST|PUT|PATCH|DELETE)$/;

/** The registry of the server that the page came from: it is looked at, and asked by `fetch`. */
export function openServer(around: Around): Connection {
  return {
    ...around,
    mode: "server",
    carrier: "server",
    mount: "",
    transports: ["fetch"],
    fetch: fetching,
    direct: () => refused("A server is reached by fetch alone.", "Send the request by fetch."),
    admin: async <Name extends AdminName>(name: Name): Promise<Admin[Name]["reply"]> => {
      if (name === "status") return status();
      if (name === "log") return { entries: await entries() };
      if (name === "faults") return { faults: await read<SetFault[]>("faults") };
      return refused(
        "The registry of this server is only looked at here.",
        "Change it by its own commands, or go over to the registry in this browser.",
      );
    },
    listen,
  };
}

const refused = (message: string, hint: string): Promise<never> => Promise.reject(new Refused(message, hint));

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`/_control/${path}`, { cache: "no-store" }).catch(() => undefined);
  if (!response?.ok) throw new Refused("The server does not answer.", "Is it still running?");
  return (await response.json()) as T;
}

async function status(): Promise<Status> {
  const [stats, { name, quirks }, faults] = await Promise.all([
    read<Stats>("stats"),
    read<{ name: string | null; quirks: Record<string, unknown> }>("profile"),
    read<SetFault[]>("faults"),
  ]);
  return {
    instance: "server",
    version: "",
    client: navigator.userAgent,
    mounts: [""],
    revision: 0,
    stats,
    storage: { state: "saved", limit: 0 },
    settings: {
      auth: null,
      profile: name === "spec" ? null : name,
      quirks: name === null ? quirks : {},
      references: "strict",
      deletes: true,
      readOnly: false,
      rateLimit: null,
    },
    faults,
  };
}

/** Tells one start of a server from another: numbers of calls begin anew. */
let start = 0;
let last = 0;

async function entries(): Promise<LogEntry[]> {
  const calls = await read<CallJson[]>("calls?last=500");
  last = calls.at(-1)?.seq ?? 0;
  return calls.map((call) => toEntry(call, `server${start}`));
}

/** Follows the calls; a stream that breaks off is taken up where it was. */
function listen(listener: (event: Event | ConnectionEvent) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isOnline = true;
  const online = (now: boolean) => {
    if (now !== isOnline) listener({ kind: "online", online: now });
    isOnline = now;
  };
  const follow = async () => {
    try {
      const [newest] = await read<CallJson[]>("calls?last=1");
      if ((newest?.seq ?? 0) < last) {
        start += 1;
        last = 0;
        listener({ kind: "reconnected" });
      }
    } catch {
      return lost();
    }
    if (isOver) return;
    source = new EventSource(`/_control/calls?follow&since=${last}`);
    source.onopen = () => online(true);
    source.onerror = lost;
    source.onmessage = ({ data }) => {
      const call = JSON.parse(data as string) as CallJson;
      if (call.seq <= last) return;
      last = call.seq;
      listener({ kind: "call", entry: toEntry(call, `server${start}`) });
      if (WRITES.test(call.method) && call.status < 300) {
        listener({ kind: "changed", revision: call.seq, repositories: call.repository ? [call.repository] : [] });
      }
    };
  };
  const lost = () => {
    source?.close();
    if (isOver) return;
    online(false);
    clearTimeout(timer);
    timer = setTimeout(() => void follow(), AGAIN);
  };
  void follow();
  return () => {
    isOver = true;
    clearTimeout(timer);
    source?.close();
  };
}
