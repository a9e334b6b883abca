// Every screen, light and dark, wide and narrow: accessible, nothing cut off; each is left as a picture to look at.

import { deepStrictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { AxeBuilder, becomes, go, holds, launch, loadDemo, send, shot, skip, write } from "./site.mjs";

const tab = (page, name) =>
  page
    .locator(".phone-tabs")
    .getByRole("button", { name: new RegExp(`^${name}`) })
    .click();

/** What is to be seen, by what somebody does to see it. */
const SCREENS = {
  first: async () => {},
  object: async (page) => {
    await loadDemo(page);
    await go(page, "#/v2/demo/multi/manifests/latest");
  },
  request: async (page) => {
    await write(page, {
      method: "PATCH",
      target: "/v2/demo/app/blobs/uploads/1",
      headers: [
        ["Content-Range", "10-19"],
        ["Content-Length", "10"],
      ],
      body: "0123456789",
    });
    await page
      .getByRole("tab", { name: /^Headers/ })
      .first()
      .click();
    await send(page);
  },
  log: async (page, phone) => {
    await loadDemo(page);
    await page.evaluate(async () => {
      for (const path of ["_catalog", "demo/hello/tags/list", "nowhere/tags/list"]) await fetch(`/v2/${path}`);
    });
    await page.locator("table.log", { hasText: "/v2/nowhere/tags/list" }).waitFor({ state: "attached" });
    if (phone) await tab(page, "Log");
    await page.locator("table.log tbody tr").first().click();
    await page.locator(".details").waitFor();
  },
  guide: async (page, phone) => {
    if (phone) await tab(page, "Guides");
    await page.locator(".rail .scenario").nth(3).click();
    await page
      .locator(".guide")
      .getByRole("button", { name: /^Run\b(?! all)/ })
      .click();
    await page.locator(".good-step").waitFor();
  },
  faults: async (page, phone) => {
    if (phone) await tab(page, "Guides");
    await page
      .locator(".rail")
      .getByRole("tab", { name: /^Faults/ })
      .click();
    await page.getByRole("button", { name: "Set this fault" }).click();
    await page.locator(".fault-list li").waitFor();
  },
  behaviour: async (page, phone) => {
    if (phone) await tab(page, "Guides");
    await page.locator(".rail").getByRole("tab", { name: "Behaviour" }).click();
    await page.getByRole("radio", { name: /^Bearer/ }).click();
    await page.getByRole("button", { name: "Ask /v2/" }).waitFor();
  },
  contents: async (page, phone) => {
    await loadDemo(page);
    if (phone) await tab(page, "Contents");
    await page.locator(".node-tag .twist").first().click();
    await page.getByRole("treeitem", { name: /^config/ }).waitFor();
  },
  palette: async (page) => {
    await loadDemo(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("option").first().waitFor();
  },
  storage: async (page) => {
    await loadDemo(page);
    await page.locator(".state").click();
    await page.locator("#storage").waitFor();
  },
  share: async (page) => {
    await page.getByRole("button", { name: "Share a link" }).click();
    await holds(page.getByLabel("Link", { exact: true }), /^http/);
  },
};

/** Two frames later what was asked of the page is on the screen. */
const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

const SMALL = new Set(["behaviour", "palette", "storage", "share"]);

describe("look", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  for (const theme of ["light", "dark"]) {
    for (const phone of [false, true]) {
      const size = phone ? "390x844" : "1440x900";
      for (const [name, act] of Object.entries(SCREENS)) {
        // Of the small ones one picture in each theme is enough.
        if (SMALL.has(name) && phone !== (theme === "dark")) continue;
        test(`${name}, ${theme}, ${size}`, async () => {
          const { page, close } = await site.visit({ theme, phone });
          await act(page, phone);
          await page.evaluate(drawn);
          await shot(page, `${name}-${theme}-${size}`);
          const { violations } = await new AxeBuilder({ page }).analyze();
          const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`);
          deepStrictEqual(said, []);
          const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          await becomes(wide, 0, "the page scrolls sideways");
          await close();
        });
      }
    }
  }

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
