// The built playground in the system's Chromium, from a static server of its own.

import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { PLACE } from "../../pkg-js/test/browser/chromium.mjs";
import { PATIENCE, becomes } from "./waits.mjs";

export * from "./waits.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const require = createRequire(path("../../pkg-js/package.json"));

export const DIST = path("../dist");
export const SHOTS = path("../../target/screenshots");

const isBuilt = existsSync(`${DIST}/index.html`);
// Where everything has to be there, its absence is a failure.
export const skip =
  !process.env.CI &&
  (!PLACE ? "there is no Chromium" : !isBuilt && "www/dist is not built: npm run build --prefix pkg-js");

export const { AxeBuilder } = require("@axe-core/playwright");

const TYPES = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".html": "text/html",
};

/** Serves `www/dist/` below a path, and remembers what it was asked. */
async function serve(below) {
  const asked = [];
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url, "http://localhost");
    asked.push(pathname);
    const name = pathname.startsWith(below) ? pathname.slice(below.length) || "index.html" : "";
    const file = `${DIST}/${name}`;
    if (!/^[\w.-]+$/.test(name) || !existsSync(file)) return void res.writeHead(404).end("not here");
    res.writeHead(200, { "content-type": TYPES[extname(file)], "cache-control": "no-cache" });
    res.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, asked, origin: `http://127.0.0.1:${server.address().port}` };
}

/** A browser and the site. `visit()` opens it as somebody who was never there. */
export async function launch({ below = "/" } = {}) {
  const { chromium } = require("playwright-core");
  const { server, asked, origin } = await serve(below);
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: PLACE, args });
  /** Requests to other origins, errors, violations: there are to be none. */
  const outside = [];
  const errors = [];

  const visit = async ({ hash = "", phone = false, theme = "light", init, ...options } = {}) => {
    const context = await browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
      hasTouch: phone,
      colorScheme: theme,
      reducedMotion: "reduce",
      ...options,
    });
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && url.origin !== origin) outside.push(url.href);
    });
    if (init) await context.addInitScript(init);
    await context.addInitScript(() =>
      addEventListener("securitypolicyviolation", (event) => console.error(`CSP ${event.violatedDirective}`)),
    );
    const open = async (at = hash) => {
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !/status of \d+|net::ERR/.test(message.text())) errors.push(message.text());
      });
      page.setDefaultTimeout(PATIENCE);
      await page.goto(`${origin}${below}${at}`);
      await ready(page);
      return page;
    };
    return { context, open, page: await open(), close: () => context.close() };
  };

  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  return { origin, asked, outside, errors, visit, close };
}

/** Waits until a page has its registry, and what it asks of it by itself has been answered and is shown. */
export async function ready(page) {
  await page.locator(".state-saved").waitFor();
  if (new URL(page.url()).hash === "") await page.locator(".first .status").waitFor();
  await page.locator("table.log tbody tr").first().waitFor({ state: "attached" });
}

let settled = 0;

/** What was to happen has happened: a request that is sent now is in the log, in the order of all of them. Gives its target. */
export async function settle(page) {
  settled += 1;
  const target = `/v2/settled/${settled}/tags/list`;
  await page.evaluate((target) => fetch(target).then(() => {}), target);
  await page.locator("table.log", { hasText: target }).waitFor({ state: "attached" });
  return target;
}

/** Presses the button that loads the demo images, and waits until the page says that they are there. */
export async function loadDemo(page) {
  await page.getByRole("button", { name: /^Load the demo images/ }).click();
  await page.getByText(/^The demo images are there/).waitFor({ state: "attached" });
  await page.locator(".node-repository", { hasText: "demo/multi" }).waitFor({ state: "attached" });
}

/** Goes to what a hash names, and waits for that. */
export async function go(page, hash) {
  await page.evaluate((hash) => void (location.hash = hash), hash);
  const target = page.locator(`code[title=${JSON.stringify(decodeURI(hash.slice(1)))}]`);
  const bar = page.locator(".object:not([aria-busy=true]) .request-bar", { has: target });
  await bar.locator(".status").waitFor();
}

/** Opens the builder with a request in it. */
export async function write(page, { method = "GET", target, headers = [], body, via }) {
  if (!(await page.locator(".request-line").isVisible())) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search or run" }).fill("Write a request");
    await page.keyboard.press("Enter");
  }
  await page.getByLabel("Method", { exact: true }).fill(method);
  await page.getByLabel("Target", { exact: true }).fill(target);
  if (via) await page.getByLabel("Sent by").selectOption(via);
  const draft = page.getByRole("tablist", { name: "Parts of the request" }).first();
  await draft.getByRole("tab", { name: /^Headers/ }).click();
  while (await page.locator(".header-row").count()) await page.locator(".header-row .bare").first().click();
  for (const [name, value] of headers) {
    await page.getByRole("button", { name: "+ header" }).click();
    const row = page.locator(".header-row").last();
    await row.locator(".name").fill(name);
    await row.locator(".value").fill(value);
  }
  if (body !== undefined) {
    await draft.getByRole("tab", { name: /^Body/ }).click();
    await page.getByRole("button", { name: "Text", exact: true }).click();
    await page.getByLabel("Body as text").fill(body);
  }
}

/** Sends what is written, and gives the status line of the answer, whose row is there then. */
export async function send(page) {
  const ids = () => page.locator("table.log tbody tr").evaluateAll((all) => all.map((row) => row.dataset.id));
  const before = await ids();
  await page.getByRole("button", { name: /^Send/ }).first().click();
  const answer = page.locator(".response:not([aria-busy])");
  await answer.locator(".answer-line, .note.warn").first().waitFor();
  if (await answer.locator(".answer-line").count())
    await becomes(ids, (now) => now.some((id) => !before.includes(id)), "a row of the log for what was sent");
  return answer.locator(".answer-line .status, .note.warn").first().innerText();
}

/** The rows of the log, newest first: method, target, status. */
export const rows = (page) =>
  page
    .locator("table.log tbody tr")
    .evaluateAll((all) =>
      all.map((row) => [".method", ".target code", ".status"].map((part) => row.querySelector(part).textContent)),
    );

export function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  return page.screenshot({ path: `${SHOTS}/${name}.png` });
}
