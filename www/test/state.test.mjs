// What pages change of the registry besides requests: content, faults, settings; and what goes out and in as a whole.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { addClient, admin, controlled, direct, kill, launch, newContext, send, serveFiles, skip } from "./beneath.mjs";

describe("the state of the registry", { skip }, () => {
  let browser;
  let site;
  before(async () => {
    browser = await launch();
    site = await serveFiles();
    await addClient(site);
  });
  after(async () => {
    await browser?.close();
    site?.close();
  });

  /** A page of somebody who was never there, with the demo images. */
  async function open(t, at = site) {
    const { context } = await newContext(browser, at.origin);
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(at.url);
    await controlled(page);
    await page.evaluate(async () => {
      const { connect } = await import("./client.js");
      globalThis.connection = await connect();
      await globalThis.connection.admin("seed", { seeds: "demo" });
    });
    return { context, page };
  }

  const tags = async (page) => {
    const { repositories } = await admin(page, "contents");
    return repositories.map(({ name, tags }) => `${name} ${tags.map((tag) => tag.name)}`);
  };
  const DEMO = ["demo/hello latest,v1,v2", "demo/multi latest"];

  test("the demo images are there, and contents tells what there is", async (t) => {
    const { page } = await open(t);
    await send(page, "POST", "/v2/demo/new/blobs/uploads/");
    const { repositories } = await admin(page, "contents");
    deepStrictEqual(
      repositories.map(({ name, untagged, uploads }) => [name, untagged.length, uploads.length]),
      [
        ["demo/hello", 0, 0],
        ["demo/multi", 5, 0],
        ["demo/new", 0, 1],
      ],
    );
    const { digest } = repositories[1].tags[0];
    const { text } = await send(page, "GET", `/v2/demo/multi/referrers/${digest}`);
    strictEqual(JSON.parse(text).manifests.length, 2);
  });

  test("a reset empties, and can be undone, also by the next worker", async (t) => {
    const { context, page } = await open(t);
    await admin(page, "faults", { rules: [{ do: [{ verb: "delay", time: 1 }] }] });
    for (const between of [async () => {}, () => kill(context, page)]) {
      const { stats, undoUntil, faults } = await admin(page, "reset");
      deepStrictEqual([stats.repositories, stats.blobs, faults.length], [0, 0, 0]);
      ok(undoUntil > Date.now() + 20_000);
      deepStrictEqual(JSON.parse((await send(page, "GET", "/v2/_catalog")).text), { repositories: [] });
      await between();
      const back = await admin(page, "undo");
      deepStrictEqual([back.stats.repositories, back.undoUntil, back.faults.length], [2, undefined, 1]);
      deepStrictEqual(await tags(page), DEMO);
      await rejects(admin(page, "undo"), /too late/);
    }
    await kill(context, page);
    deepStrictEqual(await tags(page), DEMO);
    await admin(page, "reset");
    await kill(context, page);
    deepStrictEqual(await tags(page), []);
  });

  test("faults happen, are told of in the log, outlive the worker, and are cleared", async (t) => {
    const { context, page } = await open(t);
    const manifest = "/v2/demo/hello/manifests/v1";
    const whole = (await send(page, "GET", manifest)).text;
    const set = (...rules) => admin(page, "faults", { rules });
    const match = { operation: "manifest.get" };
    await set({ match, when: { first: 1 }, do: [{ verb: "status", status: 503 }] });
    strictEqual((await send(page, "GET", manifest)).status, 503);
    strictEqual((await send(page, "GET", manifest)).status, 200);
    strictEqual((await admin(page, "faults")).faults[0].hits, 1);
    const row = async () => (await admin(page, "log")).entries.at(-1);
    await set({ match, do: [{ verb: "delay", time: 150 }] });
    await send(page, "GET", manifest);
    const delayed = await row();
    ok(delayed.timing.total >= 150, `${delayed.timing.total} ms`);
    strictEqual(delayed.faults.length, 1);
    for (const [verb, ended] of [
      [{ verb: "truncate", at: 10 }, "cut"],
      [{ verb: "reset", at: 10 }, "reset"],
      [{ verb: "reset" }, "reset"],
    ]) {
      await set({ match, do: [verb] });
      await rejects(send(page, "GET", manifest), /fetch|network/i);
      strictEqual((await row()).answer.ended, ended);
      const seen = await direct(page, { method: "GET", target: manifest, headers: [] });
      deepStrictEqual([seen.ended, seen.body.length], [ended, verb.at ?? 0]);
    }
    await set({ match, do: [{ verb: "corrupt", at: 0 }] });
    ok((await send(page, "GET", manifest)).text !== whole);
    // What the page asks for itself meets no fault and is no row.
    const last = (await row()).id;
    const quiet = await direct(page, { method: "GET", target: manifest, headers: [], quiet: true });
    strictEqual(new TextDecoder().decode(Uint8Array.from(Object.values(quiet.body))), whole);
    strictEqual((await row()).id, last);
    await kill(context, page);
    ok((await send(page, "GET", manifest)).text !== whole);
    await set();
    strictEqual((await send(page, "GET", manifest)).text, whole);
    await rejects(set({ match: { opration: "x" }, do: [{ verb: "hang" }] }), /opration/);
    await rejects(set({ do: [{ verb: "trunkate", at: 1 }] }), /trunkate/);
    strictEqual((await admin(page, "faults")).faults.length, 0);
  });

  test("who may ask is a setting; the challenge leads back to the place that was asked", async (t) => {
    const below = await serveFiles({ base: "/x/" });
    await addClient(below);
    t.after(below.close);
    const { context, page } = await open(t, below);
    const auth = { type: "bearer", users: { ada: "tour" } };
    await admin(page, "settings", { change: { auth } });
    for (const mount of ["", "/x"]) {
      const refused = await send(page, "GET", `${mount}/v2/`);
      strictEqual(refused.status, 401);
      const [, realm] = /realm="([^"]+)"/.exec(refused.headers["www-authenticate"]);
      strictEqual(realm, `${below.origin}${mount}/_token`);
      const given = { headers: { Authorization: `Basic ${btoa("ada:tour")}` } };
      const { text } = await send(page, "GET", `${realm}?service=registrette`, given);
      const { token } = JSON.parse(text);
      await kill(context, page);
      const headers = { Authorization: `Bearer ${token}` };
      strictEqual((await send(page, "GET", `${mount}/v2/`, { headers })).status, 200);
    }
    deepStrictEqual(await tags(page), DEMO);
    const quiet = { method: "GET", target: "/x/v2/demo/hello/tags/list", headers: [], quiet: true };
    strictEqual((await direct(page, quiet)).status, 200);
    await admin(page, "settings", { change: { auth: null } });
    strictEqual((await send(page, "GET", "/v2/")).status, 200);
  });

  test("settings outlive the worker; one that makes no sense changes nothing", async (t) => {
    const { context, page } = await open(t);
    const { profiles } = await admin(page, "profiles");
    ok(profiles.includes("distribution"));
    await admin(page, "settings", { change: { profile: "distribution", deletes: false } });
    await kill(context, page);
    const settings = await admin(page, "settings");
    deepStrictEqual([settings.profile, settings.deletes], ["distribution", false]);
    strictEqual((await send(page, "DELETE", "/v2/demo/hello/manifests/v1")).status, 405);
    match((await send(page, "POST", "/v2/a/blobs/uploads/")).headers.location, /^http:.*\?/);
    await rejects(admin(page, "settings", { change: { profile: "nobody" } }), /nobody/);
    strictEqual((await admin(page, "settings")).profile, "distribution");
    strictEqual((await send(page, "GET", "/v2/")).status, 200);
  });

  test("what is exported and imported elsewhere is the same", async (t) => {
    const { page } = await open(t);
    const before = await admin(page, "contents");
    const after = await page.evaluate(async () => {
      const { file } = await globalThis.connection.admin("export", {});
      await globalThis.connection.admin("reset", {});
      const { references } = await globalThis.connection.admin("import", { file });
      const { repositories } = await globalThis.connection.admin("contents", {});
      return { references, repositories };
    });
    deepStrictEqual(after.repositories, before.repositories);
    deepStrictEqual(after.references.sort(), [
      "demo/hello:latest",
      "demo/hello:v1",
      "demo/hello:v2",
      "demo/multi:latest",
    ]);
    const broken = page.evaluate(() =>
      globalThis.connection.admin("import", { file: new File(["no tar"], "broken.tar") }),
    );
    await rejects(broken, /broken|archive|layout/);
    deepStrictEqual((await admin(page, "contents")).repositories, before.repositories);
  });

  test("a form of another site writes nothing", async (t) => {
    const { context, page } = await open(t);
    const stranger = await context.newPage();
    await stranger.setContent(`<form method="post" action="${site.origin}/v2/demo/hello/blobs/uploads/"></form>`);
    const answered = stranger.waitForResponse(/uploads/);
    await stranger.evaluate(() => document.forms[0].submit());
    strictEqual((await answered).status(), 403);
    strictEqual((await admin(page, "status")).stats.uploads, 0);
  });

  test("an answer that a page would run is inert", async (t) => {
    const { context, page } = await open(t);
    const html = "<script>document.title = 'owned'</script>";
    const put = await send(page, "PUT", "/v2/demo/evil/manifests/v1", {
      headers: { "Content-Type": "text/html" },
      body: html,
    });
    strictEqual(put.status, 201);
    const { headers } = await send(page, "GET", "/v2/demo/evil/manifests/v1");
    strictEqual(headers["x-content-type-options"], "nosniff");
    match(headers["content-security-policy"], /default-src 'none'.*sandbox|sandbox.*default-src 'none'/);
    match(headers["content-disposition"], /^attachment/);
    const tab = await context.newPage();
    await tab.goto(`${site.origin}/v2/demo/evil/manifests/v1`).catch(() => {});
    ok((await tab.title()) !== "owned");
  });
});
