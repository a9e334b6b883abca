import type { Scenario } from "../scenario.js";
import type { Auth } from "../protocol.js";
import { ABSENT, IMAGE, image, layer } from "./content.js";
import { fails, pushBlob } from "./steps.js";

const users: Auth["users"] = { ada: "tour" };

/** `ada:tour` in base64. */
const ADA = "Basic YWRhOnRvdXI=";

export const auth: Scenario = {
  id: "auth",
  title: "Who are you? Basic, then a token",
  about: "A challenge says how to prove who one is: a password each time, or a token that is good for a while.",
  steps: [
    {
      say: "The registry wants a password now: ada's is tour. Without one: 401, and a challenge.",
      set: { settings: { auth: { type: "basic", users } } },
      req: { method: "GET", target: "/v2/" },
      expect: { status: 401, headers: { "WWW-Authenticate": /^Basic realm=/ }, body: "UNAUTHORIZED" },
    },
    {
      say: "Name and password, as Basic has them.",
      req: { method: "GET", target: "/v2/", headers: { Authorization: ADA } },
      expect: { status: 200 },
    },
    {
      say: "Now it wants tokens. The challenge says where they are given.",
      set: { settings: { auth: { type: "bearer", users } } },
      req: { method: "GET", target: "/v2/" },
      expect: { status: 401, headers: { "WWW-Authenticate": /^Bearer realm="[^"]*\/_token",service="registrette"/ } },
    },
    {
      say: "What a request needs stands in the challenge's scope.",
      req: { method: "POST", target: "/v2/tour/private/blobs/uploads/" },
      expect: { status: 401, headers: { "WWW-Authenticate": /scope="repository:tour\/private:pull,push"/ } },
    },
    {
      say: "Get a token for it, with the password.",
      req: {
        method: "GET",
        target: "/_token?service=registrette&scope=repository:tour/private:pull,push",
        headers: { Authorization: ADA },
      },
      expect: { status: 200, body: '"token":"' },
      keep: { token: "json.token" },
    },
    {
      say: "The same request with the token.",
      req: {
        method: "POST",
        target: "/v2/tour/private/blobs/uploads/",
        headers: { Authorization: "Bearer {token}" },
      },
      expect: { status: 202 },
    },
    {
      say: "It is good for that repository alone.",
      req: { method: "GET", target: "/v2/tour/other/tags/list", headers: { Authorization: "Bearer {token}" } },
      expect: { status: 401, headers: { "WWW-Authenticate": /error="insufficient_scope"/ } },
    },
    {
      say: "Everybody may ask again.",
      set: { settings: { auth: null } },
      req: { method: "GET", target: "/v2/" },
      expect: { status: 200 },
    },
  ],
};

export const faults: Scenario = {
  id: "faults",
  title: "Too many requests, and once more",
  about: "Registries say when they have had enough. Good clients wait as long as they are told, and go on.",
  steps: [
    pushBlob("tour/busy", layer, "Something to pull."),
    {
      say: "From now on the first pull fails: 429, and Retry-After says how many seconds to wait.",
      set: {
        faults: [
          {
            match: { operation: "blob.get", repository: "tour/busy" },
            when: { first: 1 },
            do: [
              {
                verb: "status",
                status: 429,
                code: "TOOMANYREQUESTS",
                message: "slow down",
                headers: { "Retry-After": "1" },
              },
            ],
          },
        ],
      },
      req: { method: "GET", target: `/v2/tour/busy/blobs/${layer.digest}` },
      expect: { status: 429, headers: { "Retry-After": "1" }, body: '"code":"TOOMANYREQUESTS"' },
    },
    {
      say: "The second try gets it.",
      req: { method: "GET", target: `/v2/tour/busy/blobs/${layer.digest}` },
      expect: { status: 200, headers: { "Docker-Content-Digest": layer.digest }, body: layer.text },
    },
    {
      say: "Take the fault away.",
      set: { faults: [] },
      req: { method: "GET", target: "/v2/" },
      expect: { status: 200 },
    },
  ],
};

export const errors: Scenario = {
  id: "errors",
  title: "A gallery of error codes",
  about: "Each error has a code for programs, a message for people, and details that say what to change.",
  steps: [
    pushBlob("tour/errors", layer, "A repository with one blob."),
    fails("A name with capitals is none.", "GET", "/v2/Tour/Errors/tags/list", 400, "NAME_INVALID"),
    fails("Nothing was ever pushed there.", "GET", "/v2/tour/nowhere/tags/list", 404, "NAME_UNKNOWN"),
    fails("A tag that is not there.", "GET", "/v2/tour/errors/manifests/v1", 404, "MANIFEST_UNKNOWN"),
    fails("A blob that is not there.", "GET", `/v2/tour/errors/blobs/${ABSENT}`, 404, "BLOB_UNKNOWN"),
    fails("A digest that is none.", "GET", "/v2/tour/errors/blobs/sha256:short", 400, "DIGEST_INVALID"),
    fails(
      "A session that is not there.",
      "PATCH",
      "/v2/tour/errors/blobs/uploads/00000000-0000-4000-8000-000000000000",
      404,
      "BLOB_UPLOAD_UNKNOWN",
      { headers: { "Content-Type": "application/octet-stream" }, body: "late" },
    ),
    fails("A manifest that is no JSON.", "PUT", "/v2/tour/errors/manifests/v1", 400, "MANIFEST_INVALID", {
      headers: { "Content-Type": IMAGE },
      body: "not json",
    }),
    fails("A manifest whose config is missing.", "PUT", "/v2/tour/errors/manifests/v1", 400, "MANIFEST_BLOB_UNKNOWN", {
      headers: { "Content-Type": IMAGE },
      body: image.text,
    }),
    fails("What is not to be deleted like this.", "DELETE", "/v2/tour/errors/tags/list", 405, "UNSUPPORTED"),
  ],
};

export const redirect: Scenario = {
  id: "redirect",
  title: "A blob behind a 307",
  about: "Large registries keep blobs elsewhere and send clients there. fetch would follow unseen: this goes direct.",
  steps: [
    pushBlob("tour/far", layer, "A blob."),
    {
      say: "From now on it is elsewhere: Location says where.",
      set: { faults: [{ match: { operation: "blob.get", repository: "tour/far" }, do: [{ verb: "redirect" }] }] },
      req: { method: "GET", target: `/v2/tour/far/blobs/${layer.digest}` },
      direct: true,
      expect: { status: 307, headers: { Location: /\/v2\/tour\/far\/blobs\/sha256:/ } },
      keep: { elsewhere: "header.location" },
    },
    {
      say: "The client goes there.",
      req: { method: "GET", target: "{elsewhere}" },
      direct: true,
      expect: { status: 200, body: layer.text },
    },
    {
      say: "Take the fault away: it is given out here again.",
      set: { faults: [] },
      req: { method: "GET", target: `/v2/tour/far/blobs/${layer.digest}` },
      direct: true,
      expect: { status: 200, headers: { "Docker-Content-Digest": layer.digest } },
    },
  ],
};
