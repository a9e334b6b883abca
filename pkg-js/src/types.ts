import type { Fault, FaultRule } from "./fault-types.js";
import type { Profile, Quirks } from "./quirk-types.js";
import type { Seed } from "./seed-types.js";

export type * from "./fault-types.js";
export type * from "./quirk-types.js";
export type * from "./seed-types.js";

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
  /** The longest page of tags, repositories or referrers; a longer one is cut, and `Link` leads on. Default: none. */
  pageSize?: number;
}

/** How a registry is made. Everything has a default; an unknown name is an error that names the nearest. */
export interface RegistryOptions {
  /** What is in it from the start; `reset()` comes back to that. */
  seed?: Seed | readonly Seed[];
  /** What relative paths are resolved against in `fetch`. Default `http://registry.test`. */
  url?: string;
  /**
   * The registry to behave like, or one with switches of its own: `{ name: "registry2", quirks: { emptyCheck: true } }`.
   * Who may ask and how often is as that registry has it, unless `auth` and `rateLimit` say so.
   */
  profile?: Profile;
  /** Switches on top of the profile. */
  quirks?: Quirks;
  /** Whom to be like for the repositories below a name, such as `{ "docker.io/": "docker-hub" }`; the longest counts. */
  profiles?: Readonly<Record<string, Profile>>;
  /** `false`: the referrers API is not there (404), so that clients fall back to tags. */
  referrers?: boolean;
  /** What a manifest points at and must be there before it: all of it, not the children of an index, nothing. Default `strict`. */
  references?: "strict" | "lax" | "sparse";
  /** `strict`: a manifest of a type that `Accept` does not name is 404. Default `lenient`. */
  accept?: "lenient" | "strict";
  /** `false`: every delete is 405. */
  deletes?: boolean;
  /** `true`: clients can neither push nor delete (405). Seeds still go in. */
  readOnly?: boolean;
  /** `false`: `/v2/_catalog` is not there (404), as in many registries. */
  catalog?: boolean;
  /** Bounds on what is kept and taken. */
  limits?: Limits;
  /**
   * `real`: the time of the system. `virtual`: starts at 2026-01-01T00:00:00Z and moves only by `clock.advance()`; an answer
   * that is due later waits for that. `auto`: the same, but an answer that is due later moves the clock and comes at once.
   */
  clock?: "real" | "virtual" | "auto";
  /** Faults from the start; `reset()` comes back to them. */
  faults?: readonly FaultRule[];
  /** All randomness, such as upload ids. `createRegistry` uses 0, `startRegistry` draws one. */
  rngSeed?: number;
  /**
   * Whether calls are remembered, how many, and how many bytes of each body with them; `true`: 64 KiB. Default the last
   * 1000, without bodies.
   */
  history?: boolean | { max?: number; bodies?: boolean | number };
  /** Who hashes. Node, Bun and Deno use `node:crypto`; elsewhere the registry hashes itself. */
  hash?: HostHash;
  /** The compiled `registrette/registry.wasm`, to share one module between workers. */
  wasm?: WebAssembly.Module | BufferSource;
  /** What absolute URLs in answers start with, such as `https://registry.example`. Default: what the client asked. */
  publicUrl?: string;
  /** Believe `X-Forwarded-Proto` and `X-Forwarded-Host`; for use behind a proxy that sets them. */
  trustForwarded?: boolean;
  /** Who may ask. Default: as the profile has it, else `none`: everybody, for anything. */
  auth?: Auth | "none";
  /** How many pulls, or requests, there may be in which time. Default: as the profile has it, else `none`: any number. */
  rateLimit?: RateLimit | "none";
  /** Headers of every answer, such as `{ "Strict-Transport-Security": "max-age=60" }`. */
  headers?: Readonly<Record<string, string>>;
  /**
   * Repositories below `broken/` that fail, wait, or hold images of any size: `broken/error:404`, `broken/timeout:dur-5s`,
   * `broken/random:layers-3_size-1024`, and what is pushed to `broken/prepared`.
   */
  scenarios?: boolean | Scenarios;
}

/** How scenarios are to be. */
export interface Scenarios {
  /** How long `_catalog` takes, such as `2s`. */
  catalogDelay?: string;
  /** How many made-up names `_catalog` lists in place of its own; `/repo/last` comes after them. */
  catalogRepositories?: number;
}

