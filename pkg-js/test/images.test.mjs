// Images out of files: archives and folders as seeds.

import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { createRegistry as createInlined } from "../dist/index.js";
import { RegistryError, createRegistry, layoutDir, startRegistry, storageDir } from "../dist/node.js";
import { at, layout, manifest, onDisk, storage, tar } from "./files.mjs";
import { pull } from "./puller.mjs";

const scratch = mkdtempSync(join(tmpdir(), "registrette-images-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Files in memory. */
function inMemory(files) {
  const bytes = (path) => (path in files ? Buffer.from(files[path]) : undefined);
  return {
    list(folder) {
      const prefix = folder === "" ? "" : `${folder}/`;
      const below = Object.keys(files).filter((path) => path.startsWith(prefix));
      return [...new Set(below.map((path) => path.slice(prefix.length).replace(/\/.*/, "/")))];
    },
    length: (path) => bytes(path)?.length,
    read: (path, offset, length) => bytes(path).subarray(offset, offset + length),
  };
}

for (const [where, create] of [
  ["from a file", createRegistry],
  ["inlined", createInlined],
]) {
  describe(`images.wasm ${where}`, () => {
    test("every form of images is a seed", async () => {
      const { files, digest } = await layout();
      const registry = await create({
        seed: [
          { images: tar(files), name: "archive" },
          { images: gzipSync(tar(files)), name: "packed" },
          { images: tar(files).buffer, name: "buffer" },
          { images: new Blob([tar(files)]), name: "blob" },
          { images: inMemory(files), name: "files" },
          await layoutDir(onDisk(files, join(scratch, "folder"))),
          await storageDir(onDisk(storage(files, digest), join(scratch, "storage"))),
          tar(files),
        ],
      });
      const names = ["archive", "blob", "buffer", "deep/app", "files", "folder", "image", "packed"];
      deepStrictEqual(registry.repositories(), names);
      for (const name of names) {
        strictEqual((await manifest(registry, name, "v1")).digest, digest, name);
        await pull(registry.fetch, name, "v1");
      }
      await registry.close();
    });

    test("they are put in by seed() too, which tells what has a tag", async () => {
      const registry = await create();
      const { files, digest } = await layout();
      const made = await registry.seed({ ref: "b:v1", image: {} }, tar(files), { ref: "c:v1", image: {} });
      deepStrictEqual([made.length, made[1].digest], [3, digest]);
      await registry.close();
    });
  });
}

test("an image alone needs no name", async () => {
  const { files } = await layout(null);
  const registry = await createRegistry({ seed: tar(files) });
  deepStrictEqual(registry.tags("image"), ["latest"]);
  await registry.close();
});

test("bytes may be changed when the call is made", async () => {
  const { files } = await layout();
  const bytes = tar(files);
  const made = createRegistry({ seed: bytes });
  bytes.fill(0);
  const registry = await made;
  deepStrictEqual(registry.tags("image"), ["v1"]);
  await registry.close();
});

test("a server is started with them", async () => {
  const { files, digest } = await layout();
  const registry = await startRegistry({ seed: tar(files) });
  const answer = await fetch(`${registry.url}/v2/image/manifests/v1`);
  strictEqual(answer.headers.get("docker-content-digest"), digest);
  await registry.close();
});

describe("what is wrong is told, and nothing is put in", async () => {
  const { files, digest, layer } = await layout();
  const without = (path) => Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
  const outside = onDisk(without(at(layer)), join(scratch, "linked"));
  writeFileSync(join(scratch, "outside"), files[at(layer)]);
  symlinkSync(join(scratch, "outside"), join(outside, at(layer)));
  const throwing = { ...inMemory(files), read: () => JSON.parse("{") };
  for (const [what, seed, wanted] of [
    ["no archive", new Uint8Array(100), /^seed\[1\]: header at byte 0: the archive ends after 100 of its 512 bytes/],
    ["cut off", tar(files).subarray(0, 1700), /^seed\[1\]: .*the archive ends after \d+ of its \d+ bytes/],
    ["cut off and packed", gzipSync(tar(files)).subarray(0, 200), /^seed\[1\]: it cannot be unpacked/],
    ["no images", { images: inMemory({ a: "" }) }, /^seed\[1\]\.images: there are no images here/],
    [
      "another version",
      { images: inMemory({ ...files, "oci-layout": '{"imageLayoutVersion":"2.0.0"}' }) },
      /"2\.0\.0"/,
    ],
    ["a missing layer", { images: inMemory(without(at(layer))) }, new RegExp(`names the blob ${layer}, which is not`)],
    ["other bytes", { images: inMemory({ ...files, [at(layer)]: Buffer.alloc(2048) }) }, /does not match its digest/],
    ["another manifest", { images: inMemory({ ...files, [at(digest)]: Buffer.alloc(397, 32) }) }, /its digest is/],
    ["a link that leads out", await layoutDir(outside), /it leads out of the folder/],
    ["files that throw", { images: throwing }, /oci-layout: .*JSON/],
    ["nothing of the kind", { images: {} }, /^seed\[1\]\.images: it is \{\}/],
    ["a name that is none", { images: tar(files), name: 1 }, /^seed\[1\]\.name: it is 1/],
  ]) {
    test(what, async () => {
      const registry = await createRegistry();
      await rejects(registry.seed({ ref: "a:v1", image: {} }, seed), (error) => {
        match(error.message, wanted);
        return error instanceof RegistryError && error.code === "ERR_SEED";
      });
      deepStrictEqual(registry.repositories(), []);
      await registry.close();
    });
  }

  test("a folder that is none", async () => {
    for (const path of [join(scratch, "nowhere"), join(scratch, "outside")]) {
      await rejects(layoutDir(path), { code: "ERR_FILE" });
    }
  });
});
