import type { Scenario } from "../scenario.js";
import {
  IMAGE,
  INDEX,
  arm,
  config,
  empty,
  image,
  index,
  layer,
  note,
  noteManifest,
  sbom,
  sbomManifest,
} from "./content.js";
import { pushBlob, pushManifest } from "./steps.js";

export const pull: Scenario = {
  id: "pull",
  title: "Pull by tag, by digest, a range of bytes",
  about: "A tag may move, a digest never does: clients turn one into the other and then pull by digest.",
  steps: [
    pushBlob("tour/pull", config, "What is pulled has to be there: the config,"),
    pushBlob("tour/pull", layer, "the layer,"),
    pushManifest("tour/pull", image, "v1", "and the manifest."),
    {
      say: "Pull by tag. The digest stands in a header.",
      req: { method: "GET", target: "/v2/tour/pull/manifests/v1", headers: { Accept: IMAGE } },
      expect: {
        status: 200,
        headers: { "Docker-Content-Digest": image.digest, "Content-Type": IMAGE },
        body: layer.digest,
      },
      keep: { digest: "header.docker-content-digest" },
    },
    {
      say: "By digest it is the same, for ever.",
      req: { method: "GET", target: "/v2/tour/pull/manifests/{digest}", headers: { Accept: IMAGE } },
      expect: { status: 200, headers: { "Docker-Content-Digest": "{digest}" } },
    },
    {
      say: "Of a blob a part can be pulled, as a client does that was interrupted.",
      req: { method: "GET", target: `/v2/tour/pull/blobs/${layer.digest}`, headers: { Range: "bytes=6-9" } },
      expect: { status: 206, headers: { "Content-Range": "bytes 6-9/18", "Content-Length": "4" }, body: "from" },
    },
    {
      say: "Past its end there is nothing.",
      req: { method: "GET", target: `/v2/tour/pull/blobs/${layer.digest}`, headers: { Range: "bytes=18-" } },
      expect: { status: 416, headers: { "Content-Range": "bytes */18" } },
    },
  ],
};

export const multi: Scenario = {
  id: "multi-arch",
  title: "An index for two platforms, and Accept",
  about: "An image for several platforms is an index of manifests. The client chooses one by its platform.",
  steps: [
    pushBlob("tour/multi", config, "The config,"),
    pushBlob("tour/multi", layer, "the layer, which both platforms share,"),
    pushManifest("tour/multi", image, image.digest, "a manifest for amd64, by its digest: it needs no tag,"),
    pushManifest("tour/multi", arm, arm.digest, "one for arm64,"),
    pushManifest("tour/multi", index, "latest", "and the index of both, with the tag.", INDEX),
    {
      say: "A client names all types that it understands, and gets the index.",
      req: { method: "GET", target: "/v2/tour/multi/manifests/latest", headers: { Accept: `${INDEX}, ${IMAGE}` } },
      expect: {
        status: 200,
        headers: { "Content-Type": INDEX, "Docker-Content-Digest": index.digest },
        body: '"architecture":"arm64"',
      },
    },
    {
      say: "It looks for its platform and pulls that manifest by digest.",
      req: { method: "GET", target: `/v2/tour/multi/manifests/${arm.digest}`, headers: { Accept: IMAGE } },
      expect: { status: 200, headers: { "Content-Type": IMAGE, "Docker-Content-Digest": arm.digest } },
    },
  ],
};

