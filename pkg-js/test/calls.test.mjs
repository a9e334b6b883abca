// The log of calls: what is in it, budgets, matchers, and what is made of it for other tools.

import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert";
import { spawn } from "node:child_process";
import { test } from "node:test";

import { matchers } from "../dist/matchers.js";
import { createRegistry, startRegistry } from "../dist/node.js";

const image = { ref: "demo/app:v1", image: { files: { "a.txt": "a" } } };

test("a call has headers and bodies of both sides", async () => {
  const registry = await createRegistry({ history: { bodies: 4 } });
  const headers = { "user-agent": "me/1", "content-type": "application/x-opaque" };
  await registry.fetch("/v2/a/manifests/v1", { method: "PUT", headers, body: "abcdef" });
  const [call] = registry.calls();
  strictEqual(call.client, "me/1");
  strictEqual(call.url, "http://registry.test/v2/a/manifests/v1");
  deepStrictEqual([call.bodyBytes, Buffer.from(call.body).toString()], [6, "abcd"]);
  deepStrictEqual([call.answerBytes, call.answerBody.length, call.faults], [0, 0, []]);
  ok(call.headers.some(([name, value]) => name === "user-agent" && value === "me/1"));
  ok(call.answerHeaders.some(([name]) => name === "docker-content-digest"));
  ok(call.at instanceof Date && "ended" in call === false);
  deepStrictEqual(registry.calls({ client: /^me/ }).length, 1);
  deepStrictEqual(registry.calls({ since: 1 }), []);
  deepStrictEqual(registry.calls({ fault: 1 }), []);
  const plain = await createRegistry();
  await plain.fetch("/v2/");
  strictEqual(plain.calls()[0].body, undefined);
  await rejects(createRegistry({ history: { bodies: -1 } }), { code: "ERR_OPTION" });
});

test("budgets are kept or not, and the calls are shown", async () => {
  const registry = await createRegistry({ seed: image });
  for (const tag of ["v1", "v2", "v1"]) await registry.fetch(`/v2/demo/app/manifests/${tag}`);
  deepStrictEqual(registry.checkCalls({ "manifest.get": 3, "upload.*": { max: 0 } }), { ok: true });
  const { message } = registry.checkCalls({ "manifest.get": 1, rules: ["HEAD before GET"] });
  match(
    message,
    /^manifest\.get: 3 calls, at most 1 allowed\n {2}#1 manifest\.get GET \/v2\/demo\/app\/manifests\/v1 200/,
  );
  match(message, /HEAD before GET: nobody asked/);
  throws(() => registry.checkCalls({ "manifest.got": 1 }), { code: "ERR_OPTION", message: /manifest\.get/ });
  throws(() => registry.checkCalls(), { code: "ERR_OPTION" });
});

test("matchers say what was called", async () => {
  const registry = await createRegistry({ seed: image });
  await registry.fetch("/v2/demo/app/manifests/v1");
  const { toHaveReceived, toStayWithin } = matchers;
  strictEqual(toHaveReceived(registry, "manifest.get", { status: 200 }).pass, true);
  match(
    toHaveReceived(registry, "manifest.put").message(),
    /0 calls of manifest\.put that fit.*\n {2}#1 manifest\.get/,
  );
  strictEqual(toStayWithin(registry, { "manifest.get": 1 }).pass, true);
  match(toStayWithin(registry, { "manifest.get": 1 }).message(), /was kept; all calls were:\n {2}#1 manifest\.get/);
  const over = toStayWithin(registry, { "manifest.get": 0 });
  deepStrictEqual([over.pass, over.message().split("\n")[0]], [false, "manifest.get: 1 calls, at most 0 allowed"]);
});

test("an archive and a script hold the calls that were asked for", async () => {
  const registry = await createRegistry({ history: { bodies: true }, seed: image });
  await registry.fetch("/v2/demo/app/manifests/v1", { headers: { authorization: "Basic secret" } });
  await registry.fetch("/v2/demo/app/tags/list");
  const { log } = registry.har();
  deepStrictEqual([log.version, log.creator.name, log.entries.length], ["1.2", "registrette", 2]);
  strictEqual(log.entries[1].response.content.text, '{"name":"demo/app","tags":["v1"]}');
  ok(!JSON.stringify(log).includes("secret"));
  strictEqual(registry.har({ operation: "tags.list" }).log.entries.length, 1);
  deepStrictEqual(registry.har({ reference: /nothing/ }).log.entries, []);
  match(registry.curl(), /^#!\/bin\/sh\n# 2 calls/);
  ok(!registry.curl({ operation: "tags.list" }).includes("manifests"));
});

test("a script repeats its calls on another registry", async () => {
  const first = await createRegistry({ history: { bodies: true }, rngSeed: 1 });
  const start = await first.fetch("/v2/a/blobs/uploads/", { method: "POST" });
  const location = start.headers.get("location");
  await first.fetch(location, { method: "PATCH", body: new Uint8Array([0, 10, 255]) });
  const digest = "sha256:22d8daf9ed20caf3ab58f4c1f7cf5c6bb5c1a5a9fb5d39ca9a9e4b5d8d8d6d2c";
  const put = await first.fetch(`${location}?digest=${digest}`, { method: "PUT" });
  strictEqual(put.status, 400);
  const second = await startRegistry();
  const said = await shell(first.curl(), second.url);
  await second.close();
  match(said, /^ok 1 202 .*\nok 2 202 .*\nok 3 400 .*\n$/);
});

function shell(script, url) {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", { env: { ...process.env, REGISTRY: url }, stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (data) => (said += data));
    child.on("error", reject);
    child.on("close", () => resolve(said));
    child.stdin.end(script);
  });
}
