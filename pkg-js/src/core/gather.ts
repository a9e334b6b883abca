/** The longest chunk that content is kept in. */
export const LONGEST = 1 << 20;

const SMALLEST = 8 << 10;

/**
 * Turns what arrives into chunks worth keeping.
 *
 * A piece that somebody else may change, or that is a small part of a large buffer, is copied; chunks of copies grow with
 * what has arrived, so that no announcement makes memory.
 */
export class Gather {
  #open: Uint8Array | undefined;
  #length = 0;
  #taken = 0;

  constructor(private readonly full: (chunk: Uint8Array) => void) {}

  /** Takes a piece that the caller goes on to own. */
  copy(piece: Uint8Array): void {
    let rest = piece;
    while (rest.length > 0) {
      this.#open ??= new Uint8Array(Math.min(Math.max(this.#taken, rest.length, SMALLEST), LONGEST));
      const now = rest.subarray(0, this.#open.length - this.#length);
      this.#open.set(now, this.#length);
      this.#length += now.length;
      this.#taken += now.length;
      rest = rest.subarray(now.length);
      if (this.#length === this.#open.length) this.end();
    }
  }

  /** Takes a piece that nobody else has. */
  take(piece: Uint8Array): void {
    if (piece.length < SMALLEST || piece.length * 4 < piece.buffer.byteLength * 3) {
      this.copy(piece);
      return;
    }
    this.end();
    this.#taken += piece.length;
    for (let at = 0; at < piece.length; at += LONGEST) {
      const { buffer, byteOffset } = piece;
      this.full(new Uint8Array(buffer, byteOffset + at, Math.min(LONGEST, piece.length - at)));
    }
  }

  /** Hands over the chunk that is not yet full. */
  end(): void {
    if (!this.#open || this.#length === 0) return;
    const chunk = this.#length === this.#open.length ? this.#open : this.#open.slice(0, this.#length);
    this.#open = undefined;
    this.#length = 0;
    this.full(chunk);
  }
}
