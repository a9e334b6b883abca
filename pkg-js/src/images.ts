import { FilesHost, joined } from "./core/files.js";
import type { Host } from "./core/host.js";
import { RegistryError, reason } from "./errors.js";
import { instantiate } from "./generated/images-glue.js";
import type { ImageFiles } from "./types.js";

/** What an archive may unpack to: what a registry holds by default. */
const ROOM = 8 * 2 ** 30;

/** Seeds that were read out of files, and the bytes that they stand for. */
export interface Read {
  readonly json: readonly unknown[];
  /** What `{ "part": n }` in the JSON stands for. */
  readonly parts: readonly Uint8Array[];
  /** Which of them an image is pulled by. */
  readonly named: readonly boolean[];
}

/** Reads images: an archive, or files. A fresh instance each time: what it took is given back with it. */
export function readImages(
  module: WebAssembly.Module,
  text: Pick<Host, "TextDecoder" | "TextEncoder">,
  images: Uint8Array | ImageFiles,
  { name, place }: { name: string; place: string },
): Read {
  const host = new FilesHost(text);
  try {
    const { Shelves } = instantiate(host, module);
    const open = () => {
      if (!ArrayBuffer.isView(images)) return Shelves.files(host.files(images), name);
      const packed = host.archive([images]);
      return Shelves.archive(Shelves.unpack(packed, ROOM) ? host.archive(host.takeUnpacked()) : packed, name);
    };
    const shelves = open();
    const json = JSON.parse(shelves.seeds()) as { manifest?: { ref: string } }[];
    return {
      json,
      parts: json.map((_, part) => joined(shelves.part(part))),
      named: json.map(({ manifest }) => manifest !== undefined && /:.*@/.test(manifest.ref)),
    };
  } catch (thrown) {
    const said = host.panic ?? (typeof thrown === "string" ? thrown : reason(thrown));
    const hint = "give an OCI layout, an archive of one or of docker save, or a registry's storage";
    throw new RegistryError("ERR_SEED", `${place}: ${said}`, hint, { cause: thrown });
  }
}
