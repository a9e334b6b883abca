// What the registry holds, and emptying it with a way back.

import { deepStrictEqual, match } from "node:assert";
import { after, before, describe, test } from "node:test";

import { counts, launch, loadDemo, ready, sees, settle, skip } from "./site.mjs";

describe("storage", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const catalog = (page) => page.evaluate(async () => (await (await fetch("/v2/_catalog")).json()).repositories);

  test("the meter shows objects, bytes, and that they are saved", async () => {
    const { page, close } = await site.visit();
    await sees(page.locator(".state"), /0 repos[\s\S]*0 B[\s\S]*Saved/);
    await loadDemo(page);
    await page.locator(".state", { hasText: /[1-9] repos/ }).waitFor();
    await page.locator(".state").click();
    const text = await sees(
      page.locator("#storage"),
      /Repositories\s+[1-9][\s\S]*Manifests\s+[1-9][\s\S]*Blobs\s+[1-9][\s\S]*Content\s+[\d.]+ KB/,
    );
    match(text, /Saved in this browser/);
    await counts(page.getByRole("meter"), 1);
    await close();
  });

  test("Reset asks once and empties; Undo brings all of it back", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    const before = await catalog(page);
    await page.locator(".state").click();
    await page.getByRole("button", { name: "Reset the registry" }).first().click();
    const ask = page.getByRole("dialog");
    await ask.getByRole("button", { name: "Keep it" }).click();
    await settle(page);
    deepStrictEqual(await catalog(page), before);
    await page.locator(".state").click();
    await page.getByRole("button", { name: "Reset the registry" }).first().click();
    await ask.getByRole("button", { name: "Reset", exact: true }).click();
    await page.getByText("The registry is empty.").first().waitFor();
    deepStrictEqual(await catalog(page), []);
    await counts(page.locator(".node"), 0);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator(".node-repository").first().waitFor();
    deepStrictEqual(await catalog(page), before);
    await counts(page.getByRole("button", { name: "Undo" }), 0);
    await close();
  });

  test("the first screen is a real answer; then the demo images are there after a reload, too", async () => {
    const { page, close } = await site.visit();
    await sees(page.locator(".first"), /GET[\s\S]*200 OK[\s\S]*docker-distribution-api-version/i);
    await loadDemo(page);
    const before = await catalog(page);
    await page.reload();
    await ready(page);
    await page.locator(".node-repository").first().waitFor();
    deepStrictEqual(await catalog(page), before);
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
