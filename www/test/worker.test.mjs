// The registry in a service worker: it answers without a server, and what was pushed is there whatever happens to it.

import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { admin, controlled, kill, launch, newContext, send, serveFiles, skip } from "./beneath.mjs";

const sha256 = (text) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const EMPTY = "{}";
const TYPE = "application/vnd.oci.image.manifest.v1+json";
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: TYPE,
  config: { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256(EMPTY), size: 2 },
  layers: [],
});

/** Pushes an image of no layers. */
async function push(page, name, tag) {
  const started = await send(page, "POST", `/v2/${name}/blobs/uploads/?digest=${sha256(EMPTY)}`, { body: EMPTY });
  strictEqual(started.status, 201, started.text);
  const headers = { "Content-Type": TYPE };
  const put = await send(page, "PUT", `/v2/${name}/manifests/${tag}`, { headers, body: MANIFEST });
  strictEqual(put.status, 201, put.text);
}

const digestOf = async (page, name, tag) =>
  (await send(page, "HEAD", `/v2/${name}/manifests/${tag}`)).headers["docker-content-digest"];

describe("the registry in a service worker", { skip }, () => {
  let browser;
  let site;
  before(async () => {
    browser = await launch();
    site = await serveFiles();
  });
  after(async () => {
    await browser?.close();
    site?.close();
  });

  /** A page in a context of its own, with a worker. */
  async function open(t, url = site.url) {
    const { context, strangers } = await newContext(browser, new URL(url).origin);
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    await controlled(page);
    return { context, page, strangers };
  }

  test("on the first visit /v2/ is answered, and no server hears of it", async (t) => {
    const { context, page, strangers } = await open(t);
    const answer = await send(page, "GET", "/v2/");
    strictEqual(answer.status, 200);
    strictEqual(answer.headers["docker-distribution-api-version"], "registry/2.0");
    const tab = await context.newPage();
    const shown = await tab.goto(`${site.origin}/v2/_catalog`);
    deepStrictEqual(await shown.json(), { repositories: [] });
    deepStrictEqual(
      site.asked.filter((line) => line.includes("/v2/")),
      [],
    );
    deepStrictEqual(strangers, []);
  });

  test("an image and an open upload outlive the worker, a reload and a hard reload", async (t) => {
    const { context, page } = await open(t);
    await push(page, "demo/app", "latest");
    const trials = {
      kill: () => kill(context, page),
      reload: () => page.reload(),
      "hard reload": async () => {
        const session = await context.newCDPSession(page);
        await session.send("Page.reload", { ignoreCache: true });
        await page.waitForLoadState();
        await session.detach();
      },
    };
    for (const [name, trial] of Object.entries(trials)) {
      const started = await send(page, "POST", "/v2/demo/app/blobs/uploads/");
      let { location } = started.headers;
      for (const [range, body] of [
        ["0-4", "hello"],
        ["5-5", " "],
      ]) {
        const headers = { "Content-Range": range };
        const patched = await send(page, "PATCH", location, { headers, body });
        strictEqual(patched.status, 202, patched.text);
        ({ location } = patched.headers);
      }
      await trial();
      await controlled(page);
      strictEqual(await digestOf(page, "demo/app", "latest"), sha256(MANIFEST), name);
      const status = await send(page, "GET", location);
      strictEqual(`${status.status} ${status.headers.range}`, "204 0-5", name);
      const patched = await send(page, "PATCH", location, { headers: { "Content-Range": "6-10" }, body: "world" });
      strictEqual(patched.status, 202, patched.text);
      const closed = await send(page, "PUT", `${patched.headers.location}?digest=${sha256("hello world")}`);
      strictEqual(closed.status, 201, closed.text);
      strictEqual((await send(page, "GET", `/v2/demo/app/blobs/${sha256("hello world")}`)).text, "hello world");
      await send(page, "DELETE", `/v2/demo/app/blobs/${sha256("hello world")}`);
    }
  });

  test("two tabs see the same, and the log tells both", async (t) => {
    const { context, page } = await open(t);
    const other = await context.newPage();
    await other.goto(site.url);
    await controlled(other);
    await push(page, "demo/app", "v1");
    strictEqual(await digestOf(other, "demo/app", "v1"), sha256(MANIFEST));
    const { entries } = await admin(other, "log");
    const put = entries.find(
      ({ request }) => request.target === "/v2/demo/app/manifests/v1" && request.method === "PUT",
    );
    strictEqual(put.operation, "manifest.put");
    strictEqual(put.repository, "demo/app");
    strictEqual(put.answer.status, 201);
    strictEqual(put.via, "fetch");
    notStrictEqual(put.timing.save, undefined);
    const [one, two] = [await admin(page, "status"), await admin(other, "status")];
    strictEqual(one.instance, two.instance);
    notStrictEqual(one.client, two.client);
    strictEqual(put.client, one.client);
  });

  test("of a page below a path both places answer, and links lead back to the place that was asked", async (t) => {
    const site = await serveFiles({ base: "/play/ground/" });
    t.after(site.close);
    const { page } = await open(t, site.url);
    for (const mount of ["", "/play/ground"]) {
      const started = await send(page, "POST", `${mount}/v2/demo/app/blobs/uploads/`);
      strictEqual(started.status, 202);
      ok(started.headers.location.startsWith(`${mount}/v2/demo/app/blobs/uploads/`), started.headers.location);
      strictEqual((await send(page, "GET", started.headers.location)).status, 204);
    }
    await push(page, "a", "v1");
    await push(page, "b", "v1");
    const paged = await send(page, "GET", "/play/ground/v2/_catalog?n=1");
    match(paged.headers.link, /^<\/play\/ground\/v2\/_catalog\?/);
    deepStrictEqual((await admin(page, "status")).mounts, ["/play/ground", ""]);
    deepStrictEqual(
      site.asked.filter((line) => line.includes("/v2/")),
      [],
    );
  });

  test("without a network the page and the registry are there", async (t) => {
    const site = await serveFiles();
    const { context, page, strangers } = await open(t, site.url);
    await push(page, "demo/app", "v1");
    site.close();
    await context.setOffline(true);
    await page.reload();
    await controlled(page);
    strictEqual(await page.title(), "registrette");
    strictEqual(await digestOf(page, "demo/app", "v1"), sha256(MANIFEST));
    await kill(context, page);
    strictEqual(await digestOf(page, "demo/app", "v1"), sha256(MANIFEST));
    deepStrictEqual(strangers, []);
  });
});
