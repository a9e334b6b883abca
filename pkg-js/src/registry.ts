import { Clock } from "./clock.js";
import { ENGINE, Engine } from "./core/engine.js";
import { Module, type ImagesLoader } from "./core/instance.js";
import { RegistryError, reason } from "./errors.js";
import { Faults, ruleTexts, type RuleText } from "./faults.js";
import { answer, join } from "./fetch.js";
import type { Core, State } from "./generated/glue.js";
import { checkProfile, isObject, likeness, show, toCore } from "./options.js";
import { plant, type Lifted } from "./plant.js";
import type { Fact, Listed } from "./profiles.js";
import { fill, lift } from "./seed.js";
import type {
  BudgetResult,
  Call,
  CallBudget,
  CallFilter,
  Descriptor,
  Diff,
  Har,
  Fault,
  FaultRule,
  Profile,
  Registry,
  RegistryOptions,
  Seed,
  Snapshot,
  Stats,
  StoredManifest,
} from "./types.js";

/** How often the time is told to an idle registry's sessions, in milliseconds of its clock. */
const TICK = 1000;

/** A state, and the clock's at that time. */
class Taken implements Snapshot {
  constructor(
    readonly state: State,
    readonly engine: Engine,
    readonly clock: number,
    readonly at: Date,
  ) {}
}

/** A registry: see the interface. */
export class WasmRegistry implements Registry {
  readonly fetch: Registry["fetch"];
  readonly clock: Clock;
  readonly [ENGINE]: Engine;
  readonly #base: string;
  readonly #faults: Faults;
  /** What `reset` comes back to. */
  #first: Taken;
  #ticked = 0;
  /** What it was made with. */
  seeded: readonly Descriptor[] = [];

