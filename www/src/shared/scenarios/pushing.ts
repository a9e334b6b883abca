import type { Scenario } from "../scenario.js";
import { ABSENT, HALVES, config, image, layer } from "./content.js";
import { pushBlob, pushManifest } from "./steps.js";

export const ping: Scenario = {
  id: "ping",
  title: "Ping, and what the headers say",
  about: "Every client asks this first: is there a registry, and may I?",
  steps: [
    {
      say: "Ask whether there is a registry. 200 says yes, and that nobody wants to know who you are.",
      req: { method: "GET", target: "/v2/" },
      expect: {
        status: 200,
        headers: { "Docker-Distribution-API-Version": "registry/2.0", "Content-Type": "application/json" },
        body: "{}",
      },
    },
    {
      say: "HEAD has the same headers and no body.",
      req: { method: "HEAD", target: "/v2/" },
      expect: { status: 200, headers: { "Content-Length": "2" } },
    },
  ],
};

export const pushImage: Scenario = {
  id: "push",
  title: "Push an image in five requests",
  about: "Blobs first, the manifest last: a registry refuses a manifest whose content is not there.",
  steps: [
    {
      say: "Open an upload session for the config. The answer says where to go on.",
      req: { method: "POST", target: "/v2/tour/push/blobs/uploads/" },
      expect: { status: 202, headers: { Location: /^\/.*v2\/tour\/push\/blobs\/uploads\/.+/ } },
      keep: { upload: "header.location" },
    },
    {
      say: "Send all of it and close the session with the digest.",
      req: {
        method: "PUT",
        target: `{upload}?digest=${config.digest}`,
        headers: { "Content-Type": "application/octet-stream" },
        body: config.text,
      },
      expect: { status: 201, headers: { "Docker-Content-Digest": config.digest } },
    },
    pushBlob("tour/push", layer, "The layer in one request: a POST that names the digest."),
    pushManifest("tour/push", image, "latest", "The manifest names both. With it the image is there, by a tag."),
    {
      say: "Look whether it is: the tag has the digest of the bytes that were sent.",
      req: { method: "HEAD", target: "/v2/tour/push/manifests/latest" },
      expect: { status: 200, headers: { "Docker-Content-Digest": image.digest } },
    },
  ],
};

export const monolithic: Scenario = {
  id: "monolithic",
  title: "Upload in one piece, then HEAD",
  about: "Clients ask by HEAD before they push: what is there need not be sent again.",
  steps: [
    {
      say: "Is the layer there? Not yet.",
      req: { method: "HEAD", target: `/v2/tour/once/blobs/${layer.digest}` },
      expect: { status: 404 },
    },
    {
      say: "Open a session.",
      req: { method: "POST", target: "/v2/tour/once/blobs/uploads/" },
      expect: { status: 202 },
      keep: { upload: "header.location" },
    },
    {
      say: "Send everything with the PUT that closes it.",
      req: {
        method: "PUT",
        target: `{upload}?digest=${layer.digest}`,
        headers: { "Content-Type": "application/octet-stream" },
        body: layer.text,
      },
      expect: { status: 201, headers: { Location: new RegExp(`/v2/tour/once/blobs/${layer.digest}$`) } },
    },
    {
      say: "Now it is there, and HEAD says how long it is.",
      req: { method: "HEAD", target: `/v2/tour/once/blobs/${layer.digest}` },
      expect: { status: 200, headers: { "Content-Length": "18", "Docker-Content-Digest": layer.digest } },
    },
    {
      say: "Take it away again, so that the tour can be walked once more.",
      req: { method: "DELETE", target: `/v2/tour/once/blobs/${layer.digest}` },
      expect: { status: 202 },
    },
  ],
};

export const chunked: Scenario = {
  id: "chunked",
  title: "Chunked upload: wrong offset, 416, resume",
  about: "An upload in chunks goes on where it was, after whatever went wrong.",
  steps: [
    {
      say: "Open a session.",
      req: { method: "POST", target: "/v2/tour/chunks/blobs/uploads/" },
      expect: { status: 202, headers: { Range: "0-0" } },
      keep: { upload: "header.location" },
    },
    {
      say: "The first chunk: bytes 0 to 9.",
      req: {
        method: "PATCH",
        target: "{upload}",
        headers: { "Content-Type": "application/octet-stream", "Content-Range": "0-9" },
        body: HALVES[0],
      },
      expect: { status: 202, headers: { Range: "0-9" } },
    },
    {
      say: "Skip ahead: the registry must refuse, since bytes would be missing.",
      req: {
        method: "PATCH",
        target: "{upload}",
        headers: { "Content-Type": "application/octet-stream", "Content-Range": "12-19" },
        body: HALVES[1],
      },
      expect: { status: 416, headers: { Range: "0-9" }, body: "BLOB_UPLOAD_INVALID" },
    },
    {
      say: "Ask how far the upload is.",
      req: { method: "GET", target: "{upload}" },
      expect: { status: 204, headers: { Range: "0-9" } },
    },
    {
      say: "Go on from there.",
      req: {
        method: "PATCH",
        target: "{upload}",
        headers: { "Content-Type": "application/octet-stream", "Content-Range": "10-17" },
        body: HALVES[1],
      },
      expect: { status: 202, headers: { Range: "0-17" } },
    },
    {
      say: "Close it with the digest of all chunks together.",
      req: { method: "PUT", target: `{upload}?digest=${layer.digest}` },
      expect: { status: 201, headers: { "Docker-Content-Digest": layer.digest } },
    },
  ],
};

export const wrongDigest: Scenario = {
  id: "wrong-digest",
  title: "Wrong digest: DIGEST_INVALID",
  about: "A registry hashes what arrives. What is not what it claims to be is not kept.",
  steps: [
    {
      say: "Push bytes under the digest of others.",
      req: {
        method: "POST",
        target: `/v2/tour/wrong/blobs/uploads/?digest=${ABSENT}`,
        headers: { "Content-Type": "application/octet-stream" },
        body: layer.text,
      },
      expect: { status: 400, body: '"code":"DIGEST_INVALID"' },
    },
    {
      say: "Nothing was kept.",
      req: { method: "HEAD", target: `/v2/tour/wrong/blobs/${ABSENT}` },
      expect: { status: 404 },
    },
    pushBlob("tour/wrong", layer, "With the right digest it is."),
  ],
};

export const mount: Scenario = {
  id: "mount",
  title: "Mount a blob of another repository: 201 or 202",
  about: "What another repository has need not be uploaded again, if one may read it there.",
  steps: [
    pushBlob("tour/base", layer, "A blob in one repository."),
    {
      say: "Mount it into another: 201, without a byte sent.",
      req: { method: "POST", target: `/v2/tour/child/blobs/uploads/?mount=${layer.digest}&from=tour/base` },
      expect: { status: 201, headers: { "Docker-Content-Digest": layer.digest } },
    },
    {
      say: "It can be pulled there.",
      req: { method: "GET", target: `/v2/tour/child/blobs/${layer.digest}` },
      expect: { status: 200, body: layer.text },
    },
    {
      say: "What is not there cannot be mounted. 202 is no error: it opens a session for the upload.",
      req: { method: "POST", target: `/v2/tour/child/blobs/uploads/?mount=${ABSENT}&from=tour/base` },
      expect: { status: 202, headers: { Location: /uploads\/.+/ } },
      keep: { upload: "header.location" },
    },
    {
      say: "Whoever does not want it cancels it.",
      req: { method: "DELETE", target: "{upload}" },
      expect: { status: 204 },
    },
  ],
};
