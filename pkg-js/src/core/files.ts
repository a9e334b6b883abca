import { RegistryError, reason } from "../errors.js";
import type { ImageFiles } from "../types.js";
import type { Host } from "./host.js";

/** An archive that is read where it is. */
export interface ReadAt {
  readonly length: number;
  /** A part of it, as it is until the next is read. */
  read(offset: number, length: number): Uint8Array;
}

/** Where an archive is written to, and then read from. */
export interface Spool extends ReadAt {
  take(piece: Uint8Array): void;
}

/** An archive in a file that is read in place; what it unpacks to has a place, too. */
export abstract class InPlace implements ReadAt {
  abstract readonly length: number;
  abstract read(offset: number, length: number): Uint8Array;
  abstract spool(): Spool;
}

/** An archive in memory. */
export class Pieces implements Spool {
  constructor(readonly pieces: Uint8Array[] = []) {}

  get length(): number {
    return length(this.pieces);
  }

  read(offset: number, length: number): Uint8Array {
    return slice(this.pieces, offset, length);
  }

  take(piece: Uint8Array): void {
    this.pieces.push(piece);
  }
}

/** What `images.wasm` asks of JavaScript: files and archives, each by a number. */
export class FilesHost {
  readonly TextDecoder: typeof TextDecoder;
  readonly TextEncoder: typeof TextEncoder;
  /** What a panic said. */
  panic: string | undefined;
  #fault = "";
  readonly #files: ImageFiles[] = [];
  readonly #archives: ReadAt[] = [];

  constructor(
    text: Pick<Host, "TextDecoder" | "TextEncoder">,
    private readonly spool: Spool = new Pieces(),
  ) {
    this.TextDecoder = text.TextDecoder;
    this.TextEncoder = text.TextEncoder;
  }

  files(files: ImageFiles): number {
    return this.#files.push(files) - 1;
  }

  archive(archive: ReadAt): number {
    return this.#archives.push(archive) - 1;
  }

  panicked(text: string): void {
    this.panic = text;
  }

  take(piece: Uint8Array): void {
    this.#try(() => this.spool.take(piece), undefined);
  }

  list(files: number, folder: string): string[] {
    return this.#try(() => this.#files[files]!.list(folder), []);
  }

  fileLength(files: number, path: string): number {
    return this.#try(() => this.#files[files]!.length(path) ?? -1, -1);
  }

  readFile(files: number, path: string, offset: number, length: number): Uint8Array {
    return this.#try(() => this.#files[files]!.read(path, offset, length), new Uint8Array(0));
  }

  archiveLength(archive: number): number {
    return this.#archives[archive]!.length;
  }

  readArchive(archive: number, offset: number, length: number): Uint8Array {
    return this.#try(() => this.#archives[archive]!.read(offset, length), new Uint8Array(0));
  }

  takeFault(): string {
    const fault = this.#fault;
    this.#fault = "";
    return fault;
  }

  /** Nothing may be thrown through wasm. */
  #try<T>(act: () => T, otherwise: T): T {
    try {
      return act();
    } catch (thrown) {
      this.#fault ||= thrown instanceof RegistryError ? thrown.message : reason(thrown);
      return otherwise;
    }
  }
}

/** A part of what pieces are together. */
export function slice(pieces: readonly Uint8Array[], offset: number, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let [at, left] = [offset, length];
  for (const piece of pieces) {
    if (left === 0) break;
    const part = piece.subarray(Math.min(at, piece.length), Math.min(at + left, piece.length));
    at = Math.max(at - piece.length, 0);
    left -= part.length;
    if (part.length > 0) parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : joined(parts);
}

/** How many bytes pieces are together. */
export const length = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0);

/** Pieces as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(length(pieces));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
