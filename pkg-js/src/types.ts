/** A streaming hash: what `node:crypto` has. All calls are synchronous. */
export interface HashState {
  update(bytes: Uint8Array): unknown;
  copy(): HashState;
  digest(): Uint8Array;
}

/** Starts a hash that has taken nothing. */
export type HostHash = (algorithm: "sha256" | "sha512") => HashState;

/** Bounds on what is kept and taken. Each is a whole number from 0 upwards. */
export interface Limits {
  /** The longest manifest: 413. Default 4 MiB. */
  manifestBytes?: number;
  /** The longest blob: 413. Default: none. */
  blobBytes?: number;
  /** All bytes kept and arriving together: 413. Default 8 GiB. */
  totalBytes?: number;
  /** How many repositories: 429. Default a million. */
  repositories?: number;
  /** How many tags in one repository: 429. Default a million. */
  tags?: number;
  /** How many open upload sessions: 429. Default 10,000. */
  sessions?: number;
  /** How long a session stays open without a byte, in milliseconds. Default an hour. */
  sessionIdleMs?: number;
}

/** How a registry is made. Everything has a default; an unknown name is an error that names the nearest. */
export interface RegistryOptions {
  /** What is in it from the start; `reset()` comes back to that. */
  seed?: Seed | readonly Seed[];
  /** What relative paths are resolved against in `fetch`. Default `http://registry.test`. */
  url?: string;
  /** The registry to behave like, or one with switches of its own: `{ name: "registry2", quirks: { emptyCheck: true } }`. */
  profile?: string | { name?: string; quirks?: Record<string, unknown> };
  /** `false`: the referrers API is not there (404), so that clients fall back to tags. */
  referrers?: boolean;
  /** What a manifest points at and must be there before it: all of it, not the children of an index, nothing. Default `strict`. */
  references?: "strict" | "lax" | "sparse";
  /** `strict`: a manifest of a type that `Accept` does not name is 404. Default `lenient`. */
  accept?: "lenient" | "strict";
  /** `false`: every delete is 405. */
  deletes?: boolean;
  /** Bounds on what is kept and taken. */
  limits?: Limits;
  /**
   * `real`: the time of the system. `virtual`: starts at 2026-01-01T00:00:00Z and moves only by `clock.advance()`; an answer
   * that is due later waits for that. `auto`: the same, but an answer that is due later moves the clock and comes at once.
   */
  clock?: "real" | "virtual" | "auto";
  /** All randomness, such as upload ids. `createRegistry` uses 0, `startRegistry` draws one. */
  rngSeed?: number;
  /** Whether calls are remembered, and how many. Default the last 1000. */
  history?: boolean | { max?: number };
  /** Who hashes. Node, Bun and Deno use `node:crypto`; elsewhere the registry hashes itself. */
  hash?: HostHash;
  /** The compiled `registrette/registry.wasm`, to share one module between workers. */
  wasm?: WebAssembly.Module | BufferSource;
  /** What absolute URLs in answers start with, such as `https://registry.example`. Default: what the client asked. */
  publicUrl?: string;
  /** Believe `X-Forwarded-Proto` and `X-Forwarded-Host`; for use behind a proxy that sets them. */
  trustForwarded?: boolean;
}

/** Bytes, or text that stands for its UTF-8. */
export type Content = string | Uint8Array;

/** A manifest to put into a repository. */
export interface SeedManifest {
  /** The tags it gets; none: it is known by its digest only. */
  tag?: string | readonly string[];
  /** Its media type. Default: what it says itself in `mediaType`. */
  mediaType?: string;
  /** The manifest; an object is written as JSON. */
  content: Content | object;
}

/** Blobs and manifests of one repository, as they are. */
export interface RawSeed {
  repository: string;
  blobs?: readonly Content[];
  manifests?: readonly SeedManifest[];
}

/** The same for several repositories, as it can stand in a JSON file: a blob is text, or `{ base64 }`. */
export interface RegistryFixture {
  repositories: Record<
    string,
    {
      blobs?: readonly (string | { base64: string })[];
      manifests?: readonly (Omit<SeedManifest, "content"> & { content: string | object })[];
    }
  >;
}

/** Content to put into a registry. */
export type Seed = RawSeed | { json: RegistryFixture };

/** What names content. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** A state to come back to. */
export interface Snapshot {
  /** When it was taken, by the registry's clock. */
  readonly at: Date;
}

/** The name of an operation, such as `blob.get`, `upload.patch`, `manifest.put`. */
export type Operation = string;

