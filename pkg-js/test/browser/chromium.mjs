// A page in the system's Chromium that has the built package, and nothing else.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";

import { chromium } from "playwright-core";

/** Where distributions and installers put it; CHROMIUM names another. */
const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

export const PLACE = PLACES.find((path) => path && existsSync(path));

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

/** What is served besides the package's own files. */
const OWN = {
  "/": "<!doctype html><title>registrette</title>",
  "/worker.js": `
    import { createRegistry } from "/dist/index.js";
    import { serveFromServiceWorker } from "/dist/service-worker.js";
    addEventListener("install", () => skipWaiting());
    addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    globalThis.registry = createRegistry({ clock: "virtual", seed: { ref: "demo/app:v1", image: {} } });
    serveFromServiceWorker(globalThis.registry, { origins: ["https://registry.test"] });
  `,
};

/** The browser alone. */
export function launch() {
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: PLACE, args });
}

/** Opens such a page; `close()` ends all of it. */
export async function open() {
  const server = createServer((req, res) => {
    const path = new URL(req.url, "http://localhost").pathname;
    const file = new URL(`../..${path}`, import.meta.url);
    const isDist = /^\/dist\/[\w.-]+$/.test(path) && existsSync(file);
    if (!isDist && OWN[path] === undefined) return void res.writeHead(404).end();
    res.writeHead(200, { "content-type": TYPES[extname(path)] ?? TYPES[".html"] });
    res.end(isDist ? readFileSync(file) : OWN[path]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.evaluate(async () => {
    globalThis.registrette = await import("/dist/index.js");
  });
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  return { page, close };
}
