// @snyk/docker-registry-v2-client pulls: catalog, tags, manifests by platform, configs, layers.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { image, index, push, sha256, types } from "./content.mjs";
import { retries } from "./retries.mjs";
import { suite } from "./suite.mjs";

const http = { protocol: "http:" };
const open = [undefined, undefined];

suite("@snyk/docker-registry-v2-client", (it) => {
  it.test("sees a v2 registry", async () => {
    const { statusCode, body } = await it.load().checkSupport(it.registry.host, ...open, http);
    assert.deepEqual([statusCode, body], [200, {}]);
  });

  for (const family of ["docker", "oci"]) {
    it.test(`pulls an image of ${family} types`, async () => {
      const client = it.load();
      const { host } = it.registry;
      const repository = `snyk/${family}`;
      const { manifest, config, layers, blobs } = image(family, { family });
      await push(it.registry, repository, { blobs, manifests: [{ ...manifest, tag: "v1" }] });

      const options = { ...http, acceptManifest: types[family].manifest, acceptLayer: types[family].layer };
      const found = await client.getManifest(host, repository, "v1", ...open, options);
      assert.equal(found.manifestDigest, manifest.digest);
      assert.equal(found.manifestContentType, manifest.mediaType);
      assert.deepEqual(await client.getImageConfig(host, repository, config.digest, ...open, options), config.value);
      assert.equal(
        await client.getImageSize(host, repository, "v1", ...open, options),
        layers[0].size + layers[1].size,
      );
      for (const { digest, bytes } of layers) {
        assert.deepEqual(await client.getLayer(host, repository, digest, ...open, options), bytes);
        const file = join(it.scratch, `${family}-layer`);
        await client.downloadLayer(file, host, repository, digest, ...open, options);
        assert.equal(sha256(await readFile(file)), digest);
      }
    });
  }

  retries(it, "@snyk/docker-registry-v2-client", async (registry) => {
    const options = { ...http, acceptManifest: types.oci.manifest, acceptLayer: types.oci.layer };
    const { layers } = await it.load().getManifest(registry.host, "app", "v1", ...open, options);
    for (const { digest } of layers) {
      const bytes = await it.load().getLayer(registry.host, "app", digest, ...open, options);
      assert.equal(sha256(bytes), digest);
    }
  });

  it.test("finds a platform's image through an index", async () => {
    const images = ["amd64", "arm64"].map((architecture) => image(architecture, { architecture, family: "docker" }));
    const both = { ...index(images, "docker"), tag: "both" };
    const content = images.flatMap(({ blobs }) => blobs);
    await push(it.registry, "snyk/index", {
      blobs: content,
      manifests: [...images.map(({ manifest }) => manifest), both],
    });

    const platform = { os: "linux", architecture: "arm64" };
    const found = await it.load().getManifest(it.registry.host, "snyk/index", "both", ...open, http, platform);
    assert.equal(found.indexDigest, both.digest);
    assert.equal(found.manifestDigest, images[1].manifest.digest);
  });

  it.test("lists tags and repositories page by page", async () => {
    const client = it.load();
    const { host } = it.registry;
    const { manifest, blobs } = image("tags", { family: "docker" });
    const manifests = ["a", "b", "c", "d", "e"].map((tag) => ({ ...manifest, tag }));
    await push(it.registry, "snyk/tags", { blobs, manifests });
    assert.deepEqual(await client.getTags(host, "snyk/tags", ...open, 2, 10, http), ["a", "b", "c", "d", "e"]);
    assert.deepEqual(await client.getTagsPaginated(host, "snyk/tags", ...open, 2, http), ["a", "b", "c", "d", "e"]);
    const repositories = await client.getRepos(host, ...open, 1, 1000, http);
    assert.ok(repositories.includes("snyk/tags") && repositories.includes("snyk/docker"), repositories.join());
  });

  it.test("is told that a tag is not there", async () => {
    await assert.rejects(it.load().getManifest(it.registry.host, "snyk/tags", "none", ...open, http), {
      statusCode: 404,
    });
  });
});
