import { closeSync, openSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";

import { RegistryError, reason } from "../errors.js";
import type { ImageFiles } from "../types.js";
import { part } from "./archive.js";

/** A folder on disk, as a seed of images. */
export function folder(path: string): { images: ImageFiles; name: string } {
  if (typeof path !== "string") throw new RegistryError("ERR_FILE", "the path is no text", "give the path of a folder");
  const name = basename(resolve(path));
  try {
    const root = realpathSync(path);
    if (!statSync(root).isDirectory()) throw new Error("it is no folder");
    return { images: new Folder(root), name };
  } catch (thrown) {
    throw new RegistryError("ERR_FILE", `${path}: ${reason(thrown)}`, "give the path of a folder that is there", {
      cause: thrown,
    });
  }
}

class Folder implements ImageFiles {
  constructor(private readonly root: string) {}

  list(folder: string): string[] {
    const path = this.#find(folder);
    if (path === undefined || !statSync(path).isDirectory()) return [];
    return readdirSync(path, { withFileTypes: true }).map((entry) => {
      const isFolder = entry.isSymbolicLink() ? this.#isFolder(join(folder, entry.name)) : entry.isDirectory();
      return isFolder ? `${entry.name}/` : entry.name;
    });
  }

  length(path: string): number | undefined {
    const found = this.#find(path);
    const stats = found === undefined ? undefined : statSync(found);
    return stats?.isFile() ? stats.size : undefined;
  }

  read(path: string, offset: number, length: number): Uint8Array {
    const file = openSync(this.#find(path) ?? path, "r");
    try {
      return part(file, new Uint8Array(length), offset, length);
    } finally {
      closeSync(file);
    }
  }

  #isFolder(path: string): boolean {
    const found = this.#find(path);
    return found !== undefined && statSync(found).isDirectory();
  }

  /** Where a file is; nowhere where there is none. */
  #find(path: string): string | undefined {
    let found: string;
    try {
      found = realpathSync(join(this.root, path));
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw thrown;
    }
    if (found === this.root || found.startsWith(this.root + sep)) return found;
    throw new Error(`it leads out of the folder, to ${found}`);
  }
}
