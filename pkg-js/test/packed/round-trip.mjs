// A push and a pull with nothing but `fetch`, for projects of every kind; the image is the same everywhere.

const LAYER = "foo";
const LAYER_DIGEST = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
const CONFIG = "{}";
const CONFIG_DIGEST = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const TYPE = "application/vnd.oci.image.manifest.v1+json";
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: TYPE,
  config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: CONFIG_DIGEST, size: 2 },
  layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: LAYER_DIGEST, size: 3 }],
});

/**
 * Pushes an image as `app:v1`, pulls it, and compares.
 *
 * @param {(input: string, init?: RequestInit) => Promise<Response>} fetch
 * @param {string} base what a URL starts with; nothing for `registry.fetch`
 * @returns {Promise<string>} the digest of the manifest that was pushed
 */
export async function roundTrip(fetch, base) {
  for (const [body, digest] of [
    [LAYER, LAYER_DIGEST],
    [CONFIG, CONFIG_DIGEST],
  ]) {
    const pushed = await fetch(`${base}/v2/app/blobs/uploads/?digest=${digest}`, { method: "POST", body });
    is(pushed.status, 201);
    const pulled = await fetch(`${base}/v2/app/blobs/${digest}`);
    is(await pulled.text(), body);
  }
  const put = await fetch(`${base}/v2/app/manifests/v1`, {
    method: "PUT",
    headers: { "content-type": TYPE },
    body: MANIFEST,
  });
  is(put.status, 201);
  const got = await fetch(`${base}/v2/app/manifests/v1`);
  is(got.headers.get("content-type"), TYPE);
  is(await got.text(), MANIFEST);
  const missing = await fetch(`${base}/v2/app/manifests/none`);
  is(missing.status, 404);
  is((await missing.json()).errors[0].code, "MANIFEST_UNKNOWN");
  const digest = got.headers.get("docker-content-digest");
  is(put.headers.get("docker-content-digest"), digest);
  return String(digest);
}

function is(actual, expected) {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}
