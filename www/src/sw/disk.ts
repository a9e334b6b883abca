import { openDB, type DBSchema, type IDBPDatabase } from "idb";

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

interface Schema extends DBSchema {
  state: { key: "state"; value: State };
  rows: { key: RowKey; value: Row };
  parts: { key: PartKey; value: Blob };
}

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
  private constructor(private db: IDBPDatabase<Schema>) {}

  static async open(scope: string): Promise<Disk> {
    const open = openDB<Schema>(`registrette:${new URL(scope).pathname}`, 1, {
      upgrade(db) {
        db.createObjectStore("state");
        db.createObjectStore("rows");
        db.createObjectStore("parts");
      },
      // Another version of this worker wants it.
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    });
    return new Disk(await within(PATIENCE, open, "opening the database"));
  }

  state(): Promise<State | undefined> {
    return within(PATIENCE, this.db.get("state", "state"), "reading the database");
  }

  /** All of a generation, in order, at one moment. */
  async load(g: number): Promise<{ rows: Row[]; parts: Map<string, Blob> }> {
    const tx = this.db.transaction(["rows", "parts"]);
    const [rows, keys, blobs] = await within(
      LOADING,
      Promise.all([
        tx.objectStore("rows").getAll(generation(g)),
        tx.objectStore("parts").getAllKeys(generation(g)),
        tx.objectStore("parts").getAll(generation(g)),
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
    const tx = this.db.transaction(["state", "rows", "parts"], "readwrite", { durability: "relaxed" });
    const [states, rows, parts] = [tx.objectStore("state"), tx.objectStore("rows"), tx.objectStore("parts")];
    // Its failure is that of what was done in it.
    const ended = tx.done.then(
      () => undefined,
      (error: unknown) => error ?? tx.error,
    );
    try {
      const found = await states.get("state");
      if ((found?.revision ?? 0) !== expected) throw new Conflict("another worker wrote");
      const g = state.generation;
      const work: Promise<unknown>[] = [states.put(state, "state")];
      if (compact) {
        work.push(rows.delete(generation(g)));
        for (const key of await parts.getAllKeys(generation(g))) {
          if (!compact.has(partName(key[1], key[2]))) work.push(parts.delete(key));
        }
      }
      for (const old of drop) work.push(rows.delete(generation(old)), parts.delete(generation(old)));
      if (row) {
        work.push(rows.put(row.row, [g, state.revision]));
        row.parts.forEach((part, i) => work.push(parts.put(part, [g, state.revision, i])));
      }
      await Promise.all(work);
    } catch (error) {
      try {
        tx.abort();
      } catch {
        // It has ended already.
      }
      const why = await ended;
      throw error instanceof Conflict ? error : (why ?? error);
    }
    const why = await ended;
    if (why) throw why;
  }

  close(): void {
    this.db.close();
  }
}