  private constructor(
    make: (clock: Clock, now: () => number) => Engine,
    base: string,
    mode: Clock["mode"],
    rules: readonly RuleText[],
    at?: number,
  ) {
    this.#base = base;
    this.clock = new Clock(mode, at, () => this.#tick());
    const now = () => {
      const millis = this.clock.millis();
      if (Math.abs(millis - this.#ticked) >= TICK) this.#tick();
      return millis;
    };
    const engine = make(this.clock, now);
    this[ENGINE] = engine;
    this.#faults = new Faults(engine, rules);
    this.fetch = (input, init) => this.#fetch(input, init);
    this.#first = this.#take();
  }

  /** Makes a registry in an instance of this module. */
  static create(module: Module, options: RegistryOptions, seeds: Lifted): WasmRegistry {
    const instance = module.instance();
    const hashers = options.hash && instance.host.hashers(options.hash);
    const core = made(() => new instance.Core(toCore(options, hashers)));
    const make = (clock: Clock, now: () => number) => new Engine(instance, core, now, clock);
    const rules = ruleTexts(options.faults ?? []);
    const registry = new WasmRegistry(make, options.url ?? "http://registry.test", options.clock ?? "real", rules);
    if (seeds.places.length > 0) {
      registry.seeded = plant(registry[ENGINE], seeds);
      registry.#first = registry.#take();
    }
    return registry;
  }

  async #fetch(input: Request | URL | string, init?: RequestInit): Promise<Response> {
    return answer(this[ENGINE], this.#base, input, init);
  }

  async seed(...seeds: Seed[]): Promise<Descriptor[]> {
    const lifted = lift(seeds);
    // Only what has to be waited for is: until then the caller's bytes stay as they are.
    return plant(this[ENGINE], lifted.archives.length > 0 ? await fill(lifted, this[ENGINE].instance) : lifted);
  }

  snapshot(): Snapshot {
    return this.#take();
  }

  #take(): Taken {
    return new Taken(this[ENGINE].snapshot(), this[ENGINE], this.clock.state, this.clock.now());
  }

  restore(to: Snapshot): void {
    const taken = this.#own(to, "restore");
    this[ENGINE].call("restore()", (core) => core.restore(taken.state, false));
    this.clock.state = taken.clock;
  }

  reset(): void {
    this[ENGINE].call("reset()", (core) => core.restore(this.#first.state, true));
    this.clock.state = this.#first.clock;
    this.#faults.reset();
  }

  fork(): WasmRegistry {
    const engine = this[ENGINE];
    const make = (clock: Clock, now: () => number) => engine.fork(now, clock);
    return new WasmRegistry(make, this.#base, this.clock.mode, [], this.clock.state);
  }

  setProfile(profile?: Profile, profiles?: Readonly<Record<string, Profile>>): void {
    checkProfile("profile", profile);
    const wanted = JSON.stringify(likeness(profile, profiles));
    try {
      this[ENGINE].call("setProfile()", (core) => core.setProfile(wanted));
    } catch (thrown) {
      if (thrown instanceof RegistryError) throw thrown;
      throw new RegistryError("ERR_OPTION", reason(thrown), "give a profile, or { name, quirks }");
    }
  }

  /** @internal All profiles and switches, or one profile. */
  listProfiles(name?: string): Listed & { switches: Record<string, Fact> } {
    const found = this.#look<Listed & { switches: Record<string, Fact>; error?: string }>("profiles", name);
    if (found.error) throw new RegistryError("ERR_OPTION", found.error, "leave the name out to see all");
    return found;
  }

  diff(since: Snapshot): Diff {
    const taken = this.#own(since, "diff");
    const diff = JSON.parse(this[ENGINE].call("diff()", (core) => core.diff(taken.state))) as Omit<Diff, "isEmpty">;
    const { tags, manifests, blobs, uploads } = diff;
    const lists = [tags, manifests.added, manifests.gone, blobs.added, blobs.gone, uploads.open, uploads.gone];
    return { ...diff, isEmpty: lists.every((list) => list.length === 0) };
  }

  fault(rule: FaultRule): Fault {
    return this.#faults.add(rule);
  }

  get faults(): readonly Fault[] {
    return this.#faults.all;
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  calls(filter: CallFilter = {}): readonly Call[] {
    return this.#calls(filter).map(toCall);
  }

  checkCalls(budget: CallBudget): BudgetResult {
    const { error, ...result } = this.#look<BudgetResult & { error?: string }>(
      "check",
      JSON.stringify(budget) ?? "null",
    );
    if (error) throw new RegistryError("ERR_OPTION", error, 'write it like { "manifest.get": 1 }');
    return result;
  }

  har(filter: CallFilter = {}): Har {
    return this.#look("har", this.#numbers(filter));
  }

  curl(filter: CallFilter = {}): string {
    return this.#look("curl", this.#numbers(filter));
  }

  #calls(filter: CallFilter): CallJson[] {
    return this.#look<CallJson[]>("calls").filter((call) => matches(call, filter));
  }

  #numbers(filter: CallFilter): string {
    return this.#calls(filter)
      .map((call) => call.seq)
      .join();
  }

  resetHistory(): void {
    this[ENGINE].call("resetHistory()", (core) => core.forgetCalls());
  }

  repositories(): string[] {
    return this.#look("repositories");
  }

  tags(repository: string): string[] {
    return this.#look("tags", String(repository));
  }

  manifest(ref: string): StoredManifest | undefined {
    const { repository, reference } = parse(ref);
    const found = this[ENGINE].call("manifest()", (core) => core.manifest(repository, reference));
    if (!found) return undefined;
    const [mediaType, digest, bytes] = found;
    const json = (): unknown => JSON.parse(new TextDecoder().decode(bytes));
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes, json };
  }

  /** @internal The digests of a repository's manifests. */
  manifests(repository: string): string[] {
    return this.#look("manifests", repository);
  }

  async export(...refs: string[]): Promise<Uint8Array> {
    const { exported } = await import("./export.js");
    return exported(this, refs);
  }

  blob(digest: string): Uint8Array | undefined {
    const chunks = this[ENGINE].call("blob()", (core) => core.blob(String(digest)));
    return (
      chunks &&
      join(
        chunks,
        chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      )
    );
  }

  /** @internal Lets control be asked from now on. */
  openControl(token: string): void {
    const clock = this.clock.state;
    this[ENGINE].call("control", (core) => core.openControl(this.clock.millis(), clock, token));
  }

  /** @internal A fork that is reached somewhere else. */
  forkElsewhere(): WasmRegistry {
    const fork = this.fork();
    fork[ENGINE].call("fork()", (core) => core.forgetPublicUrl());
    return fork;
  }

  /** @internal Asks control; gives a task as text. */
  askControl(method: string, target: string, headers: string[], body: Uint8Array, flags: number, guard: number) {
    const [reply, clock] = this[ENGINE].control(this.clock.state, method, target, headers, body, flags, guard);
    if (clock !== undefined) this.clock.state = clock;
    return reply;
  }

  /** @internal How often calls were forgotten, and how many there were since. */
  called(): [number, number] {
    return this.#look("called");
  }

  /** @internal The calls that the query of a filter finds, each as JSON. */
  callLines(query: string): string[] {
    return this.#look<object[]>("calls", query).map((call) => JSON.stringify(call));
  }

  cloneRepository(from: string, to: string): void {
    try {
      this[ENGINE].call("cloneRepository()", (core) => core.cloneRepository(String(from), String(to)));
    } catch (thrown) {
      if (thrown instanceof RegistryError) throw thrown;
      const hint = "name a repository that is there, and another that may be";
      throw new RegistryError("ERR_LIMIT", `${from} is not copied to ${to}: ${reason(thrown)}`, hint);
    }
  }

  gc(): { deletedBlobs: number; freedBytes: number } {
    const [deletedBlobs = 0, freedBytes = 0] = this[ENGINE].call("gc()", (core) => core.gc());
    return { deletedBlobs, freedBytes };
  }

  stats(): Stats {
    return this.#look("stats");
  }

  async close(): Promise<void> {
    if (this[ENGINE].isOpen) this.#faults.settle();
    this[ENGINE].close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #look<T>(question: string, name = ""): T {
    return JSON.parse(this[ENGINE].call(`${question}()`, (core) => core.look(question, name))) as T;
  }

  #tick(): void {
    this.#ticked = this.clock.millis();
    const tick = (core: Core) => core.tick(this.#ticked);
    if (this[ENGINE].isOpen) this[ENGINE].call("clock", tick);
  }

  #own(snapshot: Snapshot, what: string): Taken {
    if (snapshot instanceof Taken && snapshot.engine.instance === this[ENGINE].instance) return snapshot;
    const hint = "give what snapshot() of this registry gave, or of one it was forked from";
    throw new RegistryError("ERR_OPTION", `${what}(${show(snapshot)}) is no snapshot that fits`, hint);
  }
}

/** What the core says of options that it does not take. */
function made<T>(make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    if (typeof thrown !== "string") throw thrown;
    const named = /^auth|^rate|header/.exec(thrown)?.[0];
    const option = named === undefined ? "profile" : { auth: "auth", rate: "rateLimit", header: "headers" }[named];
    throw new RegistryError("ERR_OPTION", thrown, `look at options.${option}`);
  }
}