export const referrers: Scenario = {
  id: "referrers",
  title: "Referrers: who speaks of this image?",
  about: "Signatures, notes and bills of materials name their subject. The registry lists them for it.",
  steps: [
    pushBlob("tour/signed", config, "An image:"),
    pushBlob("tour/signed", layer, "its layer,"),
    pushManifest("tour/signed", image, "v1", "its manifest."),
    pushBlob("tour/signed", empty, "An artifact has a config that says nothing,"),
    pushBlob("tour/signed", note, "and a blob: here a note."),
    {
      say: "Its manifest names the image as its subject. OCI-Subject in the answer says that the registry took notice.",
      req: {
        method: "PUT",
        target: `/v2/tour/signed/manifests/${noteManifest.digest}`,
        headers: { "Content-Type": IMAGE },
        body: noteManifest.text,
      },
      expect: { status: 201, headers: { "OCI-Subject": image.digest } },
    },
    pushBlob("tour/signed", sbom, "A second one: a bill of materials,"),
    pushManifest("tour/signed", sbomManifest, sbomManifest.digest, "with its manifest."),
    {
      say: "List what refers to the image: an index of descriptors.",
      req: { method: "GET", target: `/v2/tour/signed/referrers/${image.digest}` },
      expect: { status: 200, headers: { "Content-Type": INDEX }, body: sbomManifest.digest },
    },
    {
      say: "Only bills of materials. OCI-Filters-Applied says that the registry filtered.",
      req: { method: "GET", target: `/v2/tour/signed/referrers/${image.digest}?artifactType=application/spdx%2Bjson` },
      expect: { status: 200, headers: { "OCI-Filters-Applied": "artifactType" }, body: /^((?!example\.note).)*$/s },
    },
  ],
};

export const pages: Scenario = {
  id: "pages",
  title: "Lists by pages: n, last, Link",
  about: "Long lists come by pages. Link leads to the next one; its absence says that there is none.",
  steps: [
    pushBlob("tour/pages", config, "An image with three tags:"),
    pushBlob("tour/pages", layer, "its layer,"),
    pushManifest("tour/pages", image, "a", "its manifest as a,"),
    pushManifest("tour/pages", image, "b", "the same as b,"),
    pushManifest("tour/pages", image, "c", "and as c."),
    {
      say: "The first two. Link says where it goes on.",
      req: { method: "GET", target: "/v2/tour/pages/tags/list?n=2" },
      expect: { status: 200, headers: { Link: /<[^>]*last=b[^>]*>; ?rel="?next"?/ }, body: '"tags":["a","b"]' },
    },
    {
      say: "The page after b is the last: no Link.",
      req: { method: "GET", target: "/v2/tour/pages/tags/list?n=2&last=b" },
      expect: { status: 200, headers: { Link: null }, body: '"tags":["c"]' },
    },
  ],
};

export const deleting: Scenario = {
  id: "delete",
  title: "Delete a tag, a manifest, a blob",
  about: "A tag is only a name: without it the manifest is still there, until that is deleted, too.",
  steps: [
    pushBlob("tour/gone", config, "An image:"),
    pushBlob("tour/gone", layer, "its layer,"),
    pushManifest("tour/gone", image, "old", "its manifest, with a tag."),
    {
      say: "Delete the tag.",
      req: { method: "DELETE", target: "/v2/tour/gone/manifests/old" },
      expect: { status: 202 },
    },
    {
      say: "By the tag it is gone,",
      req: { method: "HEAD", target: "/v2/tour/gone/manifests/old" },
      expect: { status: 404 },
    },
    {
      say: "by its digest it is not.",
      req: { method: "HEAD", target: `/v2/tour/gone/manifests/${image.digest}` },
      expect: { status: 200, headers: { "Docker-Content-Digest": image.digest } },
    },
    {
      say: "Delete the manifest.",
      req: { method: "DELETE", target: `/v2/tour/gone/manifests/${image.digest}` },
      expect: { status: 202 },
    },
    {
      say: "Delete the layer, which nothing names any more.",
      req: { method: "DELETE", target: `/v2/tour/gone/blobs/${layer.digest}` },
      expect: { status: 202 },
    },
    {
      say: "Nothing is left to be pulled.",
      req: { method: "GET", target: `/v2/tour/gone/blobs/${layer.digest}` },
      expect: { status: 404, body: '"code":"BLOB_UNKNOWN"' },
    },
  ],
};
