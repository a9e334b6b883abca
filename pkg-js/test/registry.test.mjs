// The registry itself.

import { deepStrictEqual, match, notStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";

import { createRegistry, startRegistry } from "../dist/node.js";
import { createRegistry as createInlined } from "../dist/index.js";
import { keep } from "./keep.mjs";
import { HELLO } from "./raw.mjs";

const INDEX = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [] };
const SEED = [
  { blob: { repository: "demo/app", bytes: "hello" } },
  { manifest: { ref: "demo/app:v1", bytes: JSON.stringify(INDEX) } },
  { manifest: { ref: "demo/app:v2", bytes: JSON.stringify(INDEX) } },
];

const push = (registry, name, body) => {
  const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  return registry.fetch(`/v2/${name}/blobs/uploads/?digest=${digest}`, { method: "POST", body });
};

for (const [name, create] of [
  ["node", createRegistry],
  ["default", createInlined],
]) {
  describe(`by the ${name} entry`, () => {
    test("what is seeded is there", async () => {
      const registry = keep(await create({ seed: SEED }));
      deepStrictEqual([registry.repositories(), registry.tags("demo/app")], [["demo/app"], ["v1", "v2"]]);
      const { descriptor, bytes, json } = registry.manifest("demo/app:v1");
      deepStrictEqual([json(), descriptor.size], [INDEX, bytes.length]);
      deepStrictEqual(registry.manifest(`demo/app@${descriptor.digest}`).descriptor, descriptor);
      strictEqual(registry.manifest("demo/app:v3"), undefined);
      strictEqual(registry.manifest("nonsense"), undefined);
      strictEqual(Buffer.from(registry.blob(HELLO)).toString(), "hello");
      strictEqual(registry.blob("nonsense"), undefined);
      deepStrictEqual(registry.calls(), []);
      const { bytes: alive, ...stats } = registry.stats();
      deepStrictEqual(stats, { repositories: 1, manifests: 1, blobs: 1, uploads: 0 });
      ok(alive >= 5 + bytes.length);
    });

    test("sha512 and changed algorithms are hashed alike", async () => {
      const registry = keep(await create());
      for (const algorithm of ["sha256", "sha512"]) {
        const opened = await registry.fetch("/v2/a/blobs/uploads/", { method: "POST" });
        const location = opened.headers.get("Location");
        await registry.fetch(location, { method: "PATCH", body: "hel" });
        const digest = `${algorithm}:${createHash(algorithm).update("hello").digest("hex")}`;
        const url = `${location}${location.includes("?") ? "&" : "?"}digest=${digest}`;
        strictEqual((await registry.fetch(url, { method: "PUT", body: "lo" })).status, 201, algorithm);
      }
    });
  });
}

test("snapshot, restore, reset", async () => {
  const registry = keep(await createRegistry({ seed: SEED }));
  const before = registry.snapshot();
  ok(before.at instanceof Date);
  ok(registry.diff(before).isEmpty);
  await push(registry, "other", "new");
  await registry.fetch("/v2/other/blobs/uploads/", { method: "POST" });
  await registry.fetch("/v2/demo/app/manifests/v1", { method: "DELETE" });
  const diff = registry.diff(before);
  deepStrictEqual([diff.isEmpty, diff.blobs.added.length, diff.uploads.open.length], [false, 1, 1]);
  deepStrictEqual(
    diff.tags.map(({ tag, after }) => [tag, after]),
    [["v1", null]],
  );
  registry.restore(before);
  deepStrictEqual([registry.diff(before).isEmpty, registry.calls().length], [true, 3]);
  await push(registry, "other", "new");
  registry.reset();
  deepStrictEqual([registry.repositories(), registry.calls()], [["demo/app"], []]);
});

