// Stands for the client that a reader of the recipes tests: it pushes and pulls an image of one layer.

const TYPE = "application/vnd.oci.image.manifest.v1+json";

/** Pushes `content` as `host/repository:tag`, and gives the manifest's digest. */
export async function push(ref, content = "hello") {
  const { base, tag } = parse(ref);
  const [config, layer] = await Promise.all([upload(base, "{}"), upload(base, content)]);
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: TYPE,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
  });
  const response = await ask(`${base}/manifests/${tag}`, { method: "PUT", headers: { "content-type": TYPE }, body });
  return response.headers.get("docker-content-digest");
}

/** Pulls `host/repository:tag`, and gives the content that was pushed. */
export async function pull(ref) {
  const { base, tag } = parse(ref);
  const { layers } = await (await ask(`${base}/manifests/${tag}`, { headers: { accept: TYPE } })).json();
  return (await ask(`${base}/blobs/${layers[0].digest}`)).text();
}

async function upload(base, content) {
  const bytes = new TextEncoder().encode(content);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const digest = `sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  await ask(`${base}/blobs/uploads/?digest=${digest}`, { method: "POST", body: bytes });
  return { digest, size: bytes.length };
}

async function ask(url, init) {
  const response = await fetch(url, init);
  if (response.ok) return response;
  const { errors } = await response.json();
  throw new Error(`${response.status} ${errors[0].code}: ${url}`);
}

function parse(ref) {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(ref);
  const scheme = /^(127\.|localhost|\[::1\])/.test(host) ? "http" : "https";
  return { base: `${scheme}://${host}/v2/${repository}`, tag };
}
