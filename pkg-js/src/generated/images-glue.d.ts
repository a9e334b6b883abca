/** What wasm-bindgen's glue for the readers of images does; the glue itself is made by `npm run build`. */

import type { FilesHost } from "../core/files.js";

export declare class Shelves {
  private constructor();
  free(): void;
  static files(files: number, name: string, isFile: boolean): Shelves;
  static archive(archive: number, name: string, isFile: boolean): Shelves;
  static unpack(archive: number, limit: number): boolean;
  seeds(): string;
  images(): string;
  part(part: number): Uint8Array[];
  catalog(asJson: boolean): string;
}

export declare class Gathered {
  constructor(files: number);
  free(): void;
  add(repository: string, tag: string, digest: string, mediaType: string, bytes: Uint8Array): void;
  catalog(asJson: boolean): string;
  archive(names: string[]): void;
}

export declare function instantiate(
  host: FilesHost,
  module: WebAssembly.Module,
): {
  Shelves: typeof Shelves;
  Gathered: typeof Gathered;
};
