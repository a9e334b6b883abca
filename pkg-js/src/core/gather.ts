/** The longest chunk that content is kept in. */
export const LONGEST = 1 << 20;

const SMALLEST = 8 << 10;

/** From here on a chunk has pages of its own: a buffer of the allocator's stays with the process when it is freed. */
const PAGES = 128 << 10;

/**
 * Turns what arrives into chunks worth keeping.
 *
 * Pieces are copied: they are somebody else's, or parts of a larger buffer. Chunks grow with what has arrived, so that no
 * announcement makes memory.
 */
export class Gather {
  #open: Uint8Array | undefined;
  #length = 0;
  #taken = 0;

  constructor(private readonly full: (chunk: Uint8Array) => void) {}

  /** Takes a piece of the body. */
  copy(piece: Uint8Array): void {
    let rest = piece;
    while (rest.length > 0) {
      this.#open ??= room(Math.min(Math.max(this.#taken, rest.length, SMALLEST), LONGEST));
      const now = rest.subarray(0, this.#open.length - this.#length);
      this.#open.set(now, this.#length);
      this.#length += now.length;
      this.#taken += now.length;
      rest = rest.subarray(now.length);
      if (this.#length === this.#open.length) this.end();
    }
  }

  /** Hands over the chunk that is not yet full. */
  end(): void {
    if (!this.#open || this.#length === 0) return;
    let chunk = this.#open;
    if (this.#length < chunk.length) {
      chunk = room(this.#length);
      chunk.set(this.#open.subarray(0, this.#length));
    }
    this.#open = undefined;
    this.#length = 0;
    this.full(chunk);
  }
}

/** A buffer that could be resized, and never is, is mapped, and unmapped when it is collected; where there are such. */
function room(length: number): Uint8Array {
  if (length < PAGES) return new Uint8Array(length);
  const resizable = ArrayBuffer as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new Uint8Array(new resizable(length, { maxByteLength: length }));
}
