import type { Engine } from "./core/engine.js";
import type { InPlace } from "./core/files.js";
import { RegistryError } from "./errors.js";
import type { Name } from "./images.js";
import type { Descriptor, ImageFiles } from "./types.js";

/** Seeds as the core takes them. Whoever made them may change their bytes again. */
export interface Lifted {
  readonly json: string;
  /** What `{ "part": n }` in the JSON stands for. */
  readonly parts: readonly (string | Uint8Array)[];
  /** Where each element of the JSON stands in what was given. */
  readonly places: readonly string[];
  /** The elements that nobody asked for by themselves. */
  readonly hidden: ReadonlySet<number>;
  /** The elements that stand for images in files, which are still to be read. */
  readonly archives: readonly Archive[];
}

/** What the command line knows of a seed: what it is called there, and who hears what is in it. */
export const KNOWN = Symbol("known");

export interface Known {
  readonly place: string;
  /** The name of a repository that was given is that of a file. */
  readonly isFile?: boolean;
  readonly told?: Told;
}

export type Told = (images: readonly (readonly [string, number])[], tagged: number) => void;

/** Images in files. */
export interface Archive {
  readonly at: number;
  readonly name: Name;
  readonly place: string;
  readonly images: Uint8Array | ImageFiles | InPlace | Promise<ArrayBuffer>;
  /** Hears what images there are: the references, each with the bytes of its layers, and how many of them have tags. */
  readonly told?: Told | undefined;
}

/** Puts seeds in, all or none. */
export function plant(engine: Engine, { json, parts, places, hidden }: Lifted): Descriptor[] {
  const { host } = engine.instance;
  const encoder = new host.TextEncoder();
  const bytes = parts.map((part) => (typeof part === "string" ? encoder.encode(part) : part));
  return engine.call("seed()", (core) => {
    const before = core.snapshot();
    try {
      const made = JSON.parse(core.seed(json, bytes)) as Descriptor[];
      const fault = host.takeFault();
      if (!fault) return made.filter((_, at) => !hidden.has(at));
      core.restore(before, false);
      throw fault;
    } catch (thrown) {
      throw host.takeFault() ?? (typeof thrown === "string" ? refused(thrown, places) : thrown);
    } finally {
      before.free();
    }
  });
}

/** What the core says, with the place as the caller knows it. */
function refused(said: string, places: readonly string[]): RegistryError {
  const [start, at] = /^\[(\d+)\]/.exec(said) ?? [];
  const text = start ? `${places[Number(at)]}${said.slice(start.length)}` : `seed: ${said}`;
  // Its last clause says what would do, unless it is the detail of an answer.
  const [, what = text, hint = "change the seed, or the options of the registry"] =
    /^(.*); ([^;]*[^;}])$/s.exec(text) ?? [];
  return new RegistryError("ERR_SEED", what, hint);
}
