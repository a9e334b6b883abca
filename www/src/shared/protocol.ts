/**
 * What the page and the worker that holds the registry say to one another.
 *
 * The page posts a {@link Post} with a `MessagePort`; on that port comes one {@link Reply}. Nothing else is expected of the
 * port. Events come by a `BroadcastChannel` of the name {@link channelName} gives: to every page of the scope, whoever asked.
 * A service worker and a dedicated worker speak alike.
 */

import type { Auth, FaultRule, RateLimit, Seed } from "../../../pkg-js/src/types.js";

export type { Auth, FaultRule, RateLimit, Seed };

/** Headers as they were sent: in their order, a name as often as it came. */
export type Header = [name: string, value: string];

/** A request that does not go through `fetch`: nothing of it is dropped or rewritten. */
export interface DirectRequest {
  method: string;
  /** Path and query, as they would stand in the request line: never resolved, never escaped. */
  target: string;
  headers: Header[];
  /** A `Blob` is read in the worker. */
  body?: Uint8Array | Blob;
  /** The page asks for what it shows beside, such as its tree: no entry in the log, no faults. It only reads. */
  quiet?: boolean;
}

/** The answer, as the registry gave it. */
export interface DirectAnswer {
  /** 0: none was sent, see `ended`. */
  status: number;
  headers: Header[];
  body: Uint8Array;
  /** How it ended, if not with its last byte. What hangs is given up after {@link HANG_LIMIT}. */
  ended?: Ended;
  timing: Timing;
  /** The number of its entry in the log. */
  entry: string;
}

/** Cut before the bytes that it announced, reset, or never ended. */
export type Ended = "cut" | "reset" | "hang";

/** How long an answer that hangs is waited for on the direct channel, in milliseconds. `fetch` waits on. */
export const HANG_LIMIT = 30_000;

/** Where the time went, in milliseconds. */
export interface Timing {
  /** In the registry itself. */
  core: number;
  /** Until the change was on disk; absent where nothing changed. */
  save?: number;
  /** From the request's arrival in the worker to its answer, waits of faults included. */
  total: number;
  /** The worker had to start for it, and this is how long the registry took to be there again. */
  cold?: number;
}

/** How a request came: from `fetch` of a page, by the direct channel, by a tab opened at its URL, or to a server's socket. */
export type Via = "fetch" | "direct" | "nav" | "socket";

/** One request and what became of it: a row of the log. */
export interface LogEntry {
  /** Never used twice, whatever worker wrote it. */
  id: string;
  /** When it came, in milliseconds since 1970. */
  at: number;
  via: Via;
  /** Who asked: the id of a page (`status().client` is one's own), the `User-Agent` at a server, or empty. */
  client: string;
  /** The operation, such as `blob.get` or `upload.patch`. */
  operation: string;
  repository?: string;
  /** The tag, digest or session in its path. */
  reference?: string;
  request: Message & { method: string; target: string };
  answer: Message & {
    status: number;
    ended?: Ended;
    /** The code of the first error in it. */
    error?: string;
  };
  timing: Timing;
  /** The numbers of the faults that happened to it. */
  faults: number[];
}

/** Headers and a body. */
export interface Message {
  headers: Header[];
  /** How many bytes the body had. */
  bytes: number;
  /** The first of them, at most {@link LOGGED_BYTES}; absent where there are none or nobody kept them. */
  body?: Uint8Array;
}

/** How many bytes of each body stand in the log. */
export const LOGGED_BYTES = 64 << 10;

/** How many entries the worker keeps for pages that come later. */
export const LOGGED_ENTRIES = 500;

/** What can be asked of the worker: for each question what goes along, and what comes back. */
export interface Admin {
  /** How things are. */
  status: { ask: Empty; reply: Status };
  /** The worker takes over the page that asks, as after a hard reload. */
  claim: { ask: Empty; reply: Empty };
  /** A new worker takes over from the old one, and pages reload. */
  skipWaiting: { ask: Empty; reply: Empty };
  /** Empties the registry and forgets the faults; what was there is kept for {@link UNDO_LIMIT}. */
  reset: { ask: Empty; reply: Status };
  /** Brings back what the last reset took away, if it is not too late; what came since is gone. */
  undo: { ask: Empty; reply: Status };
  /** The whole registry in one file: a tar of an OCI layout. */
  export: { ask: Empty; reply: { name: string; file: Blob } };
  /** Puts images in: a tar as `export`, `docker save` or other tools write it. Gives the references that are there now. */
  import: { ask: { file: Blob }; reply: { references: string[] } };
  /** Puts content in: the demo images, or seeds as `registry.seed()` takes them. */
  seed: { ask: { seeds: "demo" | Seed[] }; reply: { digests: string[] } };
  /** The faults that are set; with `rules`, in place of all that were. */
  faults: { ask: { rules?: FaultRule[] }; reply: { faults: SetFault[] } };
  /** Changes some of the settings and leaves the others. `null` is the default. Gives all of them. */
  settings: { ask: { change?: Partial<Settings> }; reply: Settings };
  /** What is in the registry, as its tree is shown. */
  contents: { ask: Empty; reply: { repositories: RepositoryContents[] } };
  /** The names of the profiles that there are. */
  profiles: { ask: Empty; reply: { profiles: string[] } };
  /** The entries that the worker remembers, oldest first. */
  log: { ask: Empty; reply: { entries: LogEntry[] } };
  /** What could not be read when the worker started: all of it in one file, or thrown away. */
  quarantine: { ask: { do: "download" | "forget" }; reply: { name: string; file: Blob } | Empty };
}

