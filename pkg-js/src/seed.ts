import { InPlace } from "./core/files.js";
import type { Instance } from "./core/instance.js";
import { RegistryError } from "./errors.js";
import { isObject, show } from "./options.js";
import { KNOWN, type Archive, type Known, type Lifted } from "./plant.js";
import type { ImageFiles, Seed } from "./types.js";

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
  const archives: Archive[] = [];
  for (const [at, seed] of given.entries()) {
    const place = `seed[${at}]`;
    const archive = archived(seed, place);
    if (archive) {
      archives.push({ ...archive, at: json.length });
      add(null, place);
      continue;
    }
    if (!isObject(seed) || !Object.hasOwn(seed, "json")) {
      add(seed, place);
      continue;
    }
    const beside = Object.keys(seed).find((name) => name !== "json");
    if (beside !== undefined) throw wrong(member(place, beside), "there is no such member", '"json" stands alone');
    const inside = known(seed)?.place ?? `${place}.json`;
    if (Array.isArray(seed.json)) seed.json.forEach((one, at) => add(one, `${inside}[${at}]`));
    else add(seed.json, inside);
  }
  return { json: JSON.stringify(json), parts: lifter.parts, places, hidden: new Set(), archives };
}

/** Reads the images in files. */
export async function fill(lifted: Lifted, { images: load, host }: Pick<Instance, "images" | "host">): Promise<Lifted> {
  if (lifted.archives.length === 0) return lifted;
  const { readImages } = await import("./images.js");
  const module = await load!();
  const given = JSON.parse(lifted.json) as unknown[];
  const [json, places, hidden]: [unknown[], string[], Set<number>] = [[], [], new Set()];
  const parts = [...lifted.parts];
  for (const [at, element] of given.entries()) {
    const place = lifted.places[at]!;
    const archive = lifted.archives.find((archive) => archive.at === at);
    if (!archive) {
      places.push(place);
      json.push(element);
      continue;
    }
    const { name } = archive;
    const waited = await archive.images;
    const images = isBuffer(waited) ? new Uint8Array(waited) : waited;
    const read = readImages(module, host, images, { name, place: archive.place });
    archive.told?.(read.images, read.named.filter(Boolean).length);
    const base = parts.length;
    parts.push(...read.parts);
    for (const [at, seed] of read.json.entries()) {
      if (!read.named[at]) hidden.add(json.length);
      places.push(`${archive.place}: ${entry(seed)}`);
      json.push(moved(seed as Record<string, { bytes: { part: number } }>, base));
    }
  }
  return { json: JSON.stringify(json), parts, places, hidden, archives: [] };
}

/** What a seed out of files is called in a message. */
function entry(seed: unknown): string {
  const { blob, manifest } = seed as { blob?: { digest: string; repository: string }; manifest?: { ref: string } };
  return blob ? `blob ${blob.digest} of ${blob.repository}` : String(manifest?.ref);
}

/** A seed whose part has moved. */
function moved(seed: Record<string, { bytes: { part: number } }>, base: number): unknown {
  const kinds = Object.entries(seed).map(([kind, body]) => [
    kind,
    { ...body, bytes: { part: body.bytes.part + base } },
  ]);
  return Object.fromEntries(kinds);
}

const isBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === "[object ArrayBuffer]";

const known = (seed: object): Known | undefined => (seed as { [KNOWN]?: Known })[KNOWN];

const isBlob = (value: unknown): value is Blob & { name?: string } =>
  isObject(value) && "arrayBuffer" in value && typeof value.arrayBuffer === "function";

const isFiles = (value: unknown): value is ImageFiles =>
  isObject(value) && ["list", "length", "read"].every((name) => typeof value[name] === "function");

/** Images in files, where a seed is that; bytes are copied. */
function archived(seed: unknown, place: string): Omit<Archive, "at"> | undefined {
  const isSpec = isObject(seed) && !isBlob(seed) && Object.hasOwn(seed, "images");
  const images: unknown = isSpec ? seed.images : seed;
  const own = isSpec ? known(seed) : undefined;
  const at = own?.place ?? (isSpec ? member(place, "images") : place);
  const given = isSpec ? seed.name : undefined;
  if (given !== undefined && typeof given !== "string") {
    throw wrong(member(place, "name"), `it is ${show(given)}`, "give the name of a repository");
  }
  const name = { name: given ?? "image", isFile: own?.isFile ?? false };
  if (ArrayBuffer.isView(images)) return { place: at, name, images: copy(images) };
  if (isBuffer(images)) return { place: at, name, images: new Uint8Array(images.slice(0)) };
  if (isBlob(images)) {
    const own = given === undefined && images.name ? { name: images.name, isFile: true } : name;
    return { place: at, name: own, images: images.arrayBuffer() };
  }
  if (!isSpec) return undefined;
  if (isFiles(images) || images instanceof InPlace) {
    return { place: at, name, images, told: own?.told };
  }
  throw wrong(at, `it is ${show(images)}`, "give an archive as bytes, or files with list, length and read");
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

function wrong(place: string, what: string, hint: string): RegistryError {
  return new RegistryError("ERR_SEED", `${place}: ${what}`, hint);
}
