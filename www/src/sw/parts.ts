import type { Journal } from "../../../pkg-js/src/generated/glue.js";
import { type Place, type Row, partName } from "./disk.js";

/** Shorter pieces stand in the row itself, longer ones are `Blob`s beside it: each is read fastest so. */
const SHORT = 256 << 10;

/** Where the buffers are that content lies in. What was written once is never written again. */
export class Parts {
  #known = new WeakMap<ArrayBufferLike, { row: number; part: number }>();

  /** A journal as a row, and the parts that are new. */
  row([journal, bytes]: Journal, number: number): { row: Row; parts: Blob[] } {
    const parts: Blob[] = [];
    const places = bytes.map((piece): Place => {
      const { buffer, byteOffset: at, length } = piece;
      let known = this.#known.get(buffer);
      if (!known) {
        if (buffer.byteLength < SHORT) return piece.slice();
        known = { row: number, part: parts.push(new Blob([new Uint8Array(buffer as ArrayBuffer)])) - 1 };
        this.#known.set(buffer, known);
      }
      return { ...known, at, length };
    });
    return { row: { journal, places }, parts };
  }

  /** The journal of a row, with its bytes. Each part is read once, however many rows name it. */
  journals(rows: readonly Row[], buffers: ReadonlyMap<string, ArrayBuffer>): Journal[] {
    return rows.map(({ journal, places }) => [
      journal,
      places.map((place) => {
        if (place instanceof Uint8Array) return place;
        const buffer = buffers.get(partName(place.row, place.part));
        if (!buffer) throw new Error(`the part ${partName(place.row, place.part)} is not there`);
        this.#known.set(buffer, { row: place.row, part: place.part });
        return new Uint8Array(buffer, place.at, place.length);
      }),
    ]);
  }
}

/** The names of the parts that rows need. */
export function named(row: Row): Set<string> {
  return new Set(row.places.flatMap((place) => (place instanceof Uint8Array ? [] : partName(place.row, place.part))));
}
