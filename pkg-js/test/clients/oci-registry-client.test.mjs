// oci-registry-client pushes and pulls through node-fetch.

import assert from "node:assert/strict";
import { Readable } from "node:stream";

import { assertAsked, guarded, skip, user } from "./auth.mjs";
import { image, pull, sha256, status } from "./content.mjs";
import { collect, suite } from "./suite.mjs";

suite("oci-registry-client", (it) => {
  const connect = (name) => {
    const { RegistryClientV2 } = it.load();
    return new RegistryClientV2({
      name: `${it.registry.host}/${name}`,
      insecure: true,
      scheme: "http",
      acceptOCIManifests: true,
    });
  };

  it.test("sees a v2 registry", async () => {
    assert.equal(await connect("plain/ping").supportsV2(), true);
  });

  it.test("pushes an image and pulls it back", async () => {
    const client = connect("plain/image");
    const { manifest, blobs } = image("oci-registry-client");
    await pushed(client, { manifest, blobs }, "v1");

    const stored = await pull(it.registry, "plain/image/manifests/v1");
    assert.equal(stored.digest, manifest.digest);
    const { resp, manifest: value } = await client.getManifest({ ref: "v1" });
    assert.deepEqual(value, manifest.value);
    assert.equal(resp.headers.get("docker-content-digest"), manifest.digest);
    for (const { digest, size } of blobs) {
      const [head] = await client.headBlob({ digest });
      assert.equal(Number(head.headers.get("content-length")), size);
      const { stream } = await client.createBlobReadStream({ digest });
      assert.equal(sha256(await collect(stream)), digest);
    }
  });

  for (const type of ["basic", "bearer"]) {
    it.test(`says who it is by ${type}`, { skip }, () =>
      guarded(type, async (registry) => {
        const { RegistryClientV2 } = it.load();
        const name = `${registry.host}/plain/known`;
        const options = { name, insecure: true, scheme: "http", acceptOCIManifests: true };
        await pushed(new RegistryClientV2({ ...options, ...user, scopes: ["pull", "push"] }), image(type), "v1");
        assertAsked(registry, type);
        const { manifest } = await new RegistryClientV2(options).getManifest({ ref: "v1" });
        assert.deepEqual(manifest, image(type).manifest.value);
      }),
    );
  }

  it.test("lists tags", async () => {
    const client = connect("plain/tags");
    const made = image("tags");
    for (const tag of ["b", "a"]) await pushed(client, made, tag);
    assert.deepEqual(await client.listTags(), { name: "plain/tags", tags: ["a", "b"] });
  });

  it.test("deletes a manifest", async () => {
    const client = connect("plain/delete");
    const made = image("delete");
    await pushed(client, made, "v1");
    await client.deleteManifest({ ref: made.manifest.digest });
    assert.equal(await status(it.registry, `plain/delete/manifests/${made.manifest.digest}`), 404);
  });

  it.test("is told that a blob's digest is wrong", async () => {
    const upload = connect("plain/wrong").blobUpload({
      digest: sha256("other"),
      stream: Readable.from(Buffer.from("this")),
      contentLength: 4,
    });
    await assert.rejects(upload, /digest/i);
  });
});

async function pushed(client, { manifest, blobs }, ref) {
  for (const { bytes, digest, size } of blobs) {
    await client.blobUpload({ digest, stream: Readable.from(bytes), contentLength: size });
  }
  const put = await client.putManifest({ manifestData: manifest.bytes, ref, mediaType: manifest.mediaType });
  assert.equal(put.digest, manifest.digest);
}
