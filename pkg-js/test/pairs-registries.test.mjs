// Pairs of clients that differ in a few lines, D-25 to D-36: what registries do that no other does, and who copes.

import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { createRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { alike, both, push } from "./pairs.mjs";

const quirks = (switches) => ({ profile: { quirks: switches } });
const tags = (...names) => names.map((tag) => ({ ref: `app:${tag}`, image: {} }));

test("D-25: a relative Location is one of the host that gave it", async () => {
  const elsewhere = "http://mirror.test";
  const mirrors = [];
  const { naive, right } = await both("d25", {}, async (registry, ask) => {
    const mirror = keep(await createRegistry({ url: elsewhere }));
    mirrors.push(mirror);
    registry.fault({
      match: { operation: "upload.start" },
      do: [{ verb: "status", status: 307, headers: { Location: `${elsewhere}/v2/app/blobs/uploads/` } }],
    });
    const sent = (method, target, headers, body) =>
      target.startsWith(elsewhere)
        ? mirror.fetch(target, { method, headers, body })
        : ask(method, target, headers, body);
    return { ask: sent };
  });
  strictEqual(await naive.done, 404);
  strictEqual(await right.done, 201);
  deepStrictEqual(naive.calls, ["upload.start 307", "upload.put 404"]);
  strictEqual(mirrors[1].calls({ operation: "upload.put", status: 201 }).length, 1);
});

for (const uploadLocation of ["absolute-with-state", "path-with-state"]) {
  test(`D-26: a Location with a query (${uploadLocation})`, async () => {
    const { naive, right } = await both("d26", quirks({ uploadLocation }));
    strictEqual(await naive.done, 400);
    strictEqual(await right.done, 201);
    deepStrictEqual(naive.calls, ["upload.start 202", "unknown 400"]);
  });
}

test("D-27: a Range that stands still", async () => {
  const { naive, right } = await both("d27", quirks({ uploadRange: "stuck" }));
  strictEqual(await naive.done, 416);
  strictEqual(await right.done, 201);
  deepStrictEqual(naive.calls, ["upload.start 202", "upload.patch 202", "upload.patch 202", "upload.patch 416"]);
});

test("D-28: bodies that may not be long", async () => {
  const { naive, right } = await both("d28", quirks({ maxBodyBytes: 4 }));
  strictEqual(await naive.done, 416);
  strictEqual(await right.done, 201);
  deepStrictEqual(naive.calls, ["upload.start 202", "upload.put 416"]);
});

for (const [chunkedUpload, patches] of [
  ["none", ["upload.patch 400"]],
  ["one-stream", ["upload.patch 202", "upload.patch 400"]],
]) {
  test(`D-29: chunks are refused (${chunkedUpload})`, async () => {
    const { naive, right } = await both("d29", quirks({ chunkedUpload }));
    strictEqual(await naive.done, 400);
    strictEqual(await right.done, 201);
    deepStrictEqual(naive.calls, ["upload.start 202", ...patches]);
  });
}

test("D-29: a cookie that brings a refusal", async () => {
  const auth = { type: "basic", users: { alice: "secret" } };
  const { naive, right } = await both("d29-cookie", { auth, ...quirks({ cookieTrap: true }) });
  strictEqual(await naive.done, 403);
  strictEqual(await right.done, 202);
  deepStrictEqual(naive.calls, ["ping 200", "upload.start 403"]);
});

test("D-30: a mount that is refused", async () => {
  const { naive, right } = await both("d30", quirks({ mounts: "denied" }), push("base"));
  strictEqual(await naive.done, 403);
  strictEqual(await right.done, 201);
  deepStrictEqual(naive.calls, ["blob.mount 403"]);
});

test("D-31: a repository that does not exist", async () => {
  const { naive, right } = await both("d31", quirks({ repositoriesMustExist: true }));
  strictEqual(await naive.done, 404);
  strictEqual(await right.done, 404);
  deepStrictEqual(naive.calls, Array(10).fill("upload.start 404"));
  deepStrictEqual(right.calls, ["upload.start 404"]);
});

test("D-32: a list that knows no pages", async () => {
  const options = { seed: tags("a", "b", "c"), ...quirks({ ignorePagination: true }) };
  const { naive, right } = await both("d32", options, (_, ask) => {
    let left = 50;
    return { ask: (...asked) => (left-- > 0 ? ask(...asked) : Promise.reject(new Error("it asks without end"))) };
  });
  await rejects(naive.done, /without end/);
  deepStrictEqual(await right.done, ["a", "b", "c"]);
  deepStrictEqual(naive.calls, Array(50).fill("tags.list 200"));
});

test("D-33: what leads to the next page is the registry's", async () => {
  const options = { seed: tags("a", "b", "c"), ...quirks({ listCursor: "opaque" }) };
  const { naive, right } = await both("d33", options);
  await rejects(naive.done, /answered 405/);
  deepStrictEqual(await right.done, ["a", "b", "c"]);
  deepStrictEqual(naive.calls, ["tags.list 200", "unknown 405"]);
});

test("D-34: the fallback tag that leads to the subject", async () => {
  const options = { seed: tags("v1"), ...quirks({ disableReferrersApi: true, fallbackTagIsSubject: true }) };
  const { naive, right } = await both("d34", options, (registry) => ({
    subject: registry.manifest("app:v1").descriptor.digest,
  }));
  await rejects(naive.done, TypeError);
  deepStrictEqual(await right.done, []);
  deepStrictEqual(naive.calls, ["unknown 404", "manifest.get 200"]);
});

for (const [name, switches, asked] of [
  ["d35", { disableReferrersApi: true }, ["manifest.put 201"]],
  ["d36", { referrersForm: "empty" }, ["manifest.put 201", "referrers.list 200"]],
]) {
  const what = name === "d35" ? "no referrers API" : "a referrers API that lists nothing";
  test(`${name.toUpperCase().replace("D", "D-")}: ${what}`, async () => {
    const registries = [];
    const { naive, right } = await both(name, { seed: tags("v1"), ...quirks(switches) }, (registry) => {
      registries.push(registry);
      return attachment(registry.manifest("app:v1").descriptor);
    });
    strictEqual(await naive.done, 201);
    strictEqual(await right.done, 201);
    deepStrictEqual(naive.calls, asked);
    const listed = registries.map((registry) => {
      const { fallback } = attachment(registry.manifest("app:v1").descriptor);
      const index = registry.manifest(`app:${fallback.split("/").at(-1)}`)?.json();
      return index?.manifests.map(({ artifactType }) => artifactType);
    });
    deepStrictEqual(listed, [undefined, ["text/plain"]]);
  });
}

/** An artifact about an image, and what is needed to list it. */
function attachment(subject) {
  const type = "application/vnd.oci.image.index.v1+json";
  const manifest = { schemaVersion: 2, mediaType: type, artifactType: "text/plain", manifests: [], subject };
  const text = JSON.stringify(manifest);
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  const index = {
    type,
    of(known, { digest, text }) {
      const { mediaType, artifactType } = JSON.parse(text);
      const manifests = [...(known?.manifests ?? []), { mediaType, digest, size: text.length, artifactType }];
      return JSON.stringify({ schemaVersion: 2, mediaType: type, manifests });
    },
  };
  const fallback = `/v2/app/manifests/${subject.digest.replace(":", "-")}`;
  return { artifact: { digest, text, subject: subject.digest }, type, fallback, index };
}

test("the two of a pair differ in ten lines at most", () => {
  for (const number of [25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36]) alike(`d${number}`);
  alike("d29-cookie");
});
