// @snyk/snyk-docker-pull pulls an image into an archive on disk.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { image, push, sha256, types } from "./content.mjs";
import { suite } from "./suite.mjs";
import { entries } from "./tar.mjs";

suite("@snyk/snyk-docker-pull", (it) => {
  const pull = async (repository, family) => {
    const imageSavePath = join(it.scratch, family);
    await mkdir(imageSavePath);
    const reqOptions = { protocol: "http:", acceptManifest: types[family].manifest, acceptLayer: types[family].layer };
    const options = { loadImage: false, imageSavePath, reqOptions };
    const result = await new (it.load().DockerPull)().pull(it.registry.host, repository, "v1", options);
    return { result, files: entries(await readFile(join(imageSavePath, "image.tar"))) };
  };

  it.test("pulls an image of oci types into a layout", async () => {
    const { manifest, layers, blobs } = image("snyk-pull");
    await push(it.registry, "snyk/pull", { blobs, manifests: [{ ...manifest, tag: "v1" }] });
    const { result, files } = await pull("snyk/pull", "oci");
    assert.equal(result.manifestDigest, manifest.digest);
    for (const { digest } of layers) assert.equal(sha256(files.get(`blobs/${digest.replace(":", "/")}`)), digest);
  });

  it.test("pulls an image of docker types into a docker archive", async () => {
    const { manifest, layers, blobs } = image("snyk-pull-docker", { family: "docker" });
    await push(it.registry, "snyk/pull-docker", { blobs, manifests: [{ ...manifest, tag: "v1" }] });
    const { result, files } = await pull("snyk/pull-docker", "docker");
    assert.deepEqual(result.missingLayersDigests.sort(), layers.map(({ digest }) => digest).sort());
    const [archive] = JSON.parse(files.get("manifest.json"));
    assert.deepEqual(
      archive.Layers.map((path) => sha256(files.get(path))),
      layers.map(({ digest }) => digest),
    );
  });
});
