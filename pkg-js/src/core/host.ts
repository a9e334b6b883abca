import { RegistryError, reason } from "../errors.js";
import type { HashState, HostHash } from "../types.js";

/** What the wasm side asks of JavaScript: the bytes of blobs, and hashes, each by a number. */
export class Host {
  /** For the glue; environments of test runners have none of their own. */
  readonly TextDecoder: typeof TextDecoder;
  readonly TextEncoder: typeof TextEncoder;
  /** What a panic said. */
  panic: string | undefined;
  /** What the caller's own hash function did wrong; taken by `takeFault`. */
  #fault: RegistryError | undefined;
  readonly #chunks: (Uint8Array | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #functions: HostHash[] = [];
  readonly #hashes = new Map<number, HashState>();
  #started = 0;

  constructor(text: Pick<Host, "TextDecoder" | "TextEncoder">) {
    this.TextDecoder = text.TextDecoder;
    this.TextEncoder = text.TextEncoder;
  }

  /** Keeps bytes that nobody changes any more. */
  keep(bytes: Uint8Array): number {
    const number = this.#free.pop() ?? this.#chunks.length;
    this.#chunks[number] = bytes;
    return number;
  }

  release(chunk: number): void {
    this.#chunks[chunk] = undefined;
    this.#free.push(chunk);
  }

  view(chunk: number, start: number, length: number): Uint8Array {
    const bytes = this.#chunks[chunk];
    if (!bytes) return new Uint8Array(0);
    return start === 0 && length === bytes.length ? bytes : bytes.subarray(start, start + length);
  }

  /** Gives a number to a hash function. */
  hashers(hash: HostHash): number {
    const known = this.#functions.indexOf(hash);
    return known >= 0 ? known : this.#functions.push(hash) - 1;
  }

  startHash(hashers: number, algorithm: "sha256" | "sha512"): number {
    return this.#hold(() => this.#functions[hashers]!(algorithm));
  }

  hashChunk(hash: number, chunk: number, start: number, length: number): void {
    this.hashBytes(hash, this.view(chunk, start, length));
  }

  hashBytes(hash: number, bytes: Uint8Array): void {
    this.#try(() => this.#hashes.get(hash)?.update(bytes));
  }

  copyHash(hash: number): number {
    return this.#hold(() => this.#hashes.get(hash)?.copy());
  }

  finishHash(hash: number): Uint8Array {
    const digest = this.#try(() => this.#hashes.get(hash)?.digest());
    this.#hashes.delete(hash);
    if (digest === undefined || !ArrayBuffer.isView(digest)) {
      this.#blame("digest() gave no bytes");
      return new Uint8Array(0);
    }
    return digest;
  }

  dropHash(hash: number): void {
    this.#hashes.delete(hash);
  }

  panicked(text: string): void {
    this.panic = text;
  }

  /** What the caller's hash function did wrong since the last time. */
  takeFault(): RegistryError | undefined {
    const fault = this.#fault;
    this.#fault = undefined;
    return fault;
  }

  #hold(make: () => HashState | undefined): number {
    this.#started = (this.#started + 1) >>> 0;
    const hash = this.#try(make);
    if (hash) this.#hashes.set(this.#started, hash);
    return this.#started;
  }

  /** Nothing may be thrown through wasm: what runs there would never be finished. */
  #try<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (thrown) {
      this.#blame(`it threw "${reason(thrown)}"`, thrown);
      return undefined;
    }
  }

  #blame(what: string, cause?: unknown): void {
    const hint = "give a function that makes an object with update(bytes), copy() and digest()";
    this.#fault ??= new RegistryError("ERR_OPTION", `options.hash does not hash: ${what}`, hint, { cause });
  }
}