test("what happens to a fork does not happen to the first", async () => {
  const registry = keep(await createRegistry({ seed: SEED }));
  const before = registry.snapshot();
  const fork = registry.fork();
  await push(fork, "other", "new");
  deepStrictEqual([registry.repositories(), fork.repositories()], [["demo/app"], ["demo/app", "other"]]);
  fork.restore(before);
  deepStrictEqual(fork.repositories(), ["demo/app"]);
  await registry.close();
  strictEqual((await fork.fetch("/v2/")).status, 200);
  await fork.close();
});

test("calls are remembered, filtered and forgotten", async () => {
  const registry = keep(await createRegistry({ history: { max: 3 }, clock: "virtual" }));
  await registry.fetch("/v2/a/tags/list");
  await push(registry, "a", "hello");
  registry.clock.advance(5000);
  await registry.fetch("/v2/a/tags/list?n=1", { headers: { "X-Note": "é" } });
  await registry.fetch("/v2/a/manifests/v1");
  const calls = registry.calls();
  deepStrictEqual(
    calls.map(({ seq, operation, status, error, bodyBytes }) => [seq, operation, status, error, bodyBytes]),
    [
      [2, "blob.put", 201, undefined, 5],
      [3, "tags.list", 200, undefined, 0],
      [4, "manifest.get", 404, "MANIFEST_UNKNOWN", 0],
    ],
  );
  const [, list] = calls;
  deepStrictEqual([list.at.toISOString(), list.path], ["2026-01-01T00:00:05.000Z", "/v2/a/tags/list?n=1"]);
  deepStrictEqual(
    list.headers.find(([name]) => name === "x-note"),
    ["x-note", "é"],
  );
  const count = (filter) => registry.calls(filter).length;
  deepStrictEqual([count({ operation: "blob.put" }), count({ operation: ["blob.put", "tags.list"] })], [1, 2]);
  deepStrictEqual([count({ repository: /^a$/ }), count({ repository: "b" }), count({ reference: "v1" })], [3, 0, 1]);
  deepStrictEqual([count({ status: (status) => status >= 400 }), count({ method: "POST" })], [1, 1]);
  registry.resetHistory();
  deepStrictEqual(registry.calls(), []);
  const silent = keep(await createRegistry({ history: false }));
  await silent.fetch("/v2/");
  deepStrictEqual(silent.calls(), []);
});

test("a virtual clock moves sessions to their end", async () => {
  const registry = keep(await createRegistry({ clock: "virtual", limits: { sessionIdleMs: 1000 } }));
  await registry.fetch("/v2/a/blobs/uploads/", { method: "POST" });
  strictEqual(registry.stats().uploads, 1);
  registry.clock.advance(999);
  strictEqual(registry.stats().uploads, 1);
  registry.clock.advance(1);
  strictEqual(registry.stats().uploads, 0);
  throws(() => registry.clock.advance(-1), { code: "ERR_OPTION" });
});

test("gc deletes what no manifest names", async () => {
  const registry = keep(await createRegistry({ seed: SEED }));
  deepStrictEqual(registry.gc(), { deletedBlobs: 1, freedBytes: 5 });
  strictEqual(registry.blob(HELLO), undefined);
});

test("memory comes back when blobs go", async () => {
  const registry = keep(await createRegistry());
  const { bytes: before } = registry.stats();
  await push(registry, "a", Buffer.alloc(3 << 20, 1));
  strictEqual(registry.stats().bytes - before, 3 << 20);
  registry.gc();
  strictEqual(registry.stats().bytes, before);
});

test("ids come from the seed", async () => {
  const id = async (make, options) => {
    const registry = keep(await make(options));
    return (await registry.fetch("/v2/a/blobs/uploads/", { method: "POST" })).headers.get("Location");
  };
  strictEqual(await id(createRegistry), await id(createRegistry));
  strictEqual(await id(createRegistry, { rngSeed: 7 }), await id(startRegistry, { rngSeed: 7 }));
  notStrictEqual(await id(startRegistry), await id(startRegistry));
});

