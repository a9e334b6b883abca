// The contents as a tree, and objects whose every digest leads on.

import { deepStrictEqual, ok } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, counts, go, launch, loadDemo, sees, skip } from "./site.mjs";

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
    await becomes(
      () => labels(page),
      (now) => now.includes("demo/multi"),
    );
    await tree(page).getByText("demo/multi").click();
    await page.locator(".object .status").waitFor();
    await page.locator(".node-repository", { hasText: "demo/multi" }).locator(".twist").click();
    await becomes(async () => (await labels(page)).join(" "), /Tags.*Untagged/);
    await page.locator(".node-group", { hasText: "Tags" }).last().locator(".twist").click();
    await page.locator(".node-tag").last().locator(".twist").click();
    await page.locator(".node-referrer").first().waitFor();
    await becomes(async () => (await labels(page)).join(" "), /linux\/amd64/);
    await close();
  });

  test("a push shows at once, an upload too", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(() => fetch("/v2/fresh/thing/blobs/uploads/", { method: "POST" }).then(() => {}));
    await page.locator(".node-repository", { hasText: "fresh/thing" }).waitFor();
    await becomes(
      () => labels(page),
      (now) => now.includes("Uploads"),
    );
    await close();
  });

  test("an index shows its manifests, a manifest its config and layers with bars", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await go(page, "#/v2/demo/multi/manifests/latest");
    await sees(page.locator(".object"), /OCI image index[\s\S]*linux\/arm64[\s\S]*Referrers/);
    await sees(page.locator(".request-bar"), /GET[\s\S]*\/v2\/demo\/multi\/manifests\/latest[\s\S]*200/);
    await page.locator(".object .grid a").first().click();
    await page.getByText("Config and layers").waitFor();
    await becomes(
      () => page.locator(".object .bar").count(),
      (now) => now >= 2,
    );
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
      await sees(page.locator(".request-bar .status"), /^20/, target);
      followed++;
      const found = [];
      const collect = async () => {
        const links = page.locator(".object .tabpanel a");
        found.push(...(await links.evaluateAll((all) => all.map((one) => one.getAttribute("href").slice(1)))));
      };
      await collect();
      for (const name of [/^(Raw JSON|Bytes)/, /^Headers/]) {
        await page.getByRole("tab", { name }).first().click();
        await page.getByRole("tab", { name, selected: true }).first().waitFor();
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
    await becomes(() => page.locator(".json").textContent(), bytes);
    const digests = bytes.match(/sha256:[0-9a-f]{64}/g);
    await counts(page.locator(".json a"), digests.length);
    await counts(page.locator(".json .mark"), digests.length);
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
    await becomes(label, "demo/hello");
    await press("End");
    while ((await label()) !== "demo/multi") await press("ArrowUp");
    // Its tags, then the one tag, then what that holds.
    await press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
    await page.getByRole("treeitem", { name: "linux/amd64" }).first().waitFor();
    await press("ArrowRight");
    await becomes(label, /^linux\//);
    await press("Enter");
    await page.getByText("OCI image manifest").first().waitFor();
    await press("ArrowRight");
    await page
      .getByRole("treeitem", { name: /^config/ })
      .first()
      .waitFor();
    await press("ArrowRight");
    await becomes(label, "config");
    await press("Enter");
    await page.getByText("an image config").waitFor();
    await press("ArrowDown", "Enter");
    await page.getByText("a tar archive").waitFor();
    await counts(page.locator("[role=treeitem][tabindex='0']"), 1);
    await close();
  });

  test("the filter finds repositories and tags", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await page.getByPlaceholder("Filter", { exact: true }).fill("v2");
    await becomes(() => labels(page), ["demo/hello", "Tags", "v2"]);
    await page.getByPlaceholder("Filter", { exact: true }).fill("nowhere");
    await page.getByText("Nothing has this in its name.").waitFor();
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
