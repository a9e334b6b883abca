import type { FaultRule, Settings } from "../shared/protocol.js";
import { within } from "./limit.js";

/** How long the database may take over anything, in milliseconds. */
const PATIENCE = 3000;

/** How long all of a generation may take: by then it is known that the database answers. */
const LOADING = 30_000;

/** What is kept besides the journal. */
export interface State {
  /** Grows with each commit: by it a worker sees that another one wrote. */
  revision: number;
  /** Which rows count. Those of others are kept aside: what was reset, or could not be read. */
  generation: number;
  /** The last one there was. */
  last: number;
  rngSeed: number;
  settings: Settings;
  faults: FaultRule[];
  undo?: { generation: number; until: number; faults: FaultRule[] } | undefined;
  quarantine?: { generation: number; reason: string; at: number } | undefined;
}

/** Where bytes are: in a part of a row, or in the row itself. */
export type Place = { row: number; part: number; at: number; length: number } | Uint8Array;

/** Some changes, and the bytes that stand in them by number. */
export interface Row {
  journal: string;
  places: Place[];
}

export type RowKey = [generation: number, row: number];
export type PartKey = [generation: number, row: number, part: number];

const STORES = ["state", "rows", "parts"] as const;

/** What a request of the database comes to. */
const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database failed"));
  });

/** Another worker wrote since this one read. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** What is written in one go. */
export interface Commit {
  /** What the revision must be. */
  expected: number;
  state: State;
  row?: { row: Row; parts: Blob[] };
  /** Rows of the generation before this one go, and all parts that are not named here. */
  compact?: Set<string>;
  /** Generations that are not needed any more. */
  drop?: number[];
}

const generation = (g: number): IDBKeyRange => IDBKeyRange.bound([g], [g, []]);

export const partName = (row: number, part: number): string => `${row}/${part}`;

/** The database of one scope. */
export class Disk {
  private constructor(private readonly db: IDBDatabase) {
    // Another version of this worker wants it.
    db.onversionchange = () => db.close();
  }

  static async open(scope: string): Promise<Disk> {
    const request = indexedDB.open(`registrette:${new URL(scope).pathname}`, 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    return new Disk(await within(PATIENCE, result(request), "opening the database"));
  }

  state(): Promise<State | undefined> {
    const request = this.db.transaction("state").objectStore("state").get("state") as IDBRequest<State | undefined>;
    return within(PATIENCE, result(request), "reading the database");
  }

  /** All of a generation, in order, at one moment. */
  async load(g: number): Promise<{ rows: Row[]; parts: Map<string, Blob> }> {
    const tx = this.db.transaction(["rows", "parts"]);
    const [rows, keys, blobs] = await within(
      LOADING,
      Promise.all([
        result<Row[]>(tx.objectStore("rows").getAll(generation(g))),
        result(tx.objectStore("parts").getAllKeys(generation(g))) as Promise<PartKey[]>,
        result<Blob[]>(tx.objectStore("parts").getAll(generation(g))),
      ]),
      "reading the database",
    );
    return { rows, parts: new Map(keys.map(([, row, part], i) => [partName(row, part), blobs[i]!])) };
  }

  /** Writes all of it or nothing. The transaction is opened at once: commits are carried out in the order of the calls. */
  commit(commit: Commit): Promise<void> {
    const done = this.#commit(commit);
    return within(PATIENCE, done, "writing to the database");
  }

  async #commit({ expected, state, row, compact, drop = [] }: Commit): Promise<void> {
    const tx = this.db.transaction(STORES, "readwrite", { durability: "relaxed" });
    const [states, rows, parts] = [tx.objectStore("state"), tx.objectStore("rows"), tx.objectStore("parts")];
    const ended = new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = () => reject(tx.error ?? new Error("the database gave the change up"));
    });
    // Whoever waits for it hears of it; until then nobody does.
    ended.catch(() => {});
    try {
      const found = (await result(states.get("state"))) as State | undefined;
      if ((found?.revision ?? 0) !== expected) throw new Conflict("another worker wrote");
      const g = state.generation;
      if (compact) {
        rows.delete(generation(g));
        for (const key of (await result(parts.getAllKeys(generation(g)))) as PartKey[]) {
          if (!compact.has(partName(key[1], key[2]))) parts.delete(key);
        }
      }
      for (const old of drop) {
        rows.delete(generation(old));
        parts.delete(generation(old));
      }
      states.put(state, "state");
      if (row) {
        rows.put(row.row, [g, state.revision]);
        row.parts.forEach((part, i) => parts.put(part, [g, state.revision, i]));
      }
    } catch (error) {
      try {
        tx.abort();
      } catch {
        // It has ended already.
      }
      throw error;
    }
    await ended;
  }

  close(): void {
    this.db.close();
  }
}
