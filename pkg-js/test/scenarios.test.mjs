// Repositories below broken/ do what their names say, as natively: tests/scenarios/digests.json has the digests.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { createRegistry as inBrowsers } from "../dist/index.js";
import { createRegistry } from "../dist/index.node.js";
import { startRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";

const digests = JSON.parse(readFileSync(new URL("../../tests/scenarios/digests.json", import.meta.url), "utf8"));

const manifest = (name, tag) => `/v2/broken/${name}/manifests/${tag}`;

test("s4_01 the tag is the status", async () => {
  const registry = keep(await createRegistry({ scenarios: true }));
  for (const status of [400, 403, 404, 405, 500]) {
    const answer = await registry.fetch(manifest("error", status));
    strictEqual(answer.status, status);
    match(await answer.text(), /^\{"errors":\[\{"code":"[A-Z_]+","message":"[^"]+"\}\]\}\n$/);
  }
  const off = keep(await createRegistry());
  strictEqual((await (await off.fetch(manifest("error", 500))).json()).errors[0].code, "NAME_UNKNOWN");
});

test("s4_12 HEAD and GET wait each, by the clock, on each carrier", async () => {
  for (const make of [createRegistry, inBrowsers, startRegistry]) {
    const registry = keep(await make({ scenarios: true, clock: "auto" }));
    const before = registry.clock.now().getTime();
    const ask = registry.url ? fetch : registry.fetch.bind(registry);
    for (const method of ["HEAD", "GET"]) {
      const answer = await ask(`${registry.url ?? ""}${manifest("timeout", "dur-2s")}`, { method });
      strictEqual(answer.status, 408);
      await answer.text();
    }
    strictEqual(registry.clock.now().getTime() - before, 4000);
  }
});

test("s4_10 nothing is sent until then", async () => {
  const registry = keep(await createRegistry({ scenarios: true, clock: "virtual" }));
  let answer;
  const asked = registry.fetch(manifest("timeout", "dur-5s")).then((given) => (answer = given));
  await new Promise((resolve) => setImmediate(resolve));
  registry.clock.advance(4999);
  await new Promise((resolve) => setImmediate(resolve));
  strictEqual(answer, undefined);
  registry.clock.advance(1);
  strictEqual((await asked).status, 408);
});

test("s4_22 the same tag has the same digest as natively", async () => {
  for (const make of [createRegistry, inBrowsers, startRegistry]) {
    const registry = keep(await make({ scenarios: true }));
    const ask = registry.url ? fetch : registry.fetch.bind(registry);
    const get = async (path) => {
      const answer = await ask(`${registry.url ?? ""}${path}`);
      strictEqual(answer.status, 200, path);
      return new Uint8Array(await answer.arrayBuffer());
    };
    for (const [tag, digest] of Object.entries(digests)) {
      const bytes = await get(manifest("random", tag));
      strictEqual(sha256(bytes), digest, tag);
      for (const { digest, size } of JSON.parse(new TextDecoder().decode(bytes)).layers) {
        const layer = await get(`/v2/broken/random/blobs/${digest}`);
        deepStrictEqual([sha256(layer), layer.length], [digest, size]);
      }
    }
    ok(registry.stats().bytes < 64 << 10, "random bytes take no room");
  }
});

test("s4_41 broken/prepared takes what comes", async () => {
  const registry = keep(await createRegistry({ scenarios: true }));
  const headers = { "content-type": "application/vnd.oci.image.index.v1+json" };
  const put = (name) => registry.fetch(`/v2/${name}/manifests/v1`, { method: "PUT", headers, body: "no JSON" });
  strictEqual((await put("broken/prepared")).status, 201);
  strictEqual((await put("demo/app")).status, 400);
  strictEqual(await (await registry.fetch(manifest("prepared", "v1"))).text(), "no JSON");
});

test("s4_61 the catalog is late or made up", async () => {
  const scenarios = { catalogDelay: "2s", catalogRepositories: 1 };
  const registry = keep(await createRegistry({ scenarios, clock: "auto" }));
  const before = registry.clock.now().getTime();
  const { repositories } = await (await registry.fetch("/v2/_catalog")).json();
  deepStrictEqual(repositories, ["/repo/path0", "/repo/last"]);
  strictEqual(registry.clock.now().getTime() - before, 2000);
});

test("options that make no sense are told", async () => {
  for (const [scenarios, told] of [
    [1, /options\.scenarios is 1/],
    [{ catalogDlay: "2s" }, /no option options\.scenarios\.catalogDlay/],
    [{ catalogDelay: "soon" }, /scenarios: "soon" is not a duration/],
    [{ catalogRepositories: 1e9 }, /scenarios: .* up to 1000000/],
  ]) {
    await rejects(createRegistry({ scenarios }), { code: "ERR_OPTION", message: told });
  }
});

function sha256(bytes) {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