test("options reach the registry", async () => {
  const status = async (options, path, init) => {
    const registry = keep(await createRegistry({ seed: SEED, ...options }));
    return (await registry.fetch(path, init)).status;
  };
  const remove = { method: "DELETE" };
  deepStrictEqual(await status({}, "/v2/demo/app/manifests/v1", remove), 202);
  deepStrictEqual(await status({ deletes: false }, "/v2/demo/app/manifests/v1", remove), 405);
  deepStrictEqual(await status({ readOnly: true }, "/v2/demo/app/blobs/uploads/", { method: "POST" }), 405);
  deepStrictEqual(await status({ readOnly: true }, "/v2/demo/app/manifests/v1"), 200);
  deepStrictEqual(await status({ catalog: false }, "/v2/_catalog"), 404);
  deepStrictEqual(await status({ catalog: true }, "/v2/_catalog"), 200);
  deepStrictEqual(await status({}, `/v2/demo/app/referrers/${HELLO}`), 200);
  deepStrictEqual(await status({ referrers: false }, `/v2/demo/app/referrers/${HELLO}`), 404);
  const docker = { headers: { Accept: "application/vnd.docker.distribution.manifest.v2+json" } };
  deepStrictEqual(await status({ accept: "strict" }, "/v2/demo/app/manifests/v1", docker), 404);
  deepStrictEqual(
    await status({ limits: { blobBytes: 3 }, seed: [] }, `/v2/a/blobs/uploads/?digest=${HELLO}`, {
      method: "POST",
      body: "hello",
    }),
    413,
  );
  const quirky = keep(
    await createRegistry({
      profile: { name: "registry2", quirks: { emptyCheck: true } },
      publicUrl: "https://a.test/",
    }),
  );
  strictEqual(await (await quirky.fetch("/v2/")).text(), "");
  match(
    (await quirky.fetch("/v2/a/blobs/uploads/", { method: "POST" })).headers.get("Location"),
    /^https:\/\/a\.test\/v2\//,
  );
});

test("one registry is several, and another from one request to the next", async () => {
  const registry = keep(
    await createRegistry({ profile: "gitlab", quirks: { emptyCheck: true }, profiles: { "ghcr.io/": "ghcr" } }),
  );
  const status = async (path, init) => (await registry.fetch(path, init)).status;
  deepStrictEqual(await status("/v2/_catalog"), 401);
  deepStrictEqual(await (await registry.fetch("/v2/")).text(), "");
  deepStrictEqual(await status(`/v2/ghcr.io/a/manifests/v1`, { method: "DELETE" }), 405);
  deepStrictEqual(await status(`/v2/a/manifests/v1`, { method: "DELETE" }), 404);
  registry.setProfile({ quirks: { refuseDeletes: true } }, { "a/": "zot" });
  deepStrictEqual(await status("/v2/_catalog"), 200);
  deepStrictEqual(await status(`/v2/b/manifests/v1`, { method: "DELETE" }), 405);
  deepStrictEqual(await status(`/v2/a/b/manifests/v1`, { method: "DELETE" }), 404);
  throws(() => registry.setProfile("zott"), { code: "ERR_OPTION", message: /did you mean "zot"/ });
  registry.reset();
  deepStrictEqual(await status("/v2/_catalog"), 401);
});

test("a profile brings its auth, unless told otherwise", async () => {
  const ping = async (options) => (await keep(await createRegistry(options)).fetch("/v2/")).status;
  deepStrictEqual(await ping({ profile: "docker-hub" }), 401);
  deepStrictEqual(await ping({ profile: "docker-hub", auth: "none", rateLimit: "none" }), 200);
  const open = keep(await createRegistry({ profile: "docker-hub", auth: "none" }));
  deepStrictEqual((await open.fetch("/v2/_catalog")).status, 401);
});

test("hundreds of registries stand beside one another", async () => {
  const all = await Promise.all(Array.from({ length: 300 }, () => createRegistry()));
  await push(all[7], "a", "hello");
  deepStrictEqual(all.map((registry) => registry.repositories().length).filter(Boolean), [1]);
  await Promise.all(all.map((registry) => registry.close()));
  await rejects(all[7].fetch("/v2/"), { code: "ERR_DISPOSED" });
});
