// The page of the playground as somebody uses it.

import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { launch as launchBrowser, newContext, serveFiles, skip } from "./site.mjs";

export { skip };

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Checks accessibility. */
export const { AxeBuilder } = createRequire(path("../../pkg-js/package.json"))("@axe-core/playwright");

const SHOTS = path("../../target/screenshots");

/** A browser and the site. `visit()` opens it as somebody who was never there. */
export async function launch(options) {
  const site = await serveFiles(options);
  const browser = await launchBrowser();
  /** Requests to other origins, errors, violations: there are to be none. */
  const outside = [];
  const errors = [];

  const visit = async ({ hash = "", phone = false, theme = "light", init, ...more } = {}) => {
    const { context, strangers } = await newContext(browser, site.origin, {
      viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
      hasTouch: phone,
      colorScheme: theme,
      reducedMotion: "reduce",
      ...more,
    });
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: site.origin });
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
      page.setDefaultTimeout(10_000);
      await page.goto(site.url + at);
      await page.locator(".state-saved").waitFor();
      return page;
    };
    const close = async () => {
      await context.close();
      outside.push(...strangers);
    };
    return { context, open, page: await open(), close };
  };

  const close = async () => {
    await browser.close();
    site.close();
  };
  return { ...site, outside, errors, visit, close };
}

/** Presses the button that loads the demo images, and waits for them. */
export async function loadDemo(page) {
  await page.getByRole("button", { name: /^Load the demo images/ }).click();
  await page.locator(".node-repository").first().waitFor({ state: "attached" });
}

/** Goes to what a hash names. */
export async function go(page, hash) {
  await page.evaluate((hash) => void (location.hash = hash), hash);
  await page.locator(".object:not([aria-busy=true]) .request-bar .status").waitFor();
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

/** Sends what is written, and gives the status line of the answer. */
export async function send(page) {
  await page.getByRole("button", { name: /^Send/ }).first().click();
  await page.locator(".response:not([aria-busy])").locator(".answer-line, .note.warn").first().waitFor();
  return page.locator(".response").locator(".answer-line .status, .note.warn").first().innerText();
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
