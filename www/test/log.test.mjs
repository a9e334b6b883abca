// The log: every request of any tab, its parts, and a request taken up again from it.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { launch, rows, send, skip, write } from "./site.mjs";

describe("log", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  test("a request of another tab is there", async () => {
    const { page, open, close } = await site.visit();
    const other = await open();
    await other.evaluate(() => fetch("/v2/other/tags/list").then(() => {}));
    await page.getByText("/v2/other/tags/list").waitFor();
    match(await page.locator("table.log tbody tr").first().locator(".marks").innerText(), /tab/);
    // It is another tab's.
    await page.getByLabel("this tab only").check();
    strictEqual(
      (await rows(page)).some(([, target]) => target === "/v2/other/tags/list"),
      false,
    );
    await close();
  });

  test("rows have what was asked, and how long it took", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(() => fetch("/v2/nowhere/manifests/x", { method: "HEAD" }).then(() => {}));
    await page.getByText("/v2/nowhere/manifests/x").waitFor();
    const row = page.locator("table.log tbody tr").first();
    const text = await row.innerText();
    match(text, /^\d+\s+\d\d:\d\d:\d\d\s+HEAD\s+\/v2\/nowhere\/manifests\/x\s+404\s+\d+ B\s+[\d.]+ ms/);
    await row.click();
    const details = page.locator(".details");
    match(await details.locator(".details-bar").innerText(), /404 Not Found/);
    for (const tab of ["Headers", "Body", "Timing"]) {
      await details.getByRole("tab", { name: tab }).click();
      ok((await details.locator(".tabpanel").innerText()).length > 10, tab);
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
    strictEqual(await page.getByLabel("Method", { exact: true }).inputValue(), "POST");
    strictEqual(await page.getByLabel("Target", { exact: true }).inputValue(), "/v2/demo/app/blobs/uploads/");
    ok((await page.locator(".header-row .name").evaluateAll((all) => all.map((one) => one.value))).includes("x-mine"));
    await page.getByRole("tab", { name: /^Body/ }).first().click();
    strictEqual(await page.getByLabel("Body as text").inputValue(), "abc");
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
    const filtered = async (text) => {
      await page.getByLabel("Filter the log").fill(text);
      return (await rows(page)).map(([method, , status]) => `${method} ${status}`);
    };
    deepStrictEqual(await filtered("status:4xx"), ["GET 404"]);
    deepStrictEqual(await filtered("method:POST"), ["POST 202"]);
    deepStrictEqual(await filtered("nothing"), ["GET 404"]);
    deepStrictEqual(await filtered("nothing status:2xx"), []);
    strictEqual(await page.getByText("No request fits the filter.").count(), 1);
    await filtered("");
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    deepStrictEqual(await rows(page), []);
    await close();
  });

  test("500 rows are kept", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(async () => {
      for (let i = 0; i < 26; i++)
        await Promise.all(Array.from({ length: 20 }, (_, j) => fetch(`/v2/r/manifests/${i}-${j}`)));
    });
    await page.getByText("/v2/r/manifests/25-").first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll("table.log tbody tr").length === 500);
    strictEqual(await page.locator("table.log").getAttribute("aria-rowcount"), "501");
    // The oldest is there when one scrolls to it.
    await page.locator("table.log tbody tr").last().scrollIntoViewIfNeeded();
    ok(await page.locator("table.log tbody tr").last().isVisible());
    await close();
  });

  test("pause holds rows back, and loses none", async () => {
    const { page, close } = await site.visit();
    await page.getByLabel("pause").check();
    await page.evaluate(() => fetch("/v2/held/tags/list").then(() => {}));
    await page.getByText("1 held").waitFor();
    strictEqual((await rows(page)).length, 1);
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
    match(await page.locator(".details-bar code").innerText(), /\/v2\/a\/tags\/list/);
    await page.keyboard.press("Escape");
    strictEqual(await page.locator(".details").count(), 0);
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
