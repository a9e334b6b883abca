// The log: every request of any tab, its parts, and a request taken up again from it.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, counts, holds, launch, rows, send, sees, settle, skip, write } from "./site.mjs";

describe("log", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  test("a request of another tab is there", async () => {
    const { page, open, close } = await site.visit();
    const other = await open();
    await other.evaluate(() => fetch("/v2/other/tags/list").then(() => {}));
    const row = page.locator("table.log tbody tr", { hasText: "/v2/other/tags/list" });
    await sees(row.locator(".marks"), /tab/);
    // It is another tab's.
    await page.getByLabel("this tab only").check();
    await counts(row, 0);
    await close();
  });

  test("rows have what was asked, and how long it took", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(() => fetch("/v2/nowhere/manifests/x", { method: "HEAD" }).then(() => {}));
    const row = page.locator("table.log tbody tr", { hasText: "/v2/nowhere/manifests/x" });
    await sees(row, /^\d+\s+\d\d:\d\d:\d\d\s+HEAD\s+\/v2\/nowhere\/manifests\/x\s+(cold\s+)?404\s+\d+ B\s+[\d.]+ m?s/);
    await row.click();
    const details = page.locator(".details");
    await sees(details.locator(".details-bar"), /404 Not Found/);
    for (const tab of ["Headers", "Body", "Timing"]) {
      await details.getByRole("tab", { name: tab }).click();
      await sees(details.getByRole("tabpanel", { name: tab }), /.{10}/s);
    }
    await close();
  });

  test("a request is edited and sent again", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(() =>
      fetch("/v2/demo/app/blobs/uploads/", { method: "POST", headers: { "X-Mine": "1" }, body: "abc" }).then(() => {}),
    );
    await page.getByText("/v2/demo/app/blobs/uploads/").first().click();
    await page.getByRole("button", { name: "Edit & resend" }).click();
    await holds(page.getByLabel("Method", { exact: true }), "POST");
    await holds(page.getByLabel("Target", { exact: true }), "/v2/demo/app/blobs/uploads/");
    const names = () => page.locator(".header-row .name").evaluateAll((all) => all.map((one) => one.value));
    await becomes(names, (now) => now.includes("x-mine"));
    await page.getByRole("tab", { name: /^Body/ }).first().click();
    await holds(page.getByLabel("Body as text"), "abc");
    await page.getByLabel("Target", { exact: true }).fill("/v2/demo/app/tags/list");
    await page.getByLabel("Method", { exact: true }).fill("PUT");
    match(await send(page), /^40\d/);
    deepStrictEqual((await rows(page))[0].slice(0, 2), ["PUT", "/v2/demo/app/tags/list"]);
    await close();
  });

  test("a filter takes words, statuses and methods; Clear empties", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(async () => {
      await fetch("/v2/");
      await fetch("/v2/nothing/tags/list");
      await fetch("/v2/new/blobs/uploads/", { method: "POST" });
    });
    await page.getByText("/v2/new/blobs/uploads/").first().waitFor();
    const shown = async () => (await rows(page)).map(([method, , status]) => `${method} ${status}`);
    for (const [text, expected] of [
      ["status:4xx", ["GET 404"]],
      ["method:POST", ["POST 202"]],
      ["nothing", ["GET 404"]],
      ["nothing status:2xx", []],
    ]) {
      await page.getByLabel("Filter the log").fill(text);
      await becomes(shown, expected, text);
    }
    await page.getByText("No request fits the filter.").waitFor();
    await page.getByLabel("Filter the log").fill("");
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await becomes(shown, []);
    await close();
  });

  test("500 rows are kept", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(async () => {
      for (let i = 0; i < 26; i++)
        await Promise.all(Array.from({ length: 20 }, (_, j) => fetch(`/v2/r/manifests/${i}-${j}`)));
    });
    await page.getByText("/v2/r/manifests/25-").first().waitFor();
    await settle(page);
    await counts(page.locator("table.log tbody tr"), 500);
    await becomes(() => page.locator("table.log").getAttribute("aria-rowcount"), "501");
    // The oldest is there when one scrolls to it.
    await page.locator("table.log tbody tr").last().scrollIntoViewIfNeeded();
    await page.locator("table.log tbody tr").last().waitFor();
    await close();
  });

  test("pause holds rows back, and loses none", async () => {
    const { page, close } = await site.visit();
    await page.getByLabel("pause").check();
    await page.evaluate(() => fetch("/v2/held/tags/list").then(() => {}));
    await page.getByText("1 held").waitFor();
    await counts(page.locator("table.log tbody tr"), 1);
    await page.getByLabel("pause").uncheck();
    await page.getByText("/v2/held/tags/list").waitFor();
    await close();
  });

  test("arrows go through the rows", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(async () => {
      for (const name of ["a", "b", "c"]) await fetch(`/v2/${name}/tags/list`);
    });
    await page.getByText("/v2/c/tags/list").waitFor();
    await page.locator("table.log tbody tr").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await sees(page.locator(".details-bar code"), /\/v2\/a\/tags\/list/);
    await page.keyboard.press("Escape");
    await counts(page.locator(".details"), 0);
    await close();
  });

  test("what came before is there for a page that comes later", async () => {
    const { page, open, close } = await site.visit();
    await write(page, { target: "/v2/early/tags/list" });
    await send(page);
    const later = await open();
    await later.getByText("/v2/early/tags/list").waitFor();
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
