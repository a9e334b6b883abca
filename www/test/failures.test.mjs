// What goes wrong: updates, storage that is full, denied, stuck or poisoned, and no service worker at all.

import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { addClient, admin, controlled, direct, kill, launch, newContext, send, serveFiles, skip } from "./beneath.mjs";

const sha256 = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("when things go wrong", { skip }, () => {
  let browser;
  before(async () => (browser = await launch()));
  after(() => browser?.close());

  /** A site, and a page of it with a worker; `before` stands at the head of the worker's script. */
  async function open(t, { before = "", path = "" } = {}) {
    const site = await serveFiles({
      alter: (name, bytes) => (name === "sw.js" ? Buffer.concat([Buffer.from(before), bytes]) : bytes),
    });
    const { context } = await newContext(browser, site.origin);
    t.after(async () => {
      await context.close();
      site.close();
    });
    const page = await context.newPage();
    await page.goto(site.url + path);
    await controlled(page);
    return { site, context, page };
  }

  const pushBlob = async (page, text, name = "demo/app") => {
    const target = `/v2/${name}/blobs/uploads/?digest=${sha256(text)}`;
    const answer = await send(page, "POST", target, { body: text });
    strictEqual(answer.status, 201, answer.text);
  };
  const pull = async (page, text, name = "demo/app") =>
    (await send(page, "GET", `/v2/${name}/blobs/${sha256(text)}`)).status;

  test("an update waits, takes over when it is told to, and loses nothing that is in flight", async (t) => {
    const { site, page } = await open(t);
    await pushBlob(page, "before the update");
    const old = await admin(page, "status");
    const alter = site.alter;
    site.alter = (name, bytes) =>
      name === "sw.js" ? Buffer.concat([bytes, Buffer.from("\n// new\n")]) : alter(name, bytes);
    const length = 20_000_000;
    const seven = sha256(Buffer.alloc(length, 7));
    await page.evaluate(
      async ([digest, length]) => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update();
        while (!registration.waiting) await new Promise((resolve) => setTimeout(resolve, 20));
        const body = new Blob([new Uint8Array(length).fill(7)]);
        globalThis.flying = fetch(`/v2/demo/app/blobs/uploads/?digest=${digest}`, { method: "POST", body });
      },
      [seven, length],
    );
    strictEqual((await admin(page, "status")).instance, old.instance);
    const [status] = await page.evaluate(async () => {
      const { waiting } = await navigator.serviceWorker.ready;
      const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
      const { port2 } = new MessageChannel();
      waiting.postMessage({ kind: "admin", name: "skipWaiting", ask: {} }, [port2]);
      await taken;
      return [(await globalThis.flying).status];
    });
    strictEqual(status, 201);
    notStrictEqual((await admin(page, "status")).instance, old.instance);
    strictEqual(await pull(page, "before the update"), 200);
    strictEqual((await send(page, "HEAD", `/v2/demo/app/blobs/${seven}`)).headers["content-length"], String(length));
    await pushBlob(page, "after the update");
    await page.reload();
    strictEqual(await pull(page, "after the update"), 200);
  });

  test("with a full disk it says so and goes on in memory", async (t) => {
    const { site, context, page } = await open(t);
    // Before the first write: how much room there was is remembered for a while.
    const session = await context.newCDPSession(page);
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize: 3_000_000 });
    await pushBlob(page, "small");
    const large = "x".repeat(5_000_000);
    await pushBlob(page, large);
    const { storage } = await admin(page, "status");
    deepStrictEqual([storage.state, storage.reason], ["memory", "full"]);
    match(storage.sentence, /full/);
    strictEqual(await pull(page, large), 200);
    await pushBlob(page, "another");
    strictEqual(await pull(page, "another"), 200);
    await kill(context, page);
    strictEqual(await pull(page, "small"), 200);
    strictEqual(await pull(page, large), 404);
    strictEqual((await admin(page, "status")).storage.state, "saved");
  });

  for (const [reason, before] of [
    ["denied", 'Object.defineProperty(self, "indexedDB", { get() { throw new Error("denied"); } });\n'],
    [
      "stuck",
      // A request that nobody ever answers.
      "IDBFactory.prototype.open = () => ({});\n",
    ],
  ]) {
    test(`with storage that is ${reason} it says so and works in memory`, async (t) => {
      const { page } = await open(t, { before });
      await pushBlob(page, "kept in memory");
      strictEqual(await pull(page, "kept in memory"), 200);
      const { storage } = await admin(page, "status");
      deepStrictEqual([storage.state, storage.reason], ["memory", reason]);
      await admin(page, "reset");
      strictEqual(await pull(page, "kept in memory"), 404);
      await admin(page, "undo");
      strictEqual(await pull(page, "kept in memory"), 200);
    });
  }

  test("what cannot be read is set aside, can be had as a file, and be thrown away", async (t) => {
    const { site, context, page } = await open(t);
    await addClient(site);
    await pushBlob(page, "old content");
    await page.evaluate(async () => {
      const db = await new Promise((resolve, reject) => {
        const request = indexedDB.open("registrette:/");
        request.onsuccess = () => resolve(request.result);
        request.onerror = reject;
      });
      const tx = db.transaction("rows", "readwrite");
      tx.objectStore("rows").put({ journal: '[{"do":"nonsense"}]', places: [] }, [1, 999]);
      await new Promise((resolve) => (tx.oncomplete = resolve));
      db.close();
    });
    await kill(context, page);
    const { quarantine, stats } = await admin(page, "status");
    match(quarantine.reason, /nonsense/);
    strictEqual(stats.repositories, 0);
    await pushBlob(page, "new content");
    await kill(context, page);
    strictEqual(await pull(page, "new content"), 200);
    const [name, text] = await page.evaluate(async () => {
      const { connect } = await import("/client.js");
      globalThis.connection = await connect();
      const { name, file } = await globalThis.connection.admin("quarantine", { do: "download" });
      return [name, await file.text()];
    });
    match(name, /\.tar$/);
    match(text, /rows\.json/);
    ok(text.includes(Buffer.from("old content").toString("base64")));
    await page.evaluate(() => globalThis.connection.admin("quarantine", { do: "forget" }));
    strictEqual((await admin(page, "status")).quarantine, undefined);
    strictEqual(await pull(page, "new content"), 200);
  });

  test("what could not be read at the start is not written over when the disk is there again", async (t) => {
    const { site, page } = await open(t);
    await addClient(site);
    await pushBlob(page, "old content");
    const plain = site.alter;
    const again = async (alter) => {
      site.alter = alter;
      await page.evaluate(async () => (await navigator.serviceWorker.ready).unregister());
      await page.reload();
      await controlled(page);
    };
    // The first request is never answered, and half a minute passes when somebody asks for it.
    const before = `const opening = IDBFactory.prototype.open, now = Date.now;
      let [opened, later] = [0, 0];
      IDBFactory.prototype.open = function (...args) { return opened++ ? opening.apply(this, args) : {}; };
      Date.now = () => now() + later;
      addEventListener("fetch", ({ request }) => { if (request.url.includes("?later")) later += 31000; });\n`;
    await again((name, bytes) => (name === "sw.js" ? Buffer.concat([Buffer.from(before), bytes]) : bytes));
    await pushBlob(page, "new content");
    strictEqual((await admin(page, "status")).storage.reason, "stuck");
    await send(page, "GET", "/v2/?later");
    await pushBlob(page, "newer content");
    const { storage, quarantine } = await admin(page, "status");
    deepStrictEqual([storage.state, /did not answer/.test(quarantine.reason)], ["saved", true]);
    await again(plain);
    for (const text of ["new content", "newer content"]) strictEqual(await pull(page, text), 200);
    strictEqual(await pull(page, "old content"), 404);
    const text = await page.evaluate(async () => {
      const { connect } = await import("/client.js");
      const { file } = await (await connect()).admin("quarantine", { do: "download" });
      return file.text();
    });
    ok(text.includes(Buffer.from("old content").toString("base64")));
  });

  test("without a service worker the same core runs for one tab, and keeps what it has", async (t) => {
    const site = await serveFiles();
    await addClient(site);
    const { context } = await newContext(browser, site.origin);
    t.after(async () => {
      await context.close();
      site.close();
    });
    await context.addInitScript(() => delete Navigator.prototype.serviceWorker);
    const page = await context.newPage();
    const trial = () =>
      page.evaluate(async () => {
        const { connect } = await import("/client.js");
        const connection = await connect();
        const heard = [];
        connection.listen((event) => heard.push(event.kind));
        const before = await connection.direct({ method: "GET", target: "/v2/_catalog", headers: [] });
        const headers = [];
        const pushed = await connection.direct({ method: "POST", target: "/v2/a/blobs/uploads/", headers });
        const { storage } = await connection.admin("status", {});
        const refused = await connection.fetch({ method: "GET", target: "/v2/", headers }).catch((error) => error.hint);
        const { carrier } = connection;
        for (let tries = 0; new Set(heard).size < 2 && tries < 1000; tries++)
          await new Promise((resolve) => setTimeout(resolve, 20));
        const catalog = new TextDecoder().decode(before.body);
        return {
          carrier,
          catalog,
          status: pushed.status,
          state: storage.state,
          refused,
          heard: [...new Set(heard)].sort(),
        };
      });
    await page.goto(site.url);
    const expected = {
      carrier: "dedicated",
      catalog: '{"repositories":[]}',
      status: 202,
      state: "saved",
      refused: "Send the request direct.",
      heard: ["call", "changed"],
    };
    deepStrictEqual(await trial(), expected);
    await page.reload();
    deepStrictEqual((await trial()).status, 202);
  });

  test("two workers that write at a time see each other's content", async (t) => {
    const { site, page } = await open(t);
    await addClient(site);
    await pushBlob(page, "one");
    const seen = await page.evaluate(async () => {
      const name = (await (await fetch("/")).text(), (await caches.keys())[0]);
      const cache = await caches.open(name);
      const file = (await cache.keys()).map(({ url }) => url).find((url) => url.includes("/worker-"));
      const worker = new Worker(file);
      const ask = (post) =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => resolve(data.value);
          worker.postMessage(post, [port2]);
        });
      const start = (repository) => ({
        kind: "direct",
        request: { method: "POST", target: `/v2/${repository}/blobs/uploads/`, headers: [] },
      });
      const statuses = [];
      for (let round = 0; round < 5; round++) {
        const both = [ask(start("theirs")), fetch("/v2/ours/blobs/uploads/", { method: "POST" })];
        for (const { status } of await Promise.all(both)) statuses.push(status);
      }
      const theirs = await ask({ kind: "admin", name: "status", ask: {} });
      return { statuses, uploads: theirs.stats.uploads };
    });
    deepStrictEqual(seen, { statuses: Array(10).fill(202), uploads: 10 });
    strictEqual((await admin(page, "status")).stats.uploads, 10);
    strictEqual(await pull(page, "one"), 200);
  });

  test("a long journal is written anew, and is the same", async (t) => {
    const { site, context, page } = await open(t);
    // Not on the page itself, which shows each call.
    await page.goto(`${site.url}mode.json`);
    await pushBlob(page, "x".repeat(400_000));
    await pushBlob(page, "small");
    const { headers } = await send(page, "POST", "/v2/demo/app/blobs/uploads/");
    await page.evaluate(async (location) => {
      const send = (request) =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => resolve(data.value.status);
          navigator.serviceWorker.controller.postMessage({ kind: "direct", request }, [port2]);
        });
      for (let at = 0; at < 550; at++) {
        const headers = [["Content-Range", `${at}-${at}`]];
        await send({ method: "PATCH", target: location, headers, body: new Uint8Array([97]) });
      }
    }, headers.location);
    const rows = await page.evaluate(async () => {
      const db = await new Promise((resolve) => {
        const request = indexedDB.open("registrette:/");
        request.onsuccess = () => resolve(request.result);
      });
      const request = db.transaction("rows").objectStore("rows").count();
      const count = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      db.close();
      return count;
    });
    ok(rows < 200, `${rows} rows`);
    await kill(context, page);
    strictEqual((await send(page, "GET", headers.location)).headers.range, "0-549");
    strictEqual(await pull(page, "x".repeat(400_000)), 200);
    strictEqual(await pull(page, "small"), 200);
    const closed = await send(page, "PUT", `${headers.location}?digest=${sha256("a".repeat(550))}`);
    strictEqual(closed.status, 201, closed.text);
    const { status } = await direct(page, { method: "GET", target: "/v2/", headers: [] });
    strictEqual(status, 200);
  });
});