/** Who may ask, and how they say who they are. */
export interface Auth {
  /**
   * `basic`: name and password in every request. `bearer`: a token, to be had at `/_token` of the registry itself.
   * `any`: either. A `GET /v2/` without credentials is challenged whatever `anonymous` says.
   */
  type: "basic" | "bearer" | "any";
  /** Passwords by name; or `any`: whoever gives a name is let in, with any password. */
  users: Readonly<Record<string, string>> | "any";
  /** What everybody may do; with `bearer`, by a token that everybody gets. Default `none`. */
  anonymous?: "none" | "pull";
  /** Who may do what; without it every user everything. Nobody may do what no rule allows. */
  access?: readonly AccessRule[];
  /** How long a token lasts, in seconds. Default 300. */
  expiresIn?: number;
  /** The name of the registry in challenges and requests for tokens. Default `registrette`. */
  service?: string;
  /** Where clients are sent for tokens. Default: `/_token` of the host they asked. */
  realm?: string;
  /** By which names a token is answered. Default `both`. */
  tokenAnswer?: "both" | "token" | "access_token";
  /** What tokens are made with: 64 hex digits. Registries with the same secret take one another's. Default: from `rngSeed`. */
  secret?: string;
}

/** Lets somebody do something with some repositories. */
export interface AccessRule {
  /** A name, `*` for every user, or `anonymous` for everybody else. */
  user: string;
  /** A pattern of names: `team/*`, `team/**`, `**` for all. Whoever may pull all may list them. */
  repository: string;
  /** Who pushes needs `pull` too. `*` is all of them. */
  actions: readonly ("pull" | "push" | "delete" | "*")[];
}

/** A bucket of requests: full at first, and filled evenly. */
export interface RateLimit {
  /** How many at once, and how many in each window. */
  limit: number;
  /** How long an empty bucket takes to be full again, in milliseconds of the registry's clock. */
  windowMs: number;
  /** Who has a bucket of their own: each client by its `User-Agent`, each user, nobody. Default `client`. */
  by?: "client" | "user" | "all";
  /** `pulls`: GET of a manifest, as with Docker Hub; HEAD is free. `requests`: every one. Default `pulls`. */
  counts?: "pulls" | "requests";
  /** How a client is told when to come again: `Retry-After` in seconds or as a date, in words alone, not at all. Default `seconds`. */
  retryAfter?: "seconds" | "date" | "text" | "none";
}

/** What names content. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  /** What an artifact is for. */
  artifactType?: string;
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
  /** Its number, from 1, in the order in which calls were answered. */
  seq: number;
  at: Date;
  operation: Operation;
  method: string;
  /** Path and query. */
  path: string;
  /** The whole URL. */
  url: string;
  repository?: string;
  /** The tag, digest or session in its path. */
  reference?: string;
  /** Its `User-Agent`. */
  client?: string;
  headers: [name: string, value: string][];
  /** How many bytes of its body were taken. */
  bodyBytes: number;
  /** The first of them, as many as `history.bodies` says. */
  body?: Uint8Array;
  /** 0: no answer was sent. */
  status: number;
  /** The code of the error it was answered. */
  error?: string;
  answerHeaders: [name: string, value: string][];
  /** How many bytes of its body the answer sent. */
  answerBytes: number;
  /** The first of them. */
  answerBody?: Uint8Array;
  /** How its answer ended, if not with its last byte: before the bytes that it announced, in a reset, or not at all. */
  ended?: "cut" | "reset" | "hang";
  /** The numbers of the faults that happened to it. */
  faults: number[];
  /** How long it took by the registry's clock, with the waits that faults put into its answer. */
  ms: number;
}

/** Which calls: those for which everything that is given holds. */
export interface CallFilter {
  operation?: Operation | readonly Operation[];
  repository?: string | RegExp;
  reference?: string | RegExp;
  /** Its `User-Agent`. */
  client?: string | RegExp;
  method?: string;
  status?: number | ((status: number) => boolean);
  /** This fault happened to it. */
  fault?: number | { readonly id: number };
  /** Its number is above this one. */
  since?: number;
}

/**
 * How many calls of each operation there may be: `{ "manifest.get": 1, "upload.put": { max: 3 } }`. `blob.*` is all
 * operations of that form. The rules are about several calls:
 *
 * - `no blob twice`: no blob of a repository is pushed twice, or pulled twice as a whole.
 * - `HEAD before GET`: a manifest is asked for by HEAD before it is pulled.
 */
export type CallBudget = { rules?: readonly ("no blob twice" | "HEAD before GET")[] } & {
  [operation: Operation]:
    | number
    | { min?: number; max?: number; repository?: string }
    | readonly ("no blob twice" | "HEAD before GET")[]
    | undefined;
};

/** Whether a budget was kept. */
export interface BudgetResult {
  ok: boolean;
  /** What was overspent, with the calls. */
  message?: string;
}

