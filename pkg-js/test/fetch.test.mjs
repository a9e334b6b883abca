// `registry.fetch` in the place of the network, and what is built on it.

import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { createRegistry } from "../dist/index.node.js";
import { interceptFetch } from "../dist/intercept.js";
import { matchers } from "../dist/matchers.js";
import { serveFromServiceWorker } from "../dist/service-worker.js";
import { keep } from "./keep.mjs";
import { HELLO } from "./raw.mjs";

const PUSH = `/v2/a/blobs/uploads/?digest=${HELLO}`;
const BLOB = `/v2/a/blobs/${HELLO}`;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const made = async (options) => keep(await createRegistry(options));
const pushed = async () => {
  const registry = await made();
  strictEqual((await registry.fetch(PUSH, { method: "POST", body: "hello" })).status, 201);
  return registry;
};

test("paths, URLs and requests are one", async () => {
  const { fetch } = await pushed();
  const url = `http://registry.test${BLOB}`;
  for (const input of [BLOB, url, new URL(url), new Request(url), `https://other.test${BLOB}`]) {
    const response = await fetch(input);
    deepStrictEqual([response.status, await response.text()], [200, "hello"]);
    strictEqual(response.url, String(input.url ?? new URL(input, "http://registry.test")));
    ok(response instanceof Response);
  }
  strictEqual((await fetch(new Request(url), { method: "HEAD" })).headers.get("content-length"), "5");
});

test("every kind of body is taken", async () => {
  const bytes = new TextEncoder().encode("xhello").subarray(1);
  const stream = () => new Blob([bytes.subarray(0, 2), bytes.subarray(2)]).stream();
  const bodies = {
    text: () => "hello",
    view: () => bytes,
    buffer: () => bytes.slice().buffer,
    data: () => new DataView(bytes.buffer, 1),
    blob: () => new Blob([bytes]),
    stream,
  };
  for (const [name, body] of Object.entries(bodies)) {
    const registry = await made();
    strictEqual((await registry.fetch(PUSH, { method: "POST", body: body() })).status, 201, name);
  }
  const registry = await made();
  const request = new Request(`http://registry.test${PUSH}`, { method: "POST", body: stream(), duplex: "half" });
  strictEqual((await registry.fetch(request)).status, 201);
});

test("answers without a body have none", async () => {
  const registry = await pushed();
  const head = await registry.fetch(BLOB, { method: "HEAD" });
  deepStrictEqual([head.status, head.body, head.headers.get("content-length")], [200, null, "5"]);
  const same = await registry.fetch(BLOB, { headers: { "If-None-Match": head.headers.get("etag") } });
  deepStrictEqual([same.status, same.body], [304, null]);
  const opened = await registry.fetch("/v2/a/blobs/uploads/", { method: "POST" });
  const status = await registry.fetch(opened.headers.get("location"));
  deepStrictEqual([status.status, await status.text()], [204, ""]);
});

test("what is kept and what is given are the caller's no more", async () => {
  const registry = await made();
  const sent = new TextEncoder().encode("hello");
  await registry.fetch(PUSH, { method: "POST", body: sent });
  sent.fill(0);
  for (let i = 0; i < 2; i++) {
    const given = new Uint8Array(await (await registry.fetch(BLOB)).arrayBuffer());
    strictEqual(Buffer.from(given).toString(), "hello");
    given.fill(0);
    registry.blob(HELLO).fill(0);
  }
});

test("a long answer is streamed, and can be given up", async () => {
  const registry = await made();
  const bytes = Buffer.alloc(5 << 20, 3);
  const [{ digest }] = await registry.seed({ blob: { repository: "a", bytes } });
  const response = await registry.fetch(`/v2/a/blobs/${digest}`);
  const pieces = [];
  for await (const piece of response.body) pieces.push(piece);
  ok(Buffer.concat(pieces).equals(bytes));
  ok(pieces.every((piece) => piece.length <= 256 << 10));
  await (await registry.fetch(`/v2/a/blobs/${digest}`)).body.cancel();
  const part = await registry.fetch(`/v2/a/blobs/${digest}`, { headers: { Range: "bytes=1-3" } });
  deepStrictEqual([part.status, (await part.arrayBuffer()).byteLength], [206, 3]);
});

test("a target that no URL parser takes is answered", async () => {
  const registry = await made();
  for (const target of ["http://[", "mailto:a", "//[", "/v2/%zz/tags/list", "a b"]) {
    const response = await registry.fetch(target);
    ok(response.status >= 400 && response.status < 500, `${target} ${response.status}`);
    strictEqual((await response.json()).errors.length, 1, target);
  }
  // These the protocol reads, and asks no more of.
  for (const target of ["http://registry.test:99999/v2/", "http://user@registry.test/v2/"]) {
    ok((await registry.fetch(target)).status < 500, target);
  }
  strictEqual((await registry.fetch("//v2/")).status, 404);
  strictEqual((await registry.fetch("/v2/#part")).status, 200);
});

