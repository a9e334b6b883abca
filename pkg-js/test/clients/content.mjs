// Images to push, the same on every run, and a plain look at what a registry holds.

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

export const types = {
  oci: {
    manifest: "application/vnd.oci.image.manifest.v1+json",
    index: "application/vnd.oci.image.index.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  },
  docker: {
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  },
};

export const sha256 = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Bytes that look random and depend on the seed alone. */
export function noise(length, seed) {
  const bytes = Buffer.alloc(length);
  for (let at = 0, round = 0; at < length; round += 1) {
    at += createHash("sha512").update(`${seed} ${round}`).digest().copy(bytes, at);
  }
  return bytes;
}

/** A blob and its descriptor. */
export const blob = (bytes, mediaType) => ({ bytes, mediaType, digest: sha256(bytes), size: bytes.length });

export const descriptor = ({ mediaType, digest, size }) => ({ mediaType, digest, size });

/**
 * An image of two layers: one of a file, one of noise.
 *
 * @param {string} seed
 * @param {{ family?: "oci" | "docker", size?: number, architecture?: string }} [options]
 */
export function image(seed, { family = "oci", size = 70_000, architecture = "amd64" } = {}) {
  const type = types[family];
  const archives = [tar({ "greeting.txt": Buffer.from(`hello from ${seed}\n`) }), tar({ noise: noise(size, seed) })];
  const layers = archives.map((bytes) => blob(gzipSync(bytes), type.layer));
  const config = json(type.config, {
    architecture,
    os: "linux",
    config: { Env: ["PATH=/bin"] },
    rootfs: { type: "layers", diff_ids: archives.map(sha256) },
    history: archives.map(() => ({ created_by: seed })),
  });
  const manifest = json(type.manifest, {
    schemaVersion: 2,
    mediaType: type.manifest,
    config: descriptor(config),
    layers: layers.map(descriptor),
  });
  return { config, layers, manifest, blobs: [...layers, config], platform: { os: "linux", architecture } };
}

/** An index over images. */
export function index(images, family = "oci") {
  const mediaType = types[family].index;
  const manifests = images.map(({ manifest, platform }) => ({ ...descriptor(manifest), platform }));
  return json(mediaType, { schemaVersion: 2, mediaType, manifests });
}

/** A JSON document as a blob, with the value beside its bytes. */
export function json(mediaType, value) {
  return { ...blob(Buffer.from(JSON.stringify(value)), mediaType), value };
}

/** Pushes blobs and then manifests without any client, each manifest by its digest or as a tag. */
export async function push(registry, repository, { blobs = [], manifests = [] }) {
  for (const { bytes, digest } of blobs) {
    await answered(registry, `${repository}/blobs/uploads/?digest=${digest}`, 201, { method: "POST", body: bytes });
  }
  for (const { bytes, digest, mediaType, tag } of manifests) {
    const headers = { "content-type": mediaType };
    await answered(registry, `${repository}/manifests/${tag ?? digest}`, 201, { method: "PUT", headers, body: bytes });
  }
}

/** Pulls a manifest or a blob without any client. */
export async function pull(registry, path) {
  const response = await answered(registry, path, 200);
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    bytes,
    digest: sha256(bytes),
    claimed: response.headers.get("docker-content-digest"),
    type: response.headers.get("content-type"),
  };
}

export const status = async (registry, path, init) => (await fetch(`${registry.url}/v2/${path}`, init)).status;

async function answered(registry, path, expected, init) {
  const response = await fetch(`${registry.url}/v2/${path}`, init);
  if (response.status === expected) return response;
  throw new Error(
    `${init?.method ?? "GET"} ${path}: ${response.status} instead of ${expected}: ${await response.text()}`,
  );
}

/** A tar archive of plain files. */
export function tar(files) {
  const parts = Object.entries(files).flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        0", 148);
    header.write("ustar\x0000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
