import { ENGINE, type Engine } from "./core/engine.js";
import { RegistryError } from "./errors.js";
import type { Listed } from "./images.js";
import { show } from "./options.js";
import type { Registry } from "./types.js";

/** What can be asked for what it holds. */
export interface Holder extends Pick<Registry, "repositories" | "tags" | "manifest"> {
  readonly [ENGINE]: Engine;
  /** The digests of a repository's manifests. */
  manifests(repository: string): string[];
}

/** What is to be written: everything that may be needed for it, and what of that is listed. */
interface Choice {
  readonly listed: Listed[];
  /** Each a repository and a tag or digest. */
  readonly names: string[];
}

/** An OCI layout of images as an archive: of these, or of all there are. */
export async function exported(registry: Holder, refs: readonly string[]): Promise<Uint8Array> {
  const engine = registry[ENGINE];
  const { images, host } = engine.instance;
  const [{ archiveOf }, module] = await Promise.all([import("./images.js"), images!()]);
  const { listed, names } = choose(registry, refs);
  const blob = (digest: string) => engine.call("export()", (core) => core.blob(digest));
  return archiveOf(module, host, listed, names, blob);
}

function choose(registry: Holder, refs: readonly string[]): Choice {
  const all = registry.repositories();
  const chosen: Choice = { listed: [], names: [] };
  const wanted = (refs.length === 0 ? all : refs).map((ref) => cut(ref));
  for (const repository of new Set(wanted.map(({ repository }) => repository))) {
    if (!all.includes(repository)) throw absent(repository);
    chosen.listed.push(...listed(registry, repository));
  }
  for (const { repository, reference } of wanted) {
    const own = chosen.listed.filter((one) => one.repository === repository);
    const fits = ({ tag, digest }: Listed) => reference === undefined || reference === tag || reference === digest;
    if (!own.some(fits)) throw absent(`${repository} ${reference}`);
    const references = reference === undefined ? tops(own) : [reference];
    for (const one of references) chosen.names.push(repository, one);
  }
  return chosen;
}

/** All manifests of a repository, once for each tag. */
function listed(registry: Holder, repository: string): Listed[] {
  const found = (tag: string, reference: string): Listed => {
    const { descriptor, bytes } = registry.manifest(`${repository}${reference}`)!;
    return { repository, tag, digest: descriptor.digest, mediaType: descriptor.mediaType, bytes };
  };
  const tagged = registry.tags(repository).map((tag) => found(tag, `:${tag}`));
  const known = new Set(tagged.map(({ digest }) => digest));
  const others = registry.manifests(repository).filter((digest) => !known.has(digest));
  return [...tagged, ...others.map((digest) => found("", `@${digest}`))];
}

/** The tags, and the digests of what neither a tag nor an index leads to. */
function tops(own: readonly Listed[]): string[] {
  const children = new Set(own.flatMap(({ bytes }) => childrenOf(bytes)));
  const loose = own.filter(({ tag, digest }) => tag === "" && !children.has(digest));
  return [...own.filter(({ tag }) => tag !== "").map(({ tag }) => tag), ...loose.map(({ digest }) => digest)];
}

function childrenOf(manifest: Uint8Array): string[] {
  try {
    const { manifests = [] } = JSON.parse(new TextDecoder().decode(manifest)) as { manifests?: { digest: string }[] };
    return manifests.map(({ digest }) => digest);
  } catch {
    // What is no JSON has none.
    return [];
  }
}

/** Cuts `NAME`, `NAME:TAG` or `NAME@DIGEST`. */
function cut(ref: string): { repository: string; reference: string | undefined } {
  if (typeof ref !== "string") throw absent(show(ref));
  const at = ref.indexOf("@");
  const end = at >= 0 ? at : ref.lastIndexOf(":");
  if (end <= ref.lastIndexOf("/") && at < 0) return { repository: ref, reference: undefined };
  return { repository: ref.slice(0, end), reference: ref.slice(end + 1) };
}

function absent(what: string): RegistryError {
  return new RegistryError(
    "ERR_OPTION",
    `export(): ${what} is not there`,
    "name what is, such as demo/app:v1 or demo/app",
  );
}