test("a body that was used is told", async () => {
  const registry = await made();
  const request = new Request(`http://registry.test${PUSH}`, { method: "POST", body: "hello" });
  await request.text();
  await rejects(registry.fetch(request), (error) => {
    strictEqual(error.code, "ERR_BODY_USED");
    match(error.hint, /clone\(\)/);
    return true;
  });
});

test("a body that breaks off changes nothing", async () => {
  const registry = await made();
  const broken = () =>
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("hel")),
      pull: (controller) => controller.error(new Error("broken")),
    });
  const response = await registry.fetch(PUSH, { method: "POST", body: broken() });
  deepStrictEqual([response.status, (await response.json()).errors[0].code], [400, "SIZE_INVALID"]);
  const odd = new ReadableStream({ start: (controller) => controller.enqueue({}) });
  strictEqual((await registry.fetch(PUSH, { method: "POST", body: odd })).status, 400);
  deepStrictEqual(registry.repositories(), []);
  strictEqual(registry.stats().bytes, 0);
});

test("a request can be aborted", async () => {
  const registry = await made();
  await rejects(registry.fetch("/v2/", { signal: AbortSignal.abort() }), { name: "AbortError" });
  const controller = new AbortController();
  const never = new ReadableStream({ pull: () => new Promise(() => {}) });
  const asked = registry.fetch(PUSH, { method: "POST", body: never, signal: controller.signal });
  // Held by nobody but the registry.
  const init = { method: "POST", body: new ReadableStream({ pull: () => new Promise(() => {}) }), duplex: "half" };
  const other = new AbortController();
  const request = () => new Request(`http://registry.test${PUSH}`, { ...init, signal: other.signal });
  const askedByRequest = registry.fetch(request());
  setTimeout(() => {
    collectGarbage();
    controller.abort();
    other.abort();
  }, 10);
  await rejects(asked, { name: "AbortError" });
  await rejects(askedByRequest, { name: "AbortError" });
  strictEqual((await registry.fetch("/v2/")).status, 200);
});

test("an early answer does not wait for the body", async () => {
  const registry = await made();
  const never = new ReadableStream({ pull: () => new Promise(() => {}) });
  strictEqual((await registry.fetch("/v2/a/nothing", { method: "PUT", body: never })).status, 404);
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
    cancel: () => void (cancelled = true),
  });
  strictEqual((await registry.fetch("/v2/a/manifests/v1", { method: "PUT", body: endless })).status, 413);
  ok(cancelled);
});

test("fetch is intercepted for some origins, until it is not", async () => {
  const registry = await pushed();
  const former = globalThis.fetch;
  const interception = interceptFetch(registry, ["https://registry.test"]);
  strictEqual(await (await fetch(`https://registry.test${BLOB}`)).text(), "hello");
  strictEqual((await fetch(new Request("https://registry.test/v2/"))).status, 200);
  await rejects(fetch("http://127.0.0.1:1/v2/"));
  interception.restore();
  strictEqual(globalThis.fetch, former);
  throws(() => interceptFetch(registry, ["registry.test"]), { code: "ERR_OPTION" });
});

test("a service worker answers its own", async () => {
  const registry = await pushed();
  const listeners = [];
  globalThis.addEventListener = (type, listener) => listeners.push(listener);
  globalThis.location = { origin: "https://page.test" };
  serveFromServiceWorker(Promise.resolve(registry), { origins: ["https://registry.test"] });
  delete globalThis.addEventListener;
  const ask = (url) => {
    let answer;
    listeners[0]({ request: new Request(url), respondWith: (response) => void (answer = response) });
    return answer;
  };
  strictEqual((await ask(`https://page.test${BLOB}`)).status, 200);
  strictEqual((await ask(`https://registry.test${BLOB}`)).status, 200);
  strictEqual(ask("https://page.test/index.html"), undefined);
  strictEqual(ask("https://elsewhere.test/v2/"), undefined);
  delete globalThis.location;
});

test("matchers say what they looked for", async () => {
  const registry = await pushed();
  const { toHaveReceived, toHaveTag, toHaveBlob } = matchers;
  strictEqual(toHaveReceived(registry, "blob.put").pass, true);
  strictEqual(toHaveReceived(registry, "blob.put", { repository: "b" }).pass, false);
  match(toHaveReceived(registry, "blob.mount").message(), /blob\.put POST/);
  deepStrictEqual([toHaveBlob(registry, HELLO).pass, toHaveTag(registry, "a:v1").pass], [true, false]);
  match(toHaveTag(registry, "a:v1").message(), /no tags/);
});
