import type { Engine } from "../../../pkg-js/src/core/engine.js";
import type { Journal } from "../../../pkg-js/src/generated/glue.js";
import type { Storage } from "../shared/protocol.js";
import { Conflict, Disk, type State } from "./disk.js";
import { LIMIT, fresh, makeEngine, module, setFaults } from "./engine.js";
import { TimedOut } from "./limit.js";
import { Parts, named } from "./parts.js";

/** How many rows the journal may have before it is written anew. */
const MOST_ROWS = 500;

/** How much more than the content the parts may take before those that nobody needs go. */
const MOST_WASTE = 64 << 20;

/** A start that takes longer is worth a shorter journal, in milliseconds. */
const SLOW = 300;

/** How long after a failure the disk is tried again, in milliseconds. */
const RETRY = 30_000;

const memory = (reason: NonNullable<Storage["reason"]>, sentence: string): Storage => ({
  state: "memory",
  reason,
  sentence,
  since: Date.now(),
  limit: LIMIT,
});

/** The registry and what is stored of it: each change is on disk before it is answered. */
export class Keeper {
  state!: State;
  storage: Storage = { state: "saved", limit: LIMIT };
  #engine: Engine | undefined;
  /** How long the last start took, until somebody asks. */
  #cold: number | undefined;
  #ready: Promise<void> | undefined;
  #disk: Disk | undefined;
  #parts = new Parts();
  #rows = 0;
  #partBytes = 0;
  /** The last commit on its way. */
  #tail: Promise<unknown> = Promise.resolve();
  #retryAt = 0;
  /** What is on disk was read: what is here may be written over it. */
  #isRead = false;

  constructor(
    private readonly scope: string,
    /** Is told when the way in which content is stored has changed. */
    private readonly changed: () => void,
  ) {}

