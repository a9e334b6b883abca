// containerify pulls a base image, adds a layer, and pushes: mounts, uploads, manifests.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { run } from "./command.mjs";
import { image, index, pull, push } from "./content.mjs";
import { suite } from "./suite.mjs";

suite("containerify", (it) => {
  let made = 0;
  const build = async (...args) => {
    const folder = join(it.scratch, `app-${(made += 1)}`);
    await mkdir(join(folder, "dist"), { recursive: true });
    await writeFile(join(folder, "dist", "index.html"), "<p>built</p>");
    const digestFile = join(folder, "digest");
    const fixed = [
      "--registry",
      `${it.registry.url}/v2/`,
      "--folder",
      folder,
      "--customContent",
      "dist:/srv",
      "--allowNoPushAuth",
    ];
    await run(it.path("lib/cli.js"), [...fixed, "--writePrefixedDigestTo", digestFile, ...args], { cwd: folder });
    return (await readFile(digestFile, "utf8")).trim();
  };

  it.test("builds on a base image and pushes to another repository", async () => {
    const base = image("base");
    await push(it.registry, "containerify/base", { blobs: base.blobs, manifests: [{ ...base.manifest, tag: "v1" }] });
    const digest = await build(
      "--fromImage",
      "containerify/base:v1",
      "--toImage",
      "containerify/app:v1",
      "--additionalTag",
      "latest",
    );
    await check(digest, "containerify/app", base);
    assert.equal((await pull(it.registry, "containerify/app/manifests/latest")).digest, digest);
  });

  it.test("mounts the base image's layers", async () => {
    const base = image("mounted");
    await push(it.registry, "containerify/from", { blobs: base.blobs, manifests: [{ ...base.manifest, tag: "v1" }] });
    const digest = await build(
      "--fromImage",
      "containerify/from:v1",
      "--toImage",
      "containerify/to:v1",
      "--doCrossMount",
    );
    await check(digest, "containerify/to", base);
  });

  it.test("finds its platform through an index", async () => {
    const images = ["amd64", "arm64"].map((architecture) =>
      image(`on ${architecture}`, { architecture, family: "docker" }),
    );
    const manifests = [...images.map(({ manifest }) => manifest), { ...index(images, "docker"), tag: "v1" }];
    await push(it.registry, "containerify/index", { blobs: images.flatMap(({ blobs }) => blobs), manifests });
    const digest = await build(
      "--fromImage",
      "containerify/index:v1",
      "--toImage",
      "containerify/arm:v1",
      "--platform",
      "linux/arm64",
    );
    await check(digest, "containerify/arm", images[1]);
  });

  async function check(digest, repository, base) {
    const stored = await pull(it.registry, `${repository}/manifests/v1`);
    assert.equal(stored.digest, digest);
    const { layers } = JSON.parse(stored.bytes);
    assert.deepEqual(
      layers.slice(0, -1).map((layer) => layer.digest),
      base.layers.map((layer) => layer.digest),
    );
    for (const layer of layers)
      assert.equal((await pull(it.registry, `${repository}/blobs/${layer.digest}`)).digest, layer.digest);
  }
});