/** How long a reset can be undone, in milliseconds. */
export const UNDO_LIMIT = 30_000;

export type Empty = Record<never, never>;

/** What one repository holds. */
export interface RepositoryContents {
  name: string;
  tags: { name: string; digest: string }[];
  /** The digests of manifests that no tag points at. */
  untagged: string[];
  /** The ids of open upload sessions. */
  uploads: string[];
}

/** What the registry does; kept with its content. */
export interface Settings {
  /** Who may ask; `null`: everybody. */
  auth: Auth | null;
  /** Which registry it behaves like; `null`: the spec. */
  profile: string | null;
  /** Single switches on top of the profile. */
  quirks: Record<string, unknown>;
  /** What a manifest points at and must be there before it. */
  references: "strict" | "lax" | "sparse";
  deletes: boolean;
  readOnly: boolean;
  rateLimit: RateLimit | null;
}

/** A fault that is set. */
export interface SetFault {
  id: number;
  rule: FaultRule;
  /** How often its `match` held. */
  matches: number;
  /** How often it happened. */
  hits: number;
}

/** How things are. */
export interface Status {
  /** Another one after each start of the worker. */
  instance: string;
  /** Of the files that it was built from. */
  version: string;
  /** Which page asked; the same as `client` of its entries in the log. */
  client: string;
  /** What stands before `/v2/`, for each place at which it answers: empty, or such as `/x` below `/x/`. */
  mounts: string[];
  /** Grows with each change that is stored. */
  revision: number;
  stats: Stats;
  storage: Storage;
  /** Until when a reset can be undone, in milliseconds since 1970. */
  undoUntil?: number;
  /** What could not be read at the start and is kept aside. */
  quarantine?: { reason: string; at: number };
  settings: Settings;
  faults: SetFault[];
}

export interface Stats {
  repositories: number;
  manifests: number;
  blobs: number;
  uploads: number;
  bytes: number;
}

/** Whether what changes is stored. */
export interface Storage {
  /** `saved`: all of it. `memory`: what came since `since` is gone when the worker stops. */
  state: "saved" | "memory";
  /** Why it is in memory alone: `full`, `denied` (there is none), `stuck` (no answer within 3 s), `failed` (anything else). */
  reason?: "full" | "denied" | "stuck" | "failed";
  /** The reason in words for people. */
  sentence?: string;
  since?: number;
  /** How many bytes the registry may hold. */
  limit: number;
  /** What the browser says of all of this origin's storage. */
  used?: number;
  quota?: number;
}

export type AdminName = keyof Admin;

/** What the page's end does of {@link Admin} by itself, with the help of {@link Posted}: the worker is to be small. */
export type OfPage = "export" | "import" | "seed" | "quarantine";

/** What is asked of the worker itself. */
export type Posted = Omit<Admin, OfPage> & {
  /** Puts seeds in, all or none: as JSON, with the bytes that stand in it by number. */
  plant: { ask: Planted; reply: { digests: string[] } };
  /** What could not be read when the worker started, as it is stored. */
  stored: { ask: Empty; reply: { rows: unknown[]; parts: [name: string, part: Blob][] } };
  /** Throws that away. */
  discard: { ask: Empty; reply: Empty };
};

export type PostedName = keyof Posted;

/** Seeds with their bytes taken out. */
export interface Planted {
  json: string;
  parts: (string | Uint8Array)[];
  /** Where each seed stands in what the page was given. */
  places: string[];
  /** The seeds that nobody asked for by themselves. */
  hidden: number[];
}

/** What a page posts, along with a port. */
export type Post =
  | { [Name in PostedName]: { kind: "admin"; name: Name; ask: Posted[Name]["ask"] } }[PostedName]
  | { kind: "direct"; request: DirectRequest };

/** What comes back on the port. */
export type Reply<T = unknown> = { ok: true; value: T } | { ok: false; error: Failure };

/** Why something was not done: a sentence, and what to do. */
export interface Failure {
  message: string;
  hint?: string;
}

/** What comes by the channel. */
export type Event =
  | { kind: "call"; entry: LogEntry }
  /** Content changed: the repositories, or none where all of it may have. */
  | { kind: "changed"; revision: number; repositories: string[] }
  /** Settings, faults, the state of the storage, or what a reset left. */
  | { kind: "status" };

/** The channel of a scope, such as `https://example.org/x/`. */
export const channelName = (scope: string): string => `registry:${new URL(scope).pathname}`;
