// Files of images, as other programs write them.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { createRegistry } from "../dist/node.js";
import { sha256 } from "./puller.mjs";

const INDEX = "application/vnd.oci.image.index.v1+json";

/** A layout with one image, as files by path. */
export async function layout(tag = "v1") {
  const registry = await createRegistry({ seed: { ref: "a:v1", image: { files: { "hi.txt": "hi" } } } });
  const { body, mediaType, digest } = await manifest(registry, "a", "v1");
  const files = { "oci-layout": '{"imageLayoutVersion":"1.0.0"}', [at(digest)]: body };
  const { config, layers } = JSON.parse(new TextDecoder().decode(body));
  for (const blob of [config, ...layers]) {
    const answer = await registry.fetch(`/v2/a/blobs/${blob.digest}`);
    files[at(blob.digest)] = new Uint8Array(await answer.arrayBuffer());
  }
  const names = tag && { annotations: { "org.opencontainers.image.ref.name": tag } };
  const listed = { mediaType, digest, size: body.length, ...names };
  files["index.json"] = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [listed] });
  await registry.close();
  return { files, digest, layer: layers[0].digest };
}

export const at = (digest) => `blobs/${digest.replace(":", "/")}`;

export async function manifest(registry, name, reference) {
  const answer = await registry.fetch(`/v2/${name}/manifests/${reference}`);
  const body = new Uint8Array(await answer.arrayBuffer());
  return { body, mediaType: answer.headers.get("content-type"), digest: sha256(body) };
}

/** The same on disk, in a folder of that name. */
export function onDisk(files, root) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** What stands before a file in an archive. */
export function header(path, size) {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write(" ".repeat(8), 148);
  header.write("0ustar\x0000", 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** The same as an archive. */
export function tar(files) {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const bytes = Buffer.from(content);
    return [header(path, bytes.length), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** The storage of a registry with the same image. */
export function storage(files, digest) {
  const root = "docker/registry/v2";
  const tree = {};
  const link = (path, to) => (tree[`${root}/repositories/deep/app/${path}/link`] = to);
  for (const [path, content] of Object.entries(files).filter(([path]) => path.startsWith("blobs/"))) {
    const hex = path.split("/").at(-1);
    tree[`${root}/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`] = content;
    if (`sha256:${hex}` !== digest) link(`_layers/sha256/${hex}`, `sha256:${hex}`);
  }
  link(`_manifests/revisions/${digest.replace(":", "/")}`, digest);
  link("_manifests/tags/v1/current", digest);
  return tree;
}
