// @docker/node-sdk's registry client pushes and pulls through undici.

import assert from "node:assert/strict";

import { guarded, skip, user } from "./auth.mjs";
import { image, index, pull, sha256 } from "./content.mjs";
import { collect, suite } from "./suite.mjs";

suite("@docker/node-sdk", (it) => {
  // Without an agent the client's undici uses the process's dispatcher. Where Node 24's own undici was loaded before, that
  // is Node's, which refuses the client's `content-length`.
  const connect = () => new (it.load().RegistryClient)(it.registry.url, undefined, new (it.require("undici").Agent)());

  it.test("sees a v2 registry", async () => {
    assert.equal(await connect().checkVersion(), true);
  });

  it.test("pushes an image and pulls it back", async () => {
    const client = connect();
    const made = image("docker-sdk");
    await pushed(client, "sdk/image", made, "v1");
    assert.equal((await pull(it.registry, "sdk/image/manifests/v1")).digest, made.manifest.digest);
    assert.equal(await client.resolve("sdk/image", "v1"), made.manifest.digest);
    assert.deepEqual(await client.getManifest("sdk/image", "v1"), made.manifest.value);
    for (const { digest } of made.blobs) {
      assert.equal(await client.headBlob("sdk/image", digest), true);
      assert.equal(sha256(await collect(await client.getBlob("sdk/image", digest))), digest);
    }
    assert.equal(await client.headBlob("sdk/image", sha256("nothing")), false);
  });

  it.test("pushes an index over two platforms", async () => {
    const client = connect();
    const images = ["amd64", "arm64"].map((architecture) => image(architecture, { architecture }));
    for (const made of images) await pushed(client, "sdk/index", made, made.manifest.digest);
    const both = index(images);
    assert.equal(await client.putManifest("sdk/index", "both", both.value), both.digest);
    assert.deepEqual(await client.getManifest("sdk/index", "both"), both.value);
  });

  const known = (registry) => {
    const agent = new (it.require("undici").Agent)();
    return new (it.load().RegistryClient)(registry.url, user, agent);
  };

  it.test("says who it is by basic", { skip }, () =>
    guarded("basic", async (registry) => {
      // It shows its password before it is asked, so it is never refused.
      await pushed(known(registry), "sdk/known", image("known"), "v1");
      assert.deepEqual(registry.tags("sdk/known"), ["v1"]);
      assert.deepEqual(registry.calls({ status: 401 }), []);
    }),
  );

  it.test("never follows a challenge to a token (0.0.17)", { skip }, () =>
    guarded("bearer", async (registry) => {
      await assert.rejects(pushed(known(registry), "sdk/known", image("known"), "v1"), { statusCode: 401 });
      assert.deepEqual(registry.calls({ operation: "token" }), []);
    }),
  );

  it.test("lists tags page by page", async () => {
    const client = connect();
    const made = image("pages");
    for (const tag of ["c", "a", "b"]) await pushed(client, "sdk/tags", made, tag);
    assert.deepEqual((await client.listTags("sdk/tags", 2)).tags, ["a", "b"]);
    assert.deepEqual((await client.listTags("sdk/tags", 2, "b")).tags, ["c"]);
  });

  it.test("deletes a manifest and a blob", async () => {
    const client = connect();
    const made = image("delete");
    await pushed(client, "sdk/delete", made, "v1");
    await client.deleteManifest("sdk/delete", made.manifest.digest);
    await assert.rejects(client.resolve("sdk/delete", "v1"));
    await client.deleteBlob("sdk/delete", made.config.digest);
    assert.equal(await client.headBlob("sdk/delete", made.config.digest), false);
  });

  it.test("is told the error's code", async () => {
    await assert.rejects(connect().getManifest("sdk/none", "v1"), { code: "NAME_UNKNOWN", statusCode: 404 });
  });
});

async function pushed(client, repository, { manifest, blobs }, reference) {
  for (const { bytes, digest } of blobs) assert.equal(await client.uploadBlob(repository, bytes, digest), digest);
  assert.equal(await client.putManifest(repository, reference, manifest.value), manifest.digest);
}