/** Cuts `NAME:TAG` or `NAME@DIGEST`. */
function parse(ref: string): { repository: string; reference: string } {
  const text = String(ref);
  const at = text.indexOf("@");
  const cut = at >= 0 ? at : text.lastIndexOf(":");
  if (cut <= text.lastIndexOf("/") && at < 0) return { repository: text, reference: "latest" };
  return { repository: text.slice(0, cut), reference: text.slice(cut + 1) };
}

/** A call as the core writes it. */
type CallJson = Omit<Call, "at" | "body" | "answerBody"> & { at: string; body?: string; answerBody?: string };

function toCall({ at, body, answerBody, ...rest }: CallJson): Call {
  const call: Call = { ...rest, at: new Date(at) };
  if (body !== undefined) call.body = unbase64(body);
  if (answerBody !== undefined) call.answerBody = unbase64(answerBody);
  return call;
}

const unbase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Whether everything that a filter gives holds. */
function matches(call: CallJson, filter: CallFilter): boolean {
  const { operation, repository, reference, client, method, status, fault, since = 0 } = filter;
  const fits = (wanted: string | RegExp | undefined, is: string | undefined) =>
    wanted === undefined || (is !== undefined && (isObject(wanted) ? is.search(wanted as RegExp) >= 0 : wanted === is));
  return (
    (operation === undefined || [operation].flat().includes(call.operation)) &&
    fits(repository, call.repository) &&
    fits(reference, call.reference) &&
    fits(client, call.client) &&
    call.seq > since &&
    (fault === undefined || call.faults.includes(typeof fault === "number" ? fault : fault.id)) &&
    (method === undefined || method === call.method) &&
    (status === undefined || (typeof status === "function" ? status(call.status) : status === call.status))
  );
}

/** The modules that callers brought, each compiled once. */
const brought = new WeakMap<object, Promise<Module>>();

/** The module of the option `wasm`. */
export function bring(wasm: WebAssembly.Module | BufferSource, images?: ImagesLoader): Promise<Module> {
  const known = brought.get(wasm);
  if (known) return known;
  const isBytes = ArrayBuffer.isView(wasm) || Object.prototype.toString.call(wasm) === "[object ArrayBuffer]";
  const compiled = isBytes ? WebAssembly.compile(wasm as BufferSource) : Promise.resolve(wasm as WebAssembly.Module);
  const module = compiled.then(
    (module) => new Module(module, globalThis, images),
    (thrown: unknown) => {
      const hint = "give the content of registrette/registry.wasm";
      throw new RegistryError("ERR_OPTION", `options.wasm cannot be compiled: ${reason(thrown)}`, hint);
    },
  );
  brought.set(wasm, module);
  return module;
}
