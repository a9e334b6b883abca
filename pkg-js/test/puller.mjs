// A client that verifies everything it pulls.

import { createHash } from "node:crypto";

export const sha256 = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** An image as it was pulled by `fetch`; what is thrown is the first thing that is wrong with it. */
export async function pull(fetch, repository, reference) {
  const get = async (target) => {
    const response = await fetch(`/v2/${repository}/${target}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes };
  };
  const { status, headers, bytes } = await get(`manifests/${reference}`);
  const hold = (what, holds) => {
    if (!holds) throw new Error(what);
  };
  hold(`manifest: ${status}`, status === 200);
  hold("manifest: digest", sha256(bytes) === headers.get("Docker-Content-Digest"));
  const manifest = JSON.parse(bytes);
  hold("manifest: type", manifest.mediaType === headers.get("Content-Type"));
  const blob = async (place, { digest, size }) => {
    const { status, bytes } = await get(`blobs/${digest}`);
    hold(`${place}: ${status}`, status === 200);
    hold(`${place}: size`, bytes.length === size);
    hold(`${place}: digest`, sha256(bytes) === digest);
    return bytes;
  };
  const config = JSON.parse(await blob("config", manifest.config));
  const layers = [];
  for (const [at, layer] of manifest.layers.entries()) layers.push(await blob(`layers[${at}]`, layer));
  hold("layers: none", layers.length > 0);
  hold("config: diff_ids", String(config.rootfs.diff_ids) === String(layers.map(sha256)));
  return { manifest, config, layers };
}

/** The files of a plain archive, by path. */
export function files(archive) {
  const found = {};
  for (let at = 0; archive[at];) {
    const text = (from, length) => archive.toString("latin1", at + from, at + from + length).replace(/\0.*/s, "");
    const size = parseInt(text(124, 12), 8);
    if (text(156, 1) === "0") found[text(0, 100)] = archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}
