// At the width of a phone: one column, tabs at the bottom, room for a thumb.

import { deepStrictEqual, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, go, holds, launch, loadDemo, send, sees, skip, write } from "./site.mjs";

describe("phone", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const tab = (page, name) =>
    page
      .locator(".phone-tabs")
      .getByRole("button", { name: new RegExp(`^${name}`) })
      .click();

  /** What can be pressed and is too small, and text that is cut off. Links within text are as high as it is. */
  const misfits = (page) =>
    page.evaluate(() => {
      const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
      const name = (one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 20)}`;
      const all = [
        ...document.querySelectorAll("button, select, input, textarea, [role=treeitem], table.log tbody tr"),
      ];
      const small = all
        .filter((one) => seen(one) && !one.matches("[type=checkbox], [type=radio], [type=file]"))
        .filter((one) => one.getBoundingClientRect().height < 43.5)
        .map((one) => `small: ${name(one)}`);
      const ticks = [...document.querySelectorAll("label.check")]
        .filter((one) => seen(one) && one.textContent && one.getBoundingClientRect().height < 43.5)
        .map((one) => `small: ${name(one)}`);
      const cut = [...document.querySelectorAll("button, h1, h2, .tabs button, p")]
        .filter((one) => seen(one) && !one.closest(".hidden") && !one.matches(".hidden"))
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
        .map((one) => `cut: ${name(one)}`);
      const wide = document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [];
      return [...small, ...ticks, ...cut, ...wide];
    });

  const fits = (page, about) => becomes(() => misfits(page), [], about);

  test("every tab fits, and what is pressed is 44 high", async () => {
    const { page, close } = await site.visit({ phone: true });
    await fits(page);
    await loadDemo(page);
    for (const name of ["Contents", "Log", "Guides"]) {
      await tab(page, name);
      await fits(page, name);
    }
    for (const name of [/^Faults/, "Behaviour"]) {
      await page.locator(".rail").getByRole("tab", { name }).click();
      await fits(page, String(name));
    }
    await tab(page, "Request");
    await go(page, "#/v2/demo/hello/manifests/latest");
    await fits(page, "object");
    await close();
  });

  test("a request is written and sent, its row opened and sent again", async () => {
    const { page, close } = await site.visit({ phone: true });
    await write(page, { method: "POST", target: "/v2/demo/app/blobs/uploads/", headers: [["X-Mine", "1"]] });
    strictEqual(await send(page), "202 Accepted");
    await fits(page);
    await tab(page, "Log");
    await page.locator("table.log tbody tr").first().click();
    await sees(page.locator(".details-bar"), /202 Accepted/);
    await fits(page);
    await page.getByRole("button", { name: "Edit & resend" }).click();
    await holds(page.getByLabel("Target", { exact: true }), "/v2/demo/app/blobs/uploads/");
    const sizes = await page
      .locator(".builder input:not([type=checkbox])")
      .evaluateAll((all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize)));
    // Smaller ones make a phone zoom in.
    strictEqual(
      sizes.every((size) => size >= 16),
      true,
    );
    await close();
  });

  test("a scenario is walked through", async () => {
    const { page, close } = await site.visit({ phone: true });
    await tab(page, "Guides");
    await page.locator(".rail .scenario").first().click();
    await page
      .locator(".guide")
      .getByRole("button", { name: /^Run\b(?! all)/ })
      .click();
    await page.locator(".good-step").first().waitFor();
    await fits(page);
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
