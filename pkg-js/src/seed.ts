import type { Engine } from "./core/engine.js";
import { HAS_BODY, UNGUARDED, UNRECORDED } from "./core/flags.js";
import { Gather } from "./core/gather.js";
import { RegistryError, nearest } from "./errors.js";
import type { RawAnswer } from "./generated/glue.js";
import { isObject, show } from "./options.js";
import type { Content, Descriptor, RawSeed, Seed, SeedManifest } from "./types.js";

/** Puts seeds into a registry, by the requests that a client would make. They are not recorded. */
export async function plant(engine: Engine, seeds: readonly Seed[]): Promise<Descriptor[]> {
  const planted: Descriptor[] = [];
  for (const [at, seed] of seeds.entries()) {
    for (const raw of rawSeeds(seed, `seed ${at + 1}`)) planted.push(...(await plantRaw(engine, raw)));
  }
  return planted;
}

/** The repositories of a seed, each with where it stands. */
function rawSeeds(seed: Seed, place: string): (RawSeed & { place: string })[] {
  if (typeof seed !== "object" || seed === null)
    throw wrong(place, `it is ${show(seed)}`, "give { repository, blobs, manifests } or { json }");
  if ("json" in seed) {
    checkNames(seed, ["json"], place);
    const { repositories } = isObject(seed.json) ? seed.json : {};
    if (!isObject(repositories))
      throw wrong(place, "its json has no repositories", "give { repositories: { NAME: … } }");
    checkNames(seed.json, ["repositories"], `${place}, json`);
    return Object.entries(seed.json.repositories).map(([repository, content]) => {
      const here = `${place}, ${repository}`;
      if (!isObject(content)) throw wrong(here, `it is ${show(content)}`, "give { blobs, manifests }");
      checkNames(content, ["blobs", "manifests"], here);
      const blobs = list(content.blobs, `${here}, blobs`).map((blob, at) => decode(blob, `${here}, blob ${at + 1}`));
      return { place: here, repository, blobs, manifests: content.manifests ?? [] };
    });
  }
  const raw: RawSeed = seed;
  checkNames(raw, ["repository", "blobs", "manifests"], place);
  if (typeof raw.repository !== "string")
    throw wrong(place, "it names no repository", 'give repository, such as "demo/app"');
  return [{ ...raw, place: `${place}, ${raw.repository}` }];
}

async function plantRaw(engine: Engine, seed: RawSeed & { place: string }): Promise<Descriptor[]> {
  const { place, repository } = seed;
  const blobs: Descriptor[] = [];
  for (const [at, content] of list(seed.blobs, `${place}, blobs`).entries()) {
    const bytes = toBytes(content, `${place}, blob ${at + 1}`);
    const digest = engine.call("seed", () => engine.instance.Core.digest(bytes));
    const target = `/v2/${repository}/blobs/uploads/?digest=${digest}`;
    await push(engine, "POST", target, "application/octet-stream", bytes, `${place}, blob ${at + 1}`);
    blobs.push({ mediaType: "application/octet-stream", digest, size: bytes.length });
  }
  const manifests: Descriptor[] = [];
  for (const [at, manifest] of list(seed.manifests, `${place}, manifests`).entries()) {
    manifests.push(await plantManifest(engine, repository, manifest, `${place}, manifest ${at + 1}`));
  }
  return manifests.length > 0 ? manifests : blobs;
}

async function plantManifest(
  engine: Engine,
  repository: string,
  manifest: SeedManifest,
  place: string,
): Promise<Descriptor> {
  if (!isObject(manifest)) throw wrong(place, `it is ${show(manifest)}`, "give { content, tag, mediaType }");
  checkNames(manifest, ["tag", "mediaType", "content"], place);
  const { content, tag = [] } = manifest;
  const isData = isObject(content) && !ArrayBuffer.isView(content);
  const bytes = toBytes((isData ? JSON.stringify(content) : content) as Content, place);
  const mediaType = manifest.mediaType ?? ownMediaType(isData ? content : bytes);
  if (typeof mediaType !== "string")
    throw wrong(place, "it has no media type", "give mediaType, or a manifest that has one");
  const digest = engine.call("seed", () => engine.instance.Core.digest(bytes));
  for (const reference of [digest, ...(typeof tag === "string" ? [tag] : tag)]) {
    const target = `/v2/${repository}/manifests/${encodeURIComponent(reference)}`;
    await push(engine, "PUT", target, mediaType, bytes, place);
  }
  return { mediaType, digest, size: bytes.length };
}

async function push(
  engine: Engine,
  method: string,
  target: string,
  mediaType: string,
  bytes: Uint8Array,
  place: string,
): Promise<void> {
  const headers = ["content-type", mediaType, "content-length", String(bytes.length)];
  const begun = engine.begin(method, target, headers, HAS_BODY | UNRECORDED, UNGUARDED);
  let answer: RawAnswer;
  if (typeof begun === "number") {
    const gather = new Gather((chunk) => void engine.body(begun, chunk));
    gather.copy(bytes);
    gather.end();
    answer = await engine.finish(begun, `${method} ${target}`);
  } else {
    answer = begun;
  }
  if (answer[0] >= 300) {
    const said = answer[2].filter((step) => typeof step === "object").map((step) => new TextDecoder().decode(step));
    throw wrong(place, `the registry answers ${answer[0]} ${said.join("")}`, "change what it refuses, or its options");
  }
}

function toBytes(content: Content, place: string): Uint8Array {
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (ArrayBuffer.isView(content)) return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  throw wrong(place, `its content is ${show(content)}`, "give a string or bytes");
}

function ownMediaType(content: object): unknown {
  if (!ArrayBuffer.isView(content)) return "mediaType" in content ? content.mediaType : undefined;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(content));
    return isObject(json) ? json.mediaType : undefined;
  } catch {
    return undefined;
  }
}

function decode(blob: unknown, place: string): Content {
  if (typeof blob === "string") return blob;
  if (!isObject(blob) || typeof blob.base64 !== "string") {
    throw wrong(place, `it is ${show(blob)}`, "give a string, or { base64 }");
  }
  try {
    return Uint8Array.from(atob(blob.base64), (character) => character.charCodeAt(0));
  } catch {
    throw wrong(place, "its base64 cannot be read", "encode the bytes again");
  }
}

function list<T>(value: readonly T[] | undefined, place: string): readonly T[] {
  if (value === undefined || Array.isArray(value)) return value ?? [];
  throw wrong(place, `it is ${show(value)}`, "give a list");
}

function checkNames(value: object, names: string[], place: string): void {
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const meant = nearest(name, names);
    throw wrong(place, `nobody knows ${name}`, meant ? `did you mean ${meant}?` : `there are ${names.join(", ")}`);
  }
}

function wrong(place: string, what: string, hint: string): RegistryError {
  return new RegistryError("ERR_SEED", `${place}: ${what}`, hint);
}
