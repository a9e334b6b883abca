// What goes in and out as a whole. It comes when it is needed, and needs no worker of its own: archives are read in the page.

import { fill, lift } from "../../../pkg-js/src/seed.js";
import type { Admin, RepositoryContents, Seed } from "../shared/protocol.js";
import { type Poster, askWorker } from "./ask.js";
import { DEMO } from "./demo.js";
import { exported } from "./export.js";
import { tar } from "./tar.js";

type Of<Name extends keyof Admin> = (post: Poster, ask: Admin[Name]["ask"]) => Promise<Admin[Name]["reply"]>;

export const seed: Of<"seed"> = async (post, { seeds }) => {
  return planted(post, seeds === "demo" ? DEMO : seeds);
};

const importFile: Of<"import"> = async (post, { file }) => {
  const name = "name" in file && typeof file.name === "string" ? file.name.replace(/\.tar.*$/, "") : "image";
  const before = await references(post);
  await planted(post, [{ images: new Uint8Array(await file.arrayBuffer()), name }]);
  const after = await references(post);
  // What somebody brought is worth being kept when room gets scarce.
  void navigator.storage?.persist?.().catch(() => {});
  return { references: after.filter((reference) => !before.includes(reference)) };
};
export { importFile as import };

const exportAll: Of<"export"> = async (post) => ({ name: "registry.tar", file: await exported(post) });
export { exportAll as export };

export const quarantine: Of<"quarantine"> = async (post, ask) => {
  if (ask.do === "forget") return askWorker(post, "discard", {});
  const { rows, parts } = await askWorker(post, "stored", {});
  const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const text = JSON.stringify(rows, (_, value: unknown) => (value instanceof Uint8Array ? base64(value) : value));
  const named = parts.map(([name, part]): [string, Blob] => [`parts/${name}`, part]);
  return { name: "registry-unreadable.tar", file: tar([["rows.json", new TextEncoder().encode(text)], ...named]) };
};

async function planted(post: Poster, seeds: Seed[]): Promise<{ digests: string[] }> {
  const host = { TextDecoder, TextEncoder } as Parameters<typeof fill>[1]["host"];
  const images = async () => {
    const response = await fetch(__IMAGES__);
    if (!response.ok) throw new Error(`${__IMAGES__} was not to be had: ${response.status}`);
    return WebAssembly.compile(await response.arrayBuffer());
  };
  const { json, parts, places, hidden } = await fill(lift(seeds), { images, host });
  const ask = { json, parts: [...parts], places: [...places], hidden: [...hidden] };
  return askWorker(post, "plant", ask);
}

async function references(post: Poster): Promise<string[]> {
  const { repositories } = await askWorker(post, "contents", {});
  return repositories.flatMap(({ name, tags }: RepositoryContents) => tags.map((tag) => `${name}:${tag.name}`));
}
