// The playground beside a registry that is served: by Node and by the native command alike.

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, newContext, skip } from "./beneath.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? path("../../target");
const NATIVE = ["debug", "release"].map((profile) => `${TARGET}/${profile}/registrette`).find(existsSync);
const UI = path("../dist");

const sha256 = (text) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const running = new Set();
after(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a program and gives the URL that it listens on. */
async function started(program, args, env = {}) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...env } });
  running.add(child);
  for await (const line of createInterface({ input: child.stdout })) return line.replace("listening on ", "");
  throw new Error(`${program} ended`);
}

const SERVERS = {
  "npm start": {
    start: () =>
      started(process.execPath, [path("../../pkg-js/scripts/start.mjs")], { REGISTRETTE_ADDR: "127.0.0.1:0" }),
    missing: false,
  },
  "registrette serve --ui": {
    start: () => started(NATIVE, ["serve", "--addr", "127.0.0.1:0", `--ui=${UI}`, "--exit-with-parent"]),
    missing: !process.env.CI && !NATIVE && "the native command is not built: cargo build --features cli",
  },
};

for (const [name, { start, missing }] of Object.entries(SERVERS)) {
  describe(name, { skip: missing }, () => {
    let url;
    before(async () => (url = await start()));

    test("the page has headers that let it run nothing but itself", async () => {
      const page = await fetch(`${url}/ui/`);
      strictEqual(page.status, 200);
      strictEqual(page.headers.get("content-type"), "text/html");
      strictEqual(page.headers.get("cache-control"), "no-cache");
      const policy = page.headers.get("content-security-policy");
      match(policy, /default-src 'self'; script-src 'self' 'wasm-unsafe-eval'/);
      match(policy, /frame-ancestors 'none'/);
      strictEqual(page.headers.get("x-content-type-options"), "nosniff");
      strictEqual(page.headers.get("referrer-policy"), "no-referrer");
      const html = await page.text();
      const [, inner] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html);
      strictEqual(`${inner}; frame-ancestors 'none'`, policy);
      const [, app] = /src="(app-[^"]+)"/.exec(html);
      const script = await fetch(`${url}/ui/${app}`);
      strictEqual(script.headers.get("content-type"), "text/javascript");
      match(script.headers.get("cache-control"), /immutable/);
      deepStrictEqual(await (await fetch(`${url}/ui/mode.json`)).json(), { mode: "server" });
      match(await (await fetch(`${url}/`)).text(), /href="\/ui\/"/);
    });

    test("what is no file of it is not served", async () => {
      const status = async (target, init) => (await fetch(url + target, { redirect: "manual", ...init })).status;
      deepStrictEqual(
        [
          await status("/ui"),
          await status("/ui/nothing.js"),
          await status("/ui/..%2f..%2fCargo.toml"),
          await status("/ui/", { method: "POST" }),
          await status("/ui/", { method: "HEAD" }),
        ],
        [308, 404, 404, 405, 200],
      );
      const foreign = await new Promise((resolve, reject) => {
        const headers = { host: "evil.example" };
        request(`${url}/ui/`, { headers }, (response) => resolve(response.statusCode))
          .on("error", reject)
          .end();
      });
      strictEqual(foreign, 421);
    });

    test("calls can be looked at, and nothing be changed", async () => {
      strictEqual((await fetch(`${url}/_control/calls?last=1`)).status, 200);
      const init = { method: "POST", headers: { "Registrette-Control": "1" } };
      const refused = await fetch(`${url}/_control/reset`, init);
      strictEqual(refused.status, 403);
      match((await refused.json()).error, /--control/);
    });

    describe("in a page", { skip }, () => {
      let browser;
      before(async () => (browser = await launch()));
      after(() => browser?.close());

      test("a push shows while the page is open", async (t) => {
        const { context, strangers } = await newContext(browser, url);
        t.after(() => context.close());
        const page = await context.newPage();
        const following = page.waitForResponse(/calls\?follow/);
        await page.goto(`${url}/ui/`);
        await page.locator("table.log").waitFor({ state: "attached" });
        await following;
        const target = `/v2/pushed/now/blobs/uploads/?digest=${sha256("hello")}`;
        strictEqual((await fetch(url + target, { method: "POST", body: "hello" })).status, 201);
        await page.locator("table.log").getByText(target.split("?")[0]).waitFor();
        const worker = await page.evaluate(() =>
          navigator.serviceWorker.getRegistration().then((found) => found?.scope),
        );
        strictEqual(worker, undefined);
        deepStrictEqual(strangers, []);
      });

      test("the registry in the browser is below /ui/ alone, and the server's stays the server's", async (t) => {
        const { context } = await newContext(browser, url);
        t.after(() => context.close());
        const page = await context.newPage();
        await page.goto(`${url}/ui/`);
        await page.evaluate(() => localStorage.setItem("registrette:mode", "browser"));
        await page.reload();
        await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
        const seen = await page.evaluate(async (digest) => {
          const init = { method: "POST", body: new Blob(["mine"]) };
          const pushed = await fetch(`/ui/v2/mine/blobs/uploads/?digest=${digest}`, init);
          const here = await (await fetch("/ui/v2/_catalog")).json();
          const there = await (await fetch("/v2/_catalog")).json();
          return [pushed.status, here.repositories, there.repositories.includes("mine")];
        }, sha256("mine"));
        deepStrictEqual(seen, [201, ["mine"], false]);
      });
    });
  });
}

test(
  "without a playground --ui ends in a sentence that says how to build it",
  { skip: !NATIVE && "no native command" },
  () => {
    const { status, stderr } = spawnSync(NATIVE, ["serve", "--ui=/no/such/folder"], { encoding: "utf8" });
    strictEqual(status, 2);
    match(stderr, /npm run build --prefix pkg-js/);
  },
);
