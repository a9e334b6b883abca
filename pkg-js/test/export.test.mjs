// Images out of a registry: an OCI layout in an archive, of what is wanted.

import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { createRegistry as createInlined } from "../dist/index.js";
import { RegistryError, createRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { pull } from "./puller.mjs";

const json = JSON.parse(readFileSync(new URL("../../tests/copy/images.json", import.meta.url), "utf8"));

/** Every tag of a registry with its digest. */
const tagged = (registry) =>
  registry
    .repositories()
    .flatMap((name) => registry.tags(name).map((tag) => `${name}:${tag}`))
    .map((ref) => [ref, registry.manifest(ref).descriptor.digest]);

for (const [where, create] of [
  ["from a file", createRegistry],
  ["inlined", createInlined],
]) {
  describe(`images.wasm ${where}`, () => {
    test("everything is there again when it is read back", async () => {
      const registry = keep(await create({ seed: { json } }));
      const artifact = { subject: "demo/single:v1", artifactType: "text/plain" };
      const [{ digest }] = await registry.seed({ artifact });
      const archive = await registry.export();
      const again = keep(await create({ seed: archive }));
      deepStrictEqual(tagged(again), tagged(registry));
      await pull(again.fetch, "demo/single", "v1");
      const { manifests } = again.manifest("list:v1").json();
      for (const { digest } of manifests) await pull(again.fetch, "list", digest);
      strictEqual(again.manifest(`demo/single@${digest}`)?.descriptor.digest, digest);
      // It is the same archive every time.
      deepStrictEqual(await again.export(), archive);
    });

    test("one image, one repository, several", async () => {
      const registry = keep(await create({ seed: { json } }));
      await registry.seed({ ref: "demo/single:v2", image: { files: { d: "2" } } });
      const { digest } = registry.manifest("list:v1").descriptor;
      for (const [refs, wanted] of [
        [["demo/single:v2"], ["demo/single:v2"]],
        [["demo/single"], ["demo/single:v1", "demo/single:v2"]],
        [
          ["list:v1", "demo/multi:v1"],
          ["demo/multi:v1", "list:v1"],
        ],
        [[`list@${digest}`], []],
      ]) {
        const again = keep(await create({ seed: await registry.export(...refs) }));
        deepStrictEqual(
          tagged(again).map(([ref]) => ref),
          wanted,
        );
        if (wanted.length === 0) strictEqual(again.manifest(`list@${digest}`).descriptor.digest, digest);
      }
    });

    test("layers of several pieces come out whole", async () => {
      const layer = new Uint8Array(5_000_001).map((_, at) => at * 7 + (at >> 9));
      const registry = keep(await create({ seed: { ref: "big:v1", image: { files: { layer } } } }));
      const again = keep(await create({ seed: await registry.export("big:v1") }));
      await pull(again.fetch, "big", "v1");
      deepStrictEqual(tagged(again), tagged(registry));
    });
  });
}

test("what is not there, or not whole, is told", async () => {
  const registry = keep(await createRegistry({ references: "sparse", seed: { json } }));
  for (const [ref, said] of [
    ["none:v1", /none is not there/],
    ["list:v2", /list v2 is not there/],
    [1, /1 is not there/],
  ]) {
    await rejects(registry.export(ref), (error) => {
      strictEqual(error instanceof RegistryError && error.code, "ERR_OPTION");
      match(error.message, said);
      return true;
    });
  }
  const missing = { ref: "broken:v1", image: { files: { a: "1" }, broken: "missing-layer" } };
  await registry.seed(missing);
  await rejects(registry.export("broken:v1"), { code: "ERR_FILE", message: /which is not there/ });
});
