// The built playground on a server that only serves files, and a Chromium to open it in.

import { createServer } from "node:http";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { PLACE } from "../../pkg-js/test/browser/chromium.mjs";

export { PLACE };

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const DIST = path("../dist");

// Where everything has to be there, its absence is a failure.
export const skip = PLACE === undefined && !process.env.CI && "there is no Chromium; CHROMIUM can name one";

const TYPES = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".html": "text/html",
  ".css": "text/css",
  ".json": "application/json",
};

/** Serves `www/dist/` below `base`. `asked` lists the paths that reached it; `alter` rewrites a file on its way. */
export async function serveFiles({ base = "/", alter = (_name, bytes) => bytes } = {}) {
  const asked = [];
  /** Files that are not of the site, by name. */
  const more = new Map();
  const site = { alter, asked, more };
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url, "http://localhost");
    asked.push(`${req.method} ${pathname}`);
    const name = pathname.startsWith(base) ? pathname.slice(base.length) || "index.html" : "";
    const file = `${DIST}/${name}`;
    const extra = more.get(name);
    if (extra) return void res.writeHead(200, { "content-type": TYPES[extname(name)] }).end(extra);
    if (!/^[\w.-]+$/.test(name) || !existsSync(file)) return void res.writeHead(404).end("not found");
    res.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream" });
    res.end(site.alter(name, readFileSync(file)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.origin = `http://localhost:${server.address().port}`;
  site.url = site.origin + base;
  site.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return site;
}

/** The page's end of the protocol as a module of a site, `client.js`: it exports `connect`. */
export async function addClient(site) {
  const { build } = createRequire(path("../../pkg-js/package.json"))("esbuild");
  const named = (pattern) => JSON.stringify(readdirSync(DIST).find((name) => pattern.test(name)));
  const { outputFiles } = await build({
    entryPoints: [path("../src/client/connect.ts")],
    bundle: true,
    write: false,
    format: "esm",
    define: { __WORKER__: named(/^worker-/), __IMAGES__: named(/^images-/) },
  });
  site.more.set("client.js", outputFiles[0].contents);
}

/** A Chromium of the system. */
export async function launch() {
  const { chromium } = createRequire(path("../../pkg-js/package.json"))("playwright-core");
  return chromium.launch({ executablePath: PLACE, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** A context in which nothing leaves the origin: what would is listed and fails. */
export async function newContext(browser, origin, options = {}) {
  const context = await browser.newContext(options);
  const strangers = [];
  await context.route(
    (url) => url.origin !== origin && !/^(data|blob|about):$/.test(url.protocol),
    (route) => {
      strangers.push(route.request().url());
      return route.abort();
    },
  );
  return { context, strangers };
}

/** Asks the worker of a page something, past the page's own code. */
export async function admin(page, name, ask = {}) {
  return page.evaluate(
    async ([name, ask]) => {
      const registration = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      const reply = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
      const worker = navigator.serviceWorker.controller ?? registration.active;
      worker.postMessage({ kind: "admin", name, ask }, [port2]);
      const { ok, value, error } = await reply;
      if (!ok) throw new Error(error.message);
      return value;
    },
    [name, ask],
  );
}

/** Waits until a worker controls the page. */
export const controlled = (page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

/** Sends a request by the page's `fetch`. */
export async function send(page, method, target, { headers = {}, body } = {}) {
  return page.evaluate(
    async ([method, target, headers, body]) => {
      const response = await fetch(target, { method, headers, ...(body !== undefined && { body: new Blob([body]) }) });
      const { status } = response;
      return { status, headers: Object.fromEntries(response.headers), text: await response.text() };
    },
    [method, target, headers, body],
  );
}

/** Sends a request past `fetch`. */
export async function direct(page, request) {
  return page.evaluate(async (request) => {
    const { port1, port2 } = new MessageChannel();
    const reply = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    const body = request.body === undefined ? {} : { body: new TextEncoder().encode(request.body) };
    navigator.serviceWorker.controller.postMessage({ kind: "direct", request: { ...request, ...body } }, [port2]);
    const { ok, value, error } = await reply;
    if (!ok) throw new Error(error.message);
    return value;
  }, request);
}

/** Ends all service workers, as a browser does with idle ones, and waits until the next one answers. */
export async function kill(context, page) {
  const before = (await admin(page, "status")).instance;
  const session = await context.newCDPSession(page);
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  for (;;) {
    // What is asked of a worker that ends just then may never be answered.
    const asked = admin(page, "status");
    asked.catch(() => {});
    const status = await Promise.race([asked, setTimeout(2000)]);
    if (status !== undefined && status.instance !== before) return session.detach();
  }
}
