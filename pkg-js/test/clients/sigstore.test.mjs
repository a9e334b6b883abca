// @sigstore/oci attaches artifacts: HEAD of an image, pushes in one piece, a manifest with a subject, referrers.

import assert from "node:assert/strict";

import { image, pull, push, types } from "./content.mjs";
import { assertAsked, guarded, skip as noPasswords, user } from "./auth.mjs";
import { start, takesOptions } from "./registry.mjs";
import { retries } from "./retries.mjs";
import { suite } from "./suite.mjs";

const artifact = Buffer.from('{"payload":"signed"}');
const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

suite("@sigstore/oci", (it) => {
  it.test("finds an image's digest by its tag", async () => {
    const { manifest } = await pushed(it.registry, "sigstore/digest");
    const imageName = `${it.registry.host}/sigstore/digest`;
    assert.equal(await it.load().getImageDigest({ imageName, imageTag: "v1" }), manifest.digest);
  });

  it.test("attaches an artifact, and the registry lists it as a referrer", async () => {
    const { manifest } = await pushed(it.registry, "sigstore/attach");
    const attached = await attach(it.load(), it.registry, "sigstore/attach", manifest.digest);
    assert.equal(attached.subjectDigest, manifest.digest);

    const stored = await pull(it.registry, `sigstore/attach/manifests/${attached.digest}`);
    assert.equal(stored.digest, attached.digest);
    const value = JSON.parse(stored.bytes);
    assert.equal(value.subject.digest, manifest.digest);
    const layer = await pull(it.registry, `sigstore/attach/blobs/${value.layers[0].digest}`);
    assert.deepEqual(layer.bytes, artifact);

    const { manifests } = JSON.parse((await pull(it.registry, `sigstore/attach/referrers/${manifest.digest}`)).bytes);
    assert.deepEqual(
      manifests.map(({ digest, artifactType }) => [digest, artifactType]),
      [[attached.digest, mediaType]],
    );
  });

  const options = { "@sigstore/oci": {}, "@sigstore/oci with `retry: 2`": { fetchOpts: { retry: 2 } } };
  for (const [name, how] of Object.entries(options)) {
    retries(it, name, async (registry, _, { digest }) => {
      const imageName = `${registry.host}/app`;
      assert.equal(await it.load().getImageDigest({ imageName, imageTag: "v1", ...how }), digest);
    });
  }

  for (const type of ["basic", "bearer"]) {
    it.test(`says who it is by ${type}`, { skip: noPasswords }, () =>
      guarded(type, async (registry) => {
        await registry.seed({ ref: "signed/app:v1", image: {} });
        const { digest } = registry.manifest("signed/app:v1").descriptor;
        const imageName = `${registry.host}/signed/app`;
        const attached = await it.load().attachArtifactToImage({
          ...{ imageName, imageDigest: digest, artifact, mediaType },
          credentials: user,
        });
        assert.equal(attached.subjectDigest, digest);
        assertAsked(registry, type);
      }),
    );
  }

  const skip = takesOptions ? false : "a registry without referrers is started by the package only";
  it.test("falls back to a tag where there are no referrers", { skip }, async () => {
    const registry = await start({ referrers: false });
    try {
      const { manifest } = await pushed(registry, "sigstore/fallback");
      const one = await attach(it.load(), registry, "sigstore/fallback", manifest.digest);
      const two = await attach(it.load(), registry, "sigstore/fallback", manifest.digest, Buffer.from("another"));
      const tag = manifest.digest.replace(":", "-");
      const index = await pull(registry, `sigstore/fallback/manifests/${tag}`);
      assert.equal(index.type, types.oci.index);
      assert.deepEqual(
        JSON.parse(index.bytes).manifests.map(({ digest }) => digest),
        [one.digest, two.digest],
      );
    } finally {
      await registry.close();
    }
  });
});

async function pushed(registry, repository) {
  // An image of its own in every run, so that nothing refers to it yet.
  const made = image(`${repository} ${process.pid}`);
  await push(registry, repository, { blobs: made.blobs, manifests: [{ ...made.manifest, tag: "v1" }] });
  return made;
}

function attach(client, registry, repository, imageDigest, bytes = artifact) {
  const imageName = `${registry.host}/${repository}`;
  return client.attachArtifactToImage({ imageName, imageDigest, artifact: bytes, mediaType });
}
