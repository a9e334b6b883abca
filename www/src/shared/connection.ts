/** The way of a page to a registry, wherever that is. `connect()` in `client/connect.ts` gives one. */

import type { Admin, AdminName, DirectAnswer, DirectRequest, Event, Header } from "./protocol.js";

/** Where the registry is that a page shows. */
export type Mode = "browser" | "server";

/** Who answers: the service worker, a worker of this tab alone, or the server that the page came from. */
export type Carrier = "service-worker" | "dedicated" | "server";

/** A registry as a page sees it. */
export interface Connection {
  readonly mode: Mode;
  readonly carrier: Carrier;
  /** What stands before `/v2/` in what this page asks: empty, or such as `/ui`. */
  readonly mount: string;
  /** Which modes there are here: both where the page came from a registry. */
  readonly modes: readonly Mode[];
  /** Which ways a request can take. A dedicated worker hears of no `fetch`, a server of nothing else. */
  readonly transports: readonly Transport[];
  /** Sends a request by `fetch`. What `fetch` itself refuses is a `TypeError` with its words. */
  fetch(request: FetchRequest): Promise<FetchAnswer>;
  /** Sends a request past `fetch`. */
  direct(request: DirectRequest): Promise<DirectAnswer>;
  /** Asks the worker. A {@link Refused} says in words why not. In server mode only `status` and `log` are there. */
  admin<Name extends AdminName>(name: Name, ask: Admin[Name]["ask"]): Promise<Admin[Name]["reply"]>;
  /** Tells of each event until what it gives is called. */
  listen(listener: (event: Event | ConnectionEvent) => void): () => void;
  /** Goes over to another mode; the page is told where to go on, and reloads. */
  switchTo(mode: Mode): Promise<void>;
}

export type Transport = "fetch" | "direct";

export interface FetchRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: Header[];
  body?: Blob | Uint8Array<ArrayBuffer> | string;
  signal?: AbortSignal;
}

/** What `fetch` shows of an answer: headers in lower case and sorted. How they were sent stands in the log. */
export interface FetchAnswer {
  status: number;
  headers: Header[];
  body: Uint8Array<ArrayBuffer>;
  /** Milliseconds, as the page sees it. */
  total: number;
  /** It was redirected: this is where to. */
  url: string;
}

/** What the page's own end tells. */
export type ConnectionEvent =
  /** A new version waits; `admin("skipWaiting", {})` takes it. */
  | { kind: "update-ready" }
  /** Another worker answers now: what is shown may be old. */
  | { kind: "reconnected" }
  /** Server mode: the stream of calls broke off, or is there again. */
  | { kind: "online"; online: boolean };

/** Something was not done: a sentence, and what to do. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
