import type { Seed } from "../shared/protocol.js";

const hello = (tag: string, version: string): Seed => ({
  ref: `demo/hello:${tag}`,
  image: {
    files: { "hello.txt": `hello from ${version}\n`, "etc/motd": "A registry that fits inside a page.\n" },
    config: { config: { Cmd: ["cat", "/hello.txt"] } },
  },
});

const platform = (name: string) => ({
  platform: name,
  files: { "bin/hello": `#!/bin/sh\necho hello from ${name}\n`, "platform.txt": `${name}\n` },
});

/** The demo images: one in two versions, one for several platforms, and what refers to that. */
export const DEMO: Seed[] = [
  hello("v1", "v1"),
  hello("v2", "v2"),
  hello("latest", "v2"),
  { index: { ref: "demo/multi:latest", images: ["linux/amd64", "linux/arm64/v8", "linux/arm/v7"].map(platform) } },
  {
    artifact: {
      subject: "demo/multi:latest",
      artifactType: "application/spdx+json",
      blobs: [
        {
          bytes: JSON.stringify({ spdxVersion: "SPDX-2.3", name: "demo/multi", packages: [{ name: "hello" }] }),
          mediaType: "application/spdx+json",
        },
      ],
    },
  },
  {
    artifact: {
      subject: "demo/multi:latest",
      artifactType: "application/vnd.example.note",
      blobs: [{ bytes: "A note about this image.\n", mediaType: "text/plain" }],
    },
  },
];
