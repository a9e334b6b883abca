import { FilesHost, InPlace, Pieces, joined, length, slice, type Spool } from "./core/files.js";
import type { Host } from "./core/host.js";
import { RegistryError, reason } from "./errors.js";
import { instantiate, type Gathered, type Shelves } from "./generated/images-glue.js";
import type { ImageFiles } from "./types.js";

/** What an archive may unpack to: what a registry holds by default, or where nothing of it is kept. */
const ROOM = 8 * 2 ** 30;
const ROOM_TO_LOOK = 64 * 2 ** 30;

/** Where images are: in an archive, or in files. */
export type Images = Uint8Array | ImageFiles | InPlace;

/** The repository of images that say none, or the name of a file that is one for it. */
export interface Name {
  readonly name: string;
  readonly isFile: boolean;
}

/** What images in files are called: there, and in messages. */
interface Called {
  readonly name: Name;
  readonly place: string;
}

/** Seeds that were read out of files, and the bytes that they stand for. */
export interface Read {
  readonly json: readonly unknown[];
  /** What `{ "part": n }` in the JSON stands for. */
  readonly parts: readonly Uint8Array[];
  /** Which of them an image is pulled by. */
  readonly named: readonly boolean[];
  /** The images by their references, with the bytes of their layers. */
  readonly images: readonly (readonly [string, number])[];
}

/** Reads images: an archive, or files. A fresh instance each time: what it took is given back with it. */
export function readImages(
  module: WebAssembly.Module,
  text: Pick<Host, "TextDecoder" | "TextEncoder">,
  images: Images,
  { name, place }: Called,
): Read {
  const spool = spoolOf(images);
  const host = new FilesHost(text, spool);
  try {
    const shelves = open(host, spool, module, images, name, ROOM);
    const json = JSON.parse(shelves.seeds()) as { manifest?: { ref: string } }[];
    return {
      json,
      parts: json.map((_, part) => joined(shelves.part(part))),
      named: json.map(({ manifest }) => manifest !== undefined && /:.*@/.test(manifest.ref)),
      images: JSON.parse(shelves.images()) as [string, number][],
    };
  } catch (thrown) {
    const said = host.panic ?? (typeof thrown === "string" ? thrown : reason(thrown));
    const hint = "give an OCI layout, an archive of one or of docker save, or a registry's storage";
    throw new RegistryError("ERR_SEED", `${place}: ${said}`, hint, { cause: thrown });
  }
}

/** What images in files hold, as the command `catalog` prints it. */
export function printImages(
  module: WebAssembly.Module,
  text: Pick<Host, "TextDecoder" | "TextEncoder">,
  images: Images,
  { name, place, asJson }: Called & { asJson: boolean },
): string {
  const spool = spoolOf(images);
  const host = new FilesHost(text, spool);
  return told(host, place, () => open(host, spool, module, images, name, ROOM_TO_LOOK).catalog(asJson));
}

/** A manifest of a registry, with the tag that it is listed by, where there is one. */
export interface Listed {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What a registry lists, as `catalog` prints it. */
export function printListed(
  module: WebAssembly.Module,
  text: Pick<Host, "TextDecoder" | "TextEncoder">,
  listed: readonly Listed[],
  { place, asJson }: { place: string; asJson: boolean },
): string {
  const host = new FilesHost(text);
  return told(host, place, () => gathered(host, module, listed, () => undefined).catalog(asJson));
}

/** An archive of an OCI layout with these images, each a repository and a tag or digest. */
export function archiveOf(
  module: WebAssembly.Module,
  text: Pick<Host, "TextDecoder" | "TextEncoder">,
  listed: readonly Listed[],
  names: readonly string[],
  blob: (digest: string) => readonly Uint8Array[] | undefined,
): Uint8Array {
  const written = new Pieces();
  const host = new FilesHost(text, written);
  told(host, "export()", () => gathered(host, module, listed, blob).archive([...names]));
  return joined(written.pieces);
}

/** Where an archive is unpacked to, where it is packed. */
const spoolOf = (images: Images): Spool => (images instanceof InPlace ? images.spool() : new Pieces());

function open(
  host: FilesHost,
  spool: Spool,
  module: WebAssembly.Module,
  images: Images,
  { name, isFile }: Name,
  room: number,
): Shelves {
  const { Shelves } = instantiate(host, module);
  if (!(images instanceof InPlace || ArrayBuffer.isView(images)))
    return Shelves.files(host.files(images), name, isFile);
  const packed = host.archive(images instanceof InPlace ? images : new Pieces([images]));
  return Shelves.archive(Shelves.unpack(packed, room) ? host.archive(spool) : packed, name, isFile);
}

function gathered(
  host: FilesHost,
  module: WebAssembly.Module,
  listed: readonly Listed[],
  blob: (digest: string) => readonly Uint8Array[] | undefined,
): Gathered {
  const { Gathered } = instantiate(host, module);
  // A blob is asked for piece by piece, one after the other.
  let last: { digest: string; pieces: readonly Uint8Array[] | undefined } | undefined;
  const pieces = (digest: string) => {
    if (last?.digest !== digest) last = { digest, pieces: blob(digest) };
    return last.pieces;
  };
  const blobs: ImageFiles = {
    list: () => [],
    length: (digest) => {
      const found = pieces(digest);
      return found && length(found);
    },
    read: (digest, offset, length) => slice(pieces(digest) ?? [], offset, length),
  };
  const all = new Gathered(host.files(blobs));
  for (const { repository, tag, digest, mediaType, bytes } of listed) {
    all.add(repository, tag, digest, mediaType, bytes);
  }
  return all;
}

function told<T>(host: FilesHost, place: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    const said = host.panic ?? (typeof thrown === "string" ? thrown : reason(thrown));
    throw new RegistryError("ERR_FILE", `${place}: ${said}`, "give what holds whole images", { cause: thrown });
  }
}
