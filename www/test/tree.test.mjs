// The contents as a tree, and objects whose every digest leads on.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { go, launch, loadDemo, skip } from "./site.mjs";

describe("contents", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const tree = (page) => page.getByRole("tree");
  const labels = (page) =>
    page.locator(".node").evaluateAll((all) => all.map((one) => one.querySelector(".label").textContent));

  test("repositories, tags, untagged manifests and referrers stand in a tree", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    ok((await labels(page)).includes("demo/multi"));
    await tree(page).getByText("demo/multi").click();
    await page.locator(".object .status").waitFor();
    await page.locator(".node-repository", { hasText: "demo/multi" }).locator(".twist").click();
    match((await labels(page)).join(" "), /Tags.*Untagged/);
    await page.locator(".node-group", { hasText: "Tags" }).last().locator(".twist").click();
    await page.locator(".node-tag").last().locator(".twist").click();
    await page.locator(".node-referrer").first().waitFor();
    match((await labels(page)).join(" "), /linux\/amd64/);
    await close();
  });

  test("a push shows at once, an upload too", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(() => fetch("/v2/fresh/thing/blobs/uploads/", { method: "POST" }).then(() => {}));
    await page.locator(".node-repository", { hasText: "fresh/thing" }).waitFor();
    ok((await labels(page)).includes("Uploads"));
    await close();
  });

  test("an index shows its manifests, a manifest its config and layers with bars", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await go(page, "#/v2/demo/multi/manifests/latest");
    match(await page.locator(".object").innerText(), /OCI image index[\s\S]*linux\/arm64[\s\S]*Referrers/);
    match(await page.locator(".request-bar").innerText(), /GET[\s\S]*\/v2\/demo\/multi\/manifests\/latest[\s\S]*200/);
    await page.locator(".object .grid a").first().click();
    await page.getByText("Config and layers").waitFor();
    ok((await page.locator(".object .bar").count()) >= 2);
    await page
      .getByRole("row", { name: /^config/ })
      .getByRole("link")
      .click();
    await page.getByText("an image config").waitFor();
    await close();
  });

  test("twenty links from the seed all resolve", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    const seen = new Set();
    const queue = ["/v2/_catalog"];
    let followed = 0;
    while (queue.length > 0 && followed < 40) {
      const target = queue.shift();
      await go(page, `#${target}`);
      const status = await page.locator(".request-bar .status").innerText();
      match(status, /^20/, target);
      followed++;
      const found = [];
      const collect = async () => {
        const links = page.locator(".object .tabpanel a");
        found.push(...(await links.evaluateAll((all) => all.map((one) => one.getAttribute("href").slice(1)))));
      };
      await collect();
      for (const name of [/^(Raw JSON|Bytes)/, /^Headers/]) {
        await page.getByRole("tab", { name }).first().click();
        await collect();
      }
      await page.getByRole("tablist", { name: "Views" }).getByRole("tab").first().click();
      for (const link of found) {
        if (seen.has(link)) continue;
        seen.add(link);
        queue.push(link);
      }
    }
    ok(followed >= 20, `${followed} links`);
    await close();
  });

  test("raw JSON is the bytes, and its digests are links with a mark", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await go(page, "#/v2/demo/hello/manifests/latest");
    await page.getByRole("tab", { name: "Raw JSON" }).click();
    await page.getByRole("button", { name: "As sent" }).click();
    const bytes = await page.evaluate(async () => (await fetch("/v2/demo/hello/manifests/latest")).text());
    strictEqual(await page.locator(".json").evaluate((one) => one.textContent), bytes);
    const digests = bytes.match(/sha256:[0-9a-f]{64}/g);
    strictEqual(await page.locator(".json a").count(), digests.length);
    strictEqual(await page.locator(".json .mark").count(), digests.length);
    await close();
  });

  test("from an index to a layer with the keyboard alone", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const label = () => page.evaluate(() => document.activeElement.querySelector(".label")?.textContent);
    await page.keyboard.press("/");
    await page.keyboard.press("Tab");
    strictEqual(await label(), "demo/hello");
    await press("End");
    while ((await label()) !== "demo/multi") await press("ArrowUp");
    // Its tags, then the one tag, then what that holds.
    await press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
    await page.getByRole("treeitem", { name: "linux/amd64" }).first().waitFor();
    await press("ArrowRight");
    match(await label(), /^linux\//);
    await press("Enter");
    await page.getByText("OCI image manifest").first().waitFor();
    await press("ArrowRight");
    await page
      .getByRole("treeitem", { name: /^config/ })
      .first()
      .waitFor();
    await press("ArrowRight");
    strictEqual(await label(), "config");
    await press("Enter");
    await page.getByText("an image config").waitFor();
    await press("ArrowDown", "Enter");
    await page.getByText("a tar archive").waitFor();
    strictEqual(await page.locator("[role=treeitem][tabindex='0']").count(), 1);
    await close();
  });

  test("the filter finds repositories and tags", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await page.getByPlaceholder("Filter", { exact: true }).fill("v2");
    deepStrictEqual(await labels(page), ["demo/hello", "Tags", "v2"]);
    await page.getByPlaceholder("Filter", { exact: true }).fill("nowhere");
    await page.getByText("Nothing has this in its name.").waitFor();
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