  /** Waits until the registry is there. A start that fails is tried again by the next one who asks. */
  ready(): Promise<void> {
    if (!this.#ready) {
      const ready = (this.#ready = this.#start());
      ready.catch(() => {
        if (this.#ready === ready) this.#ready = undefined;
      });
    }
    return this.#ready;
  }

  /** The registry. Throws a {@link Conflict} while it has to be read anew. */
  get engine(): Engine {
    if (!this.#engine) throw new Conflict("the registry is read anew");
    return this.#engine;
  }

  /** Throws a {@link Conflict} when this is not the registry any more. */
  check(engine: Engine): void {
    if (this.#engine !== engine) throw new Conflict("the registry was read anew");
  }

  /** The registry is read anew before the next request: somebody else wrote, or it crashed. */
  forget(): void {
    if (this.isInMemory && this.#engine?.isOpen) return;
    this.#ready = undefined;
    this.#engine = undefined;
  }

  /** How long the start took, for the first one who asks. */
  takeCold(): number | undefined {
    const cold = this.#cold;
    this.#cold = undefined;
    return cold;
  }

  /** Does something, again and again while other workers write in between. */
  async retrying<T>(act: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      await this.ready();
      const engine = this.#engine;
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Conflict) || attempt > 8) throw error;
        // Another one of several that met the same may have done so already.
        if (this.#engine === engine) this.forget();
      }
    }
  }

  /** Waits for what is on its way to the disk. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /**
   * Stores what changed; to be called in the same turn as what changed it. What cannot be stored is kept in memory, and
   * that is told. Throws a {@link Conflict} when another worker wrote: then nothing of it counts.
   */
  async save(journal: Journal | undefined, change: Partial<State> = {}, drop: number[] = []): Promise<void> {
    const expected = this.state.revision;
    const { undo, ...rest } = { ...this.state, ...change };
    const isOver = undo !== undefined && undo.until < Date.now();
    if (isOver) drop = [...drop, undo.generation];
    this.state = { ...rest, ...(undo && !isOver && { undo }), revision: expected + 1 };
    if (this.storage.state === "memory" || !this.#disk) return this.#retry();
    if (change.generation !== undefined) this.#renewed();
    const row = journal && this.#parts.row(journal, this.state.revision);
    this.#rows++;
    this.#partBytes += row?.parts.reduce((sum, { size }) => sum + size, 0) ?? 0;
    const commit = this.#disk.commit({ expected, state: this.state, drop, ...(row && { row }) });
    this.#tail = commit.catch(() => {});
    try {
      await commit;
    } catch (error) {
      // What was queued behind a commit that failed finds another revision.
      if (this.isInMemory) return;
      if (error instanceof Conflict) throw error;
      return this.#failed(error);
    }
    if (!this.#engine) return;
    if (this.#rows > MOST_ROWS || this.#partBytes > MOST_WASTE + 2 * this.bytes) await this.#compact();
  }

  get isInMemory(): boolean {
    return this.storage.state === "memory";
  }

  get bytes(): number {
    const stats = this.engine.call("stats", (core) => core.look("stats", ""));
    return (JSON.parse(stats) as { bytes: number }).bytes;
  }

  /** All that is stored of a generation, as it is. */
  async stored(generation: number): Promise<{ rows: unknown[]; parts: Map<string, Blob> }> {
    if (!this.#disk) throw new Error("there is no database");
    return this.#disk.load(generation);
  }

  async #start(): Promise<void> {
    const start = performance.now();
    const found = this.isInMemory ? undefined : await this.#open();
    const state = found ?? (this.isInMemory && this.state ? this.state : fresh());
    if (this.isInMemory && this.#engine?.isOpen) return;
    // What is not to be had right now says nothing of what is stored.
    await module();
    try {
      await this.#fill(state);
    } catch (error) {
      if (!found || error instanceof TimedOut) throw error;
      await this.#setAside(state, error);
    }
    this.#cold = performance.now() - start;
    // Chunks of uploads were hashed again, and are not the next time: by then they are blobs.
    if (this.#cold > SLOW && this.#rows > 1 && this.#disk) void this.#compact();
  }

  async #open(): Promise<State | undefined> {
    try {
      this.#disk ??= await Disk.open(this.scope);
      return await this.#disk.state();
    } catch (error) {
      this.#disk = undefined;
      const isLate = error instanceof TimedOut;
      this.#inMemory(
        isLate
          ? memory("stuck", "The browser's storage does not answer.")
          : memory("denied", "The browser gives this page no storage."),
      );
      return undefined;
    }
  }

  /** Makes the registry of what is stored. */
  async #fill(state: State): Promise<void> {
    const { rows, parts } = this.#disk
      ? await this.#disk.load(state.generation)
      : { rows: [], parts: new Map<string, Blob>() };
    const read = [...parts].map(async ([name, part]) => [name, await part.arrayBuffer()] as const);
    const buffers = new Map(await Promise.all(read));
    const engine = await makeEngine(state);
    const kept = new Parts();
    for (const [journal, bytes] of kept.journals(rows, buffers)) {
      engine.call("the journal", (core) => core.replay(journal, bytes));
    }
    setFaults(engine, state.faults);
    this.use(engine, state);
    this.#isRead = !this.isInMemory;
    this.#parts = kept;
    this.#rows = rows.length;
    this.#partBytes = [...parts.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Puts another registry in the place of the one that is here. */
  use(engine: Engine, state: State): void {
    this.#engine = engine;
    this.state = state;
  }

  /** What cannot be read stays where it is, and is not used: the registry starts empty. */
  async #setAside(state: State, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const { undo: _, ...blank } = { ...fresh(), revision: state.revision, rngSeed: state.rngSeed };
    const last = (state.last || 1) + 1;
    const quarantine = { generation: state.generation, reason, at: Date.now() };
    this.#parts = new Parts();
    this.use(await makeEngine(blank), { ...blank, generation: last, last });
    this.#isRead = true;
    await this.save(undefined, { quarantine });
  }

  #renewed(): void {
    this.#parts = new Parts();
    this.#rows = 0;
    this.#partBytes = 0;
  }

  /** Writes the shortest journal there is in place of the long one. */
  async #compact(): Promise<void> {
    const expected = this.state.revision;
    const state = { ...this.state, revision: expected + 1 };
    const row = this.#parts.row(
      this.engine.call("the journal", (core) => core.dumpJournal()),
      state.revision,
    );
    this.state = state;
    const compact = named(row.row);
    this.#rows = 1;
    this.#partBytes = this.bytes;
    const commit = this.#disk!.commit({ expected, state, row, compact });
    this.#tail = commit.catch(() => {});
    // It only tidies up: what it did not do is done by the next one, after a look at what is there.
    await commit.catch(() => this.forget());
  }

  /** A commit failed: the registry goes on in memory, unless the database only had to be opened again. */
  async #failed(error: unknown): Promise<void> {
    const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
    const why = isFull
      ? memory("full", "Storage is full.")
      : error instanceof TimedOut
        ? memory("stuck", "The browser's storage does not answer.")
        : memory("failed", `The browser's storage failed: ${error instanceof Error ? error.message : String(error)}`);
    this.#inMemory(why);
    this.#parts = new Parts();
    if (!isFull) await this.#writeAll();
  }

  #inMemory(why: Storage): void {
    this.storage = why;
    this.#retryAt = Date.now() + RETRY;
    this.changed();
  }

  /** Tries the disk again from time to time. */
  async #retry(): Promise<void> {
    if (Date.now() < this.#retryAt) return;
    this.#retryAt = Date.now() + RETRY;
    await this.#writeAll();
  }

  /** What nobody could read before is set aside, and not written over. */
  #beside(found: State): Partial<State> {
    if (this.#isRead) return {};
    const last = found.last + 1;
    const reason = "The browser's storage did not answer when the registry started.";
    return { generation: last, last, quarantine: { generation: found.generation, reason, at: Date.now() } };
  }

  /** Opens the database once more and writes all there is. */
  async #writeAll(): Promise<void> {
    try {
      this.#disk?.close();
      const disk = await Disk.open(this.scope);
      const found = await disk.state();
      const expected = found?.revision ?? 0;
      const parts = new Parts();
      const state = { ...this.state, ...(found && this.#beside(found)), revision: expected + 1 };
      const row = parts.row(
        this.engine.call("the journal", (core) => core.dumpJournal()),
        state.revision,
      );
      const commit = disk.commit({ expected, state, row, compact: named(row.row) });
      [this.#disk, this.#parts, this.state, this.#tail] = [disk, parts, state, commit.catch(() => {})];
      await commit;
      this.storage = { state: "saved", limit: LIMIT };
      this.#isRead = true;
      this.changed();
    } catch {
      this.#parts = new Parts();
    }
  }
}
