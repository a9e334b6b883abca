import type { Engine } from "./core/engine.js";
import { RegistryError } from "./errors.js";
import { isObject, show } from "./options.js";
import type { Descriptor, Seed } from "./types.js";

/** Seeds as the core takes them. Whoever made them may change their bytes again. */
export interface Lifted {
  readonly json: string;
  /** What `{ "part": n }` in the JSON stands for. */
  readonly parts: readonly (string | Uint8Array)[];
  /** Where each element of the JSON stands in what was given. */
  readonly places: readonly string[];
}

/** Where bytes stand in a seed. What has no shape is JSON. */
interface Shape {
  readonly isBytes?: true;
  /** Of all members, or all elements. */
  readonly each?: Shape;
  readonly members?: Readonly<Record<string, Shape>>;
}

const BYTES: Shape = { isBytes: true };
const IMAGE: Shape = { members: { files: { each: BYTES }, layers: { each: BYTES } } };
const SEED: Shape = {
  members: {
    image: IMAGE,
    index: { members: { images: { each: IMAGE } } },
    artifact: { members: { blobs: { each: { isBytes: true, members: { bytes: BYTES } } } } },
    blob: { members: { bytes: BYTES } },
    manifest: { members: { bytes: BYTES } },
  },
};

/** As deep as the core reads JSON. */
const DEEPEST = 120;

/** Takes the bytes out of seeds, by copy. What is wrong with the rest is the core's to say. */
export function lift(seeds: readonly Seed[]): Lifted {
  const given: readonly unknown[] = seeds;
  const [json, places, lifter]: [unknown[], string[], Lifter] = [[], [], new Lifter()];
  const add = (seed: unknown, place: string) => {
    json.push(lifter.lift(seed, SEED, place));
    places.push(place);
  };
  for (const [at, seed] of given.entries()) {
    const place = `seed[${at}]`;
    if (!isObject(seed) || !Object.hasOwn(seed, "json")) {
      add(seed, place);
      continue;
    }
    const beside = Object.keys(seed).find((name) => name !== "json");
    if (beside !== undefined) throw wrong(member(place, beside), "there is no such member", '"json" stands alone');
    if (Array.isArray(seed.json)) seed.json.forEach((one, at) => add(one, `${place}.json[${at}]`));
    else add(seed.json, `${place}.json`);
  }
  return { json: JSON.stringify(json), parts: lifter.parts, places };
}

/** Puts seeds in, all or none. */
export function plant(engine: Engine, { json, parts, places }: Lifted): Descriptor[] {
  const { host } = engine.instance;
  const encoder = new host.TextEncoder();
  const bytes = parts.map((part) => (typeof part === "string" ? encoder.encode(part) : part));
  return engine.call("seed()", (core) => {
    const before = core.snapshot();
    try {
      const made = JSON.parse(core.seed(json, bytes)) as Descriptor[];
      const fault = host.takeFault();
      if (!fault) return made;
      core.restore(before, false);
      throw fault;
    } catch (thrown) {
      throw host.takeFault() ?? (typeof thrown === "string" ? refused(thrown, places) : thrown);
    } finally {
      before.free();
    }
  });
}

class Lifter {
  readonly parts: (string | Uint8Array)[] = [];

  lift(value: unknown, shape: Shape | undefined, place: string, depth = 0): unknown {
    if (ArrayBuffer.isView(value)) {
      if (!shape?.isBytes) throw wrong(place, "bytes have no place here", "give what JSON can say");
      return this.#part(copy(value));
    }
    if (typeof value === "string") return shape?.isBytes ? this.#part(value) : value;
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      throw wrong(place, `it is ${show(value)}`, "give what JSON can say, and bytes as Uint8Array");
    }
    if (typeof value !== "object" || value === null) return value;
    if (depth > DEEPEST) throw wrong(place.slice(0, 60), "it is too deep", "does something there hold itself?");
    if (Array.isArray(value)) {
      return value.map((item, at) => this.lift(item, shape?.each, `${place}[${at}]`, depth + 1));
    }
    // Dates and their like.
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return this.lift(value.toJSON(), shape, place, depth + 1);
    }
    if (shape?.isBytes && "part" in value) {
      throw wrong(`${place}.part`, "there is no such member", "give a string, a Uint8Array or { base64 }");
    }
    const lifted = Object.entries(value).map(([name, inner]) => {
      const { each, members = {} } = shape ?? {};
      const here = each ? `${place}[${JSON.stringify(name)}]` : member(place, name);
      const its = each ?? (Object.hasOwn(members, name) ? members[name] : undefined);
      return [name, this.lift(inner, its, here, depth + 1)];
    });
    return Object.fromEntries(lifted);
  }

  #part(bytes: string | Uint8Array): { part: number } {
    return { part: this.parts.push(bytes) - 1 };
  }
}

const member = (place: string, name: string) => `${place}.${name}`;

function copy({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
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

function wrong(place: string, what: string, hint: string): RegistryError {
  return new RegistryError("ERR_SEED", `${place}: ${what}`, hint);
}
