// What `npm start` has in its registry, and the page it shows.

import { createHash } from "node:crypto";

const digest = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const descriptor = (mediaType, content) => {
  const bytes = Buffer.from(content);
  return { mediaType, digest: digest(bytes), size: bytes.length };
};

/** A tar file with one text file in it (POSIX ustar). */
function tar(name, text) {
  const header = Buffer.alloc(512);
  const field = (at, value) => header.write(value, at, "latin1");
  field(0, name);
  field(100, "0000644\0");
  field(108, "0000000\0");
  field(116, "0000000\0");
  field(124, `${Buffer.byteLength(text).toString(8).padStart(11, "0")}\0`);
  field(136, "00000000000\0");
  field(148, "        ");
  field(156, "0");
  field(257, "ustar\u000000");
  const sum = header.reduce((sum, byte) => sum + byte, 0);
  field(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512 + 1024);
  body.write(text);
  return Buffer.concat([header, body]);
}

/** An image of one layer with one file. */
function image(architecture, name, text) {
  const layer = tar(name, text);
  const config = JSON.stringify({
    architecture,
    os: "linux",
    config: { Labels: { "org.opencontainers.image.title": name } },
    rootfs: { type: "layers", diff_ids: [digest(layer)] },
  });
  const content = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
  };
  return { content, blobs: [config, layer], platform: { architecture, os: "linux" } };
}

/** Two repositories: an image in two versions, and one for two platforms with a note about it. */
export function samples() {
  const versions = ["v1", "v2"].map((tag) => ({ tag, ...image("amd64", "hello.txt", `hello from ${tag}\n`) }));
  const platforms = ["amd64", "arm64"].map((name) => image(name, "platform.txt", `${name}\n`));
  const manifestOf = ({ content }) => descriptor(content.mediaType, JSON.stringify(content));
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: platforms.map((one) => ({ ...manifestOf(one), platform: one.platform })),
  };
  const note = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    artifactType: "application/vnd.example.note",
    config: descriptor("application/vnd.oci.empty.v1+json", "{}"),
    layers: [descriptor("text/plain", "a note about this image\n")],
    subject: descriptor(index.mediaType, JSON.stringify(index)),
  };
  return [
    {
      repository: "demo/hello",
      blobs: versions.flatMap(({ blobs }) => blobs),
      manifests: versions.map(({ tag, content }) => ({ tag: tag === "v2" ? [tag, "latest"] : tag, content })),
    },
    {
      repository: "demo/multi",
      blobs: [...platforms.flatMap(({ blobs }) => blobs), "{}", "a note about this image\n"],
      manifests: [
        ...platforms.map(({ content }) => ({ content })),
        { tag: "latest", content: index },
        { content: note },
      ],
    },
  ];
}

/** Lines to try. */
export const lines = (host) => [
  `curl http://${host}/v2/_catalog`,
  `curl http://${host}/v2/demo/hello/tags/list`,
  `curl http://${host}/v2/demo/hello/manifests/latest`,
];

/** The page at `/`. */
export function page(host) {
  const escape = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const shown = lines(host).map((line) => {
    const path = line.slice(line.indexOf("/v2/"));
    return `<li><code>${escape(line)}</code> <a href="${path}">open</a></li>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>registrette</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 48rem; padding: 0 1rem }</style>
<h1>registrette</h1>
<p>A container registry in memory runs here. Its content is gone when it stops.</p>
<p>Lines to try:</p>
<ul>
${shown.join("\n")}
</ul>
</html>
`;
}
