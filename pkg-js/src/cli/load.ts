import { closeSync, existsSync, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { basename } from "node:path";

import { reason } from "../errors.js";
import { ArchiveFile } from "../node/archive.js";
import { folder } from "../node/folder.js";
import { KNOWN, type Known } from "../plant.js";
import type { Descriptor, Seed } from "../types.js";
import { mistake } from "./flags.js";

/** Something to begin with. */
export interface Load {
  readonly seed: Seed;
  /** How many descriptors the registry gives for it, when that is known. */
  count(): number;
  /** What is said of it. */
  lines(made: readonly Descriptor[]): string[];
  close(): void;
}

/** Reads a `--load`: a folder, an archive, or a JSON file of seeds; `NAME=PATH` says the repository. */
export function load(given: string): Load {
  if (/^(https?|docker):\/\//.test(given)) {
    const hint = "save it to a file first, or install the native registrette, which fetches it";
    throw mistake(`--load ${given}: images are loaded from paths here`, hint);
  }
  const { name, path } = split(given);
  try {
    const real = realpathSync(path);
    const isFolder = statSync(real).isDirectory();
    return !isFolder && isJson(real) ? described(path, real) : images(path, real, isFolder, name);
  } catch (thrown) {
    throw mistake(`--load ${path}: ${reason(thrown)}`, "nothing was loaded");
  }
}

/** A line for each image. */
export function loadedLines(loads: readonly Load[], made: readonly Descriptor[]): string[] {
  let at = 0;
  return loads.flatMap((load) => load.lines(made.slice(at, (at += load.count()))));
}

/** `NAME=PATH`, where the part before the sign is a name, else a path. */
function split(given: string): { name?: string; path: string } {
  const at = given.indexOf("=");
  if (at < 0 || existsSync(given)) return { path: given };
  const name = given.slice(0, at);
  const part = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  if (name.length > 255 || !new RegExp(`^${part}(/${part})*$`).test(name)) {
    throw mistake(`--load ${given}: ${JSON.stringify(name)} is no name of a repository`, "write NAME=PATH, or a path");
  }
  return { name, path: given.slice(at + 1) };
}

/** No archive begins like JSON. */
function isJson(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(1);
    return readSync(file, start, 0, 1, 0) === 1 && ["[", "{"].includes(start.toString());
  } finally {
    closeSync(file);
  }
}

function images(path: string, real: string, isFolder: boolean, name: string | undefined): Load {
  let found: readonly (readonly [string, number])[] = [];
  let count = 0;
  const known: Known = {
    place: `--load ${path}`,
    isFile: name === undefined,
    told: (images, tagged) => {
      found = images;
      count = tagged;
    },
  };
  const archive = isFolder ? undefined : new ArchiveFile(real);
  const seed = { images: archive ?? folder(real).images, name: name ?? basename(real), [KNOWN]: known };
  return {
    // A file that is read in place is for the command line alone.
    seed: seed as unknown as Seed,
    count: () => count,
    lines: () =>
      found.length === 0
        ? [`loaded nothing from ${path}: it holds no image`]
        : found.map(([place, bytes]) => `loaded ${place} (${size(bytes)})`),
    close: () => archive?.close(),
  };
}

/** The parts of a seed that say what it is called. */
type Named = Readonly<Record<string, { ref?: string; subject?: string; repository?: string } | undefined>> & {
  ref?: string;
};

function described(path: string, real: string): Load {
  const seeds = [JSON.parse(readFileSync(real, "utf8"))].flat() as Named[];
  const known: Known = { place: `--load ${path}: ` };
  return {
    seed: { json: seeds, [KNOWN]: known } as unknown as Seed,
    count: () => seeds.length,
    lines: (made) => seeds.map((seed, at) => `loaded ${nameOf(seed)} ${made[at]?.digest}`),
    close: () => {},
  };
}

function nameOf({ ref, blob, index, artifact, manifest }: Named): string {
  if (blob) return `a blob of ${blob.repository}`;
  const name = ref ?? index?.ref ?? artifact?.ref ?? manifest?.ref;
  return name ?? `an artifact of ${artifact?.subject}`;
}

/** A size as a person reads it. */
function size(bytes: number): string {
  for (const [name, shift] of [
    ["GiB", 30],
    ["MiB", 20],
    ["KiB", 10],
  ] as const) {
    const unit = 2 ** shift;
    if (bytes >= unit) return `${Math.floor(bytes / unit)}.${Math.floor(((bytes % unit) * 10) / unit)} ${name}`;
  }
  return `${bytes} bytes`;
}