/** An HTTP archive, HAR 1.2. */
export interface Har {
  log: { version: "1.2"; creator: { name: string; version: string }; entries: object[] };
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
  /** How many answers wait for it. */
  readonly waiting: number;
  /** Moves it forward by so many milliseconds, and lets happen what is due by then. */
  advance(ms: number): void;
  /** Moves it forward to the end of every answer that waits for it now. */
  runAll(): void;
}

/** A registry in memory. */
export interface Registry extends AsyncDisposable {
  /**
   * Answers a request, as the global `fetch` would if the registry were on the network. A path is enough. Redirects are
   * given as they are, not followed. It can be handed around without its registry.
   */
  readonly fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
  /**
   * Puts content in, all of it or nothing, and gives a descriptor for each seed; a list in `json` has one for each of its
   * own, and `images` one for each tag. The registry's limits hold; its rules for clients do not. It is no call: `calls()` does not list it. Bytes are
   * copied at once, and all of them are hashed in one go.
   */
  seed(...seeds: Seed[]): Promise<Descriptor[]>;
  /** The state now, in the time it takes to copy a few pointers. */
  snapshot(): Snapshot;
  /** Comes back to a state: content, uploads, clock. Calls and faults stay. */
  restore(to: Snapshot): void;
  /** Comes back to the state after `options.seed`, to `options.faults` and no others, as if nobody had asked yet. */
  reset(): void;
  /** A second registry with the same state, without faults. What happens to one does not happen to the other. */
  fork(): Registry;
  /**
   * Behaves like another registry from the next request on, or like one below some names; without arguments, like the spec.
   * Who may ask and how often stays. `reset()` comes back to what it was at first. Throws `ERR_OPTION`.
   */
  setProfile(profile?: Profile, profiles?: Readonly<Record<string, Profile>>): void;
  /** What differs between a state and now. */
  diff(since: Snapshot): Diff;
  readonly clock: RegistryClock;
  /** Sets a fault, from the next request on. A rule that is wrong is an `ERR_OPTION` that names the place and the nearest. */
  fault(rule: FaultRule): Fault;
  /** The faults that are set, in order. */
  readonly faults: readonly Fault[];
  /** Takes all faults away. What is set from then on draws as the first ones did. */
  clearFaults(): void;
  /** The last calls, in the order in which they were answered. */
  calls(filter?: CallFilter): readonly Call[];
  /** Whether there were no more calls than that, and in which order. */
  checkCalls(budget: CallBudget): BudgetResult;
  /** Calls as an HTTP archive, which the developer tools of browsers open. Credentials are left out. */
  har(filter?: CallFilter): Har;
  /**
   * Calls as a shell script of `curl`, which sends them again, to the registry in `$REGISTRY`, and compares the statuses.
   * A body is in it if `history.bodies` kept all of it; credentials are left out.
   */
  curl(filter?: CallFilter): string;
  /** Forgets all calls. */
  resetHistory(): void;
  repositories(): string[];
  tags(repository: string): string[];
  /** The manifest that `demo/app:v1` or `demo/app@sha256:…` names. */
  manifest(ref: string): StoredManifest | undefined;
  /** A copy of a blob, in whatever repository it is. */
  blob(digest: string): Uint8Array | undefined;
  /**
   * Images as an OCI layout in a tar archive, which `seed()`, `--load`, `docker load` and `skopeo` read: `demo/app:v1`,
   * `demo/app@sha256:…`, or `demo/app` for all of a repository; without any, everything there is.
   */
  export(...refs: string[]): Promise<Uint8Array>;
  /** Copies all blobs, manifests and tags of a repository into another; what that has besides stays. Throws `ERR_LIMIT`. */
  cloneRepository(from: string, to: string): void;
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
  /**
   * Whether others may reset, fork, break and watch the registry over HTTP, under `/_control/`. Where more than this machine
   * can reach it, a token is required; whoever asks sends it as `Authorization: Bearer`.
   */
  control?: boolean | { token?: string };
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
  /** What clients call an image here: `127.0.0.1:41234/demo/app:v1` of `demo/app:v1`. */
  imageRef(image: string): string;
  /** Where control is asked, such as `http://127.0.0.1:41234/_control`; undefined without `control`. */
  readonly control: string | undefined;
  /** The CA of the test certificate, as PEM; undefined without `tls: "test"`. */
  readonly ca: string | undefined;
  /**
   * Writes a `config.json` of Docker's form into a folder, which it makes where it is not there: with a name and a password
   * for this registry, where there are any. Gives the path; for `DOCKER_CONFIG=` give the folder, for `REGISTRY_AUTH_FILE=` the path.
   *
   * @param user Whose; default: the first of `auth.users`.
   */
  dockerConfig(dir: string, user?: string): Promise<string>;
  /** Stops listening and ends open connections. Closing it again does nothing. */
  close(): Promise<void>;
}
