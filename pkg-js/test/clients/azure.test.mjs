// @azure/container-registry refuses plain http. So msw answers https://registry.test with the registry's `fetch`, and
// one case goes over TLS.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before } from "node:test";

import { image, noise, pull, push, sha256, status } from "./content.mjs";
import { start, takesOptions } from "./registry.mjs";
import { collect, suite } from "./suite.mjs";
import { client as row } from "./table.mjs";

const require = createRequire(import.meta.url);
const origin = "https://registry.test";

suite(
  "@azure/container-registry",
  (it) => {
    const name = row("msw").package;
    const { http } = require(name);
    const { setupServer } = require(`${name}/node`);
    const server = setupServer(http.all(`${origin}/*`, ({ request }) => it.registry.fetch(request)));
    before(() => server.listen({ onUnhandledRequest: "bypass" }));
    after(() => server.close());

    const connect = (repository, { url = origin, ca } = {}) => {
      const { ContainerRegistryContentClient } = it.load();
      const credential = { getToken: async () => ({ token: "any", expiresOnTimestamp: Date.now() + 3_600_000 }) };
      const options = { retryOptions: { maxRetries: 0 }, ...(ca && { tlsOptions: { ca } }) };
      return new ContainerRegistryContentClient(url, repository, credential, options);
    };

    it.test("pushes an image and pulls it back", async () => {
      const client = connect("azure/image");
      const { manifest, blobs } = image("azure");
      await pushed(client, { manifest, blobs }, "v1");
      assert.equal((await pull(it.registry, "azure/image/manifests/v1")).digest, manifest.digest);

      const found = await client.getManifest("v1");
      assert.deepEqual(
        [found.digest, found.mediaType, found.manifest],
        [manifest.digest, manifest.mediaType, manifest.value],
      );
      for (const { digest, bytes } of blobs) {
        const { content } = await client.downloadBlob(digest);
        assert.deepEqual(await collect(content), bytes);
      }
    });

    it.test("pushes a blob in three chunks, none of which says its range", async () => {
      const bytes = noise(9 * 1024 * 1024, "chunks");
      const uploaded = await connect("azure/chunks").uploadBlob(bytes);
      assert.deepEqual(uploaded, { digest: sha256(bytes), sizeInBytes: bytes.length });
      assert.equal((await pull(it.registry, `azure/chunks/blobs/${uploaded.digest}`)).digest, uploaded.digest);
    });

    const skip = takesOptions ? false : "a registry with the test certificate is started by the package only";
    it.test("pushes over TLS in chunks and pulls back", { skip }, async () => {
      const registry = await start({ tls: "test" });
      try {
        const client = connect("azure/tls", registry);
        const bytes = noise(5 * 1024 * 1024, "tls");
        const { digest } = await client.uploadBlob(bytes);
        assert.equal(digest, sha256(bytes));
        assert.equal(sha256(await collect((await client.downloadBlob(digest)).content)), digest);
      } finally {
        await registry.close();
      }
    });

    it.test("deletes a manifest and a blob", async () => {
      const client = connect("azure/delete");
      const { manifest, config, blobs } = image("azure-delete");
      await push(it.registry, "azure/delete", { blobs, manifests: [{ ...manifest, tag: "v1" }] });
      await client.deleteManifest(manifest.digest);
      await client.deleteBlob(config.digest);
      assert.equal(await status(it.registry, "azure/delete/manifests/v1"), 404);
      assert.equal(await status(it.registry, `azure/delete/blobs/${config.digest}`), 404);
    });

    it.test("is told that a tag is not there", async () => {
      await assert.rejects(connect("azure/delete").getManifest("none"), { statusCode: 404 });
    });
  },
  { needs: ["msw"] },
);

async function pushed(client, { manifest, blobs }, tag) {
  for (const { bytes, digest } of blobs) assert.equal((await client.uploadBlob(bytes)).digest, digest);
  assert.equal(
    (await client.setManifest(manifest.bytes, { tag, mediaType: manifest.mediaType })).digest,
    manifest.digest,
  );
}