/** One request and what became of it. */
export interface Call {
  /** Its number, from 1. */
  seq: number;
  at: Date;
  operation: Operation;
  method: string;
  /** Path and query. */
  path: string;
  repository?: string;
  /** The tag, digest or session in its path. */
  reference?: string;
  headers: [name: string, value: string][];
  /** How many bytes of its body were taken. */
  bodyBytes: number;
  status: number;
  /** The code of the error it was answered. */
  error?: string;
  /** How many bytes the answer's body had. */
  answerBytes: number;
  /** How long it took, by the registry's clock. */
  ms: number;
}

/** Which calls: those for which everything that is given holds. */
export interface CallFilter {
  operation?: Operation | readonly Operation[];
  repository?: string | RegExp;
  reference?: string | RegExp;
  method?: string;
  status?: number | ((status: number) => boolean);
}

/** A tag that points elsewhere than before; `null`: nowhere. */
export interface MovedTag {
  repository: string;
  tag: string;
  before: string | null;
  after: string | null;
}

/** What differs between two states. */
export interface Diff {
  tags: MovedTag[];
  manifests: { added: Held[]; gone: Held[] };
  blobs: { added: Held[]; gone: Held[] };
  /** Sessions that are open now and were not before, or have grown; and those that are not open any more. */
  uploads: { open: Session[]; gone: Session[] };
  /** Whether there is no difference. */
  isEmpty: boolean;
}

/** Content in a repository. */
export interface Held {
  repository: string;
  digest: string;
}

/** An upload session. */
export interface Session {
  repository: string;
  session: string;
}

/** A manifest in a registry. */
export interface StoredManifest {
  descriptor: Descriptor;
  bytes: Uint8Array;
  /** It as JSON. */
  json(): unknown;
}

/** Counts. */
export interface Stats {
  repositories: number;
  manifests: number;
  blobs: number;
  uploads: number;
  /** Bytes alive: kept here and in every fork and snapshot, and arriving. */
  bytes: number;
}

/** The time of a registry. */
export interface RegistryClock {
  now(): Date;
  /** Moves it forward by so many milliseconds, and lets happen what is due by then. */
  advance(ms: number): void;
  /** Moves it forward until nothing waits for it any more. */
  runAll(): void;
}

/** A registry in memory. */
export interface Registry extends AsyncDisposable {
  /**
   * Answers a request, as the global `fetch` would if the registry were on the network. A path is enough. Redirects are
   * given as they are, not followed. It can be handed around without its registry.
   */
  readonly fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
  /** Puts content in; gives the descriptors of its manifests and, where a seed has none, of its blobs. */
  seed(...seeds: Seed[]): Promise<Descriptor[]>;
  /** The state now, in the time it takes to copy a few pointers. */
  snapshot(): Snapshot;
  /** Comes back to a state: content, uploads, clock. Calls stay. */
  restore(to: Snapshot): void;
  /** Comes back to the state after `options.seed`, and forgets all calls. */
  reset(): void;
  /** A second registry with the same state. What happens to one does not happen to the other. */
  fork(): Registry;
  /** What differs between a state and now. */
  diff(since: Snapshot): Diff;
  readonly clock: RegistryClock;
  /** The last calls, oldest first. */
  calls(filter?: CallFilter): readonly Call[];
  /** Forgets all calls. */
  resetHistory(): void;
  repositories(): string[];
  tags(repository: string): string[];
  /** The manifest that `demo/app:v1` or `demo/app@sha256:…` names. */
  manifest(ref: string): StoredManifest | undefined;
  /** A copy of a blob, in whatever repository it is. */
  blob(digest: string): Uint8Array | undefined;
  /** Deletes the blobs that no manifest of their repository names. */
  gc(): { deletedBlobs: number; freedBytes: number };
  stats(): Stats;
  /** Ends it and gives its memory back. Closing it again does nothing. */
  close(): Promise<void>;
}

/** Where a registry listens, and who may ask. */
export interface ListenOptions {
  /** Default 0: a free one. */
  port?: number;
  /** Default: `127.0.0.1` and `::1`, both on one port. */
  host?: string;
  /** A certificate with its key, both PEM; or `test`, the shipped one for localhost, signed by `server.ca`. */
  tls?: "test" | { key: string | Uint8Array; cert: string | Uint8Array };
  /** Names the registry goes by on loopback, besides `localhost` and addresses. */
  allowedHosts?: readonly string[];
  /** Origins whose pages may ask, such as `http://localhost:8080`. */
  cors?: readonly string[];
  /** `true`: the server alone does not keep the program running. */
  unref?: boolean;
}

/** A registry on a socket. */
export interface RegistryServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Host and port, as image names start: `127.0.0.1:41234`. */
  readonly host: string;
  readonly port: number;
  /** The CA of the test certificate, as PEM; undefined without `tls: "test"`. */
  readonly ca: string | undefined;
  /** Stops listening and ends open connections. Closing it again does nothing. */
  close(): Promise<void>;
}
