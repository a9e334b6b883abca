import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { InPlace, type Spool } from "../core/files.js";

/** An archive on disk, which is read piece by piece. */
export class ArchiveFile extends InPlace {
  readonly #file: number;
  readonly #spools: Temporary[] = [];
  #buffer = new Uint8Array(0);
  readonly length: number;

  constructor(path: string) {
    super();
    this.#file = openSync(path, "r");
    this.length = fstatSync(this.#file).size;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
    return part(this.#file, this.#buffer, offset, length);
  }

  spool(): Spool {
    const spool = new Temporary();
    this.#spools.push(spool);
    return spool;
  }

  close(): void {
    closeSync(this.#file);
    for (const spool of this.#spools) spool.close();
  }
}

/** A file that has no name, and goes when it is closed; there when something is written to it. */
class Temporary implements Spool {
  #file: number | undefined;
  #buffer = new Uint8Array(0);
  length = 0;

  take(piece: Uint8Array): void {
    try {
      this.#file ??= nameless();
      for (let at = 0; at < piece.length;) at += writeSync(this.#file, piece, at, piece.length - at, this.length + at);
    } catch (thrown) {
      throw new Error(`it cannot be unpacked to disk: ${(thrown as Error).message}`, { cause: thrown });
    }
    this.length += piece.length;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
    return this.#file === undefined ? this.#buffer.subarray(0, 0) : part(this.#file, this.#buffer, offset, length);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function nameless(): number {
  const path = join(tmpdir(), `registrette-${randomUUID()}`);
  const file = openSync(path, "wx+", 0o600);
  rmSync(path, { force: true });
  return file;
}

/** A part of a file, read into a buffer that is used again and again. */
export function part(file: number, buffer: Uint8Array, offset: number, length: number): Uint8Array {
  let read = 0;
  while (read < length) {
    const more = readSync(file, buffer, read, length - read, offset + read);
    if (more === 0) break;
    read += more;
  }
  return buffer.subarray(0, read);
}
