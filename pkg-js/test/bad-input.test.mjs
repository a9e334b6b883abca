// What callers do wrong, and what a crash does: each is told, and other registries go on.

import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import binaryen from "binaryen";

import { RegistryError, createRegistry, startRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { HELLO } from "./raw.mjs";

const OPTIONS = [
  [{ sede: 1 }, /options\.sede; .*did you mean seed\?|there are seed/],
  [{ refrences: "lax" }, /did you mean references\?/],
  [{ references: "laxx" }, /options\.references is "laxx"; it takes "strict", "lax", "sparse"/],
  [{ deletes: "yes" }, /options\.deletes is "yes"; it takes true or false/],
  [{ limits: { blobByte: 1 } }, /options\.limits\.blobByte; did you mean blobBytes\?/],
  [{ limits: { blobBytes: -1 } }, /a whole number from 0 upwards/],
  [{ profile: "ociservr" }, /did you mean "ociserver"\?/],
  [{ profile: { quirks: { emptyChek: true } } }, /did you mean "emptyCheck"\?/],
  [{ profile: { name: "spec", quirk: {} } }, /did you mean quirks\?/],
  [{ quirks: { mount: "denied" } }, /did you mean "mounts"\?/],
  [{ quirks: { mounts: "deny" } }, /takes "spec", "denied"/],
  [{ profile: "artifact-registry", quirks: { listCursor: "count" } }, /IgnorePagination=true and listCursor="count"/],
  [{ profiles: { "Docker/": "ghcr" } }, /"Docker\/" is nothing that the name of a repository begins with/],
  [{ profiles: { "docker.io/": "dockerhub" } }, /did you mean "docker-hub"\?/],
  [{ history: { maximum: 3 } }, /options\.history\.maximum/],
  [{ clock: "fake" }, /"real", "virtual", "auto"/],
  [{ url: "registry.test" }, /an http or https URL/],
  [{ publicUrl: "https://a.test/path" }, /options\.publicUrl/],
  [{ wasm: new Uint8Array([1, 2, 3]) }, /options\.wasm cannot be compiled.*registry\.wasm/],
  [{ hash: "sha256" }, /it takes a function/],
  [{ fault: [] }, /no option options\.fault; did you mean faults\?/],
  [{ faults: {} }, /options\.faults is \{\}; it takes a list of fault rules/],
  [null, /options is null; give an object/],
];

test("options that are wrong are told, with what was meant", async () => {
  for (const [options, text] of OPTIONS) {
    await rejects(createRegistry(options), (error) => {
      ok(error instanceof RegistryError);
      deepStrictEqual([error.code, error.message.endsWith(error.hint)], ["ERR_OPTION", true]);
      match(error.message, text);
      return true;
    });
  }
  for (const [options, text] of [
    [{ por: 1 }, /did you mean port\?/],
    [{ port: 70000 }, /0 to 65535/],
    [{ tls: true }, /"test" or \{ key, cert \}/],
    [{ cors: "http://a" }, /a list of strings/],
    [{ cors: ["*"] }, /every page/],
    [{ allowedHosts: ["http://a"] }, /not the name of a host/],
  ]) {
    await rejects(startRegistry(options), (error) => {
      strictEqual(error.code, "ERR_OPTION");
      match(error.message, text);
      return true;
    });
  }
});

test("after close everything says so", async () => {
  const registry = await createRegistry();
  const snapshot = registry.snapshot();
  await registry.close();
  await registry.close();
  const disposed = { code: "ERR_DISPOSED" };
  await rejects(registry.fetch("/v2/"), disposed);
  await rejects(registry.seed({ ref: "a", image: {} }), disposed);
  for (const act of [
    () => registry.snapshot(),
    () => registry.restore(snapshot),
    () => registry.reset(),
    () => registry.fork(),
    () => registry.diff(snapshot),
    () => registry.calls(),
    () => registry.repositories(),
    () => registry.manifest("a:b"),
    () => registry.blob(HELLO),
    () => registry.gc(),
    () => registry.stats(),
  ]) {
    throws(act, disposed);
  }
  await registry[Symbol.asyncDispose]();
  const other = keep(await createRegistry());
  throws(() => other.restore({}), { code: "ERR_OPTION" });
});

test("a hash function that does not hash is told", async () => {
  const broken = {
    throws: () => {
      throw new Error("no hash today");
    },
    "gives text": () => ({ update: () => {}, copy: () => {}, digest: () => "text" }),
  };
  for (const [name, hash] of Object.entries(broken)) {
    const registry = keep(await createRegistry({ hash }));
    const push = registry.fetch(`/v2/a/blobs/uploads/?digest=${HELLO}`, { method: "POST", body: "hello" });
    await rejects(push, { code: "ERR_OPTION" }, name);
    const before = registry.snapshot();
    await rejects(registry.seed({ ref: "a", image: {} }), { code: "ERR_OPTION" }, name);
    ok(registry.diff(before).isEmpty);
    strictEqual((await registry.fetch("/v2/")).status, 200);
  }
});

/** The module, with a trap in the place of one function. */
function trapped(name) {
  const module = binaryen.readBinary(readFileSync(new URL("../dist/registry.wasm", import.meta.url)));
  const exported = module.getExport(name);
  const target = binaryen.getExportInfo(exported).value;
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(target));
  module.removeFunction(target);
  module.addFunction(target, params, results, [], module.unreachable());
  return module.emitBinary();
}

test("a registry whose wasm stops is over, and only that one", async () => {
  const wasm = trapped("core_gc");
  const [crashing, beside] = [keep(await createRegistry({ wasm })), keep(await createRegistry({ wasm }))];
  await beside.seed({ blob: { repository: "a", bytes: "hello" } });
  throws(
    () => crashing.gc(),
    (error) => {
      strictEqual(error.code, "ERR_CRASHED");
      match(error.message, /crashed at gc\(\)/);
      return true;
    },
  );
  await rejects(crashing.fetch("/v2/"), { code: "ERR_CRASHED" });
  throws(() => crashing.tags("a"), { code: "ERR_CRASHED" });
  strictEqual((await beside.fetch(`/v2/a/blobs/${HELLO}`)).status, 200);
  const fresh = keep(await createRegistry({ wasm }));
  strictEqual((await fresh.fetch("/v2/")).status, 200);
  // A fresh instance: a snapshot of the retired one does not fit.
  throws(() => fresh.restore(beside.snapshot()), { code: "ERR_OPTION" });
});

test("over the socket a crash is 500 with the request's line", async () => {
  const registry = keep(await startRegistry({ wasm: trapped("core_finish") }));
  const push = () => fetch(`${registry.url}/v2/a/blobs/uploads/?digest=${HELLO}`, { method: "POST", body: "hello" });
  const answer = await push();
  strictEqual(answer.status, 500);
  const { errors } = await answer.json();
  strictEqual(errors[0].detail.code, "ERR_CRASHED");
  match(errors[0].message, /crashed at POST \/v2\/a\/blobs\/uploads\/\?digest=/);
  strictEqual((await push()).status, 500);
});
