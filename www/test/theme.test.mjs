// Light and dark, keys, and that nothing moves while the page comes up.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, counts, holds, launch, loadDemo, ready, sees, skip, write } from "./site.mjs";

describe("theme and keys", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  const theme = (page) => page.evaluate(() => document.documentElement.dataset.theme);

  test("the system's theme holds, a choice is kept, and is there before the first paint", async () => {
    const { page, context, close } = await site.visit({ theme: "dark" });
    const dark = await background(page);
    await page.emulateMedia({ colorScheme: "light" });
    await becomes(
      () => background(page),
      (now) => now !== dark,
    );
    await page.getByRole("button", { name: /^Theme: system/ }).click();
    await page.getByRole("button", { name: /^Theme: light/ }).click();
    await becomes(() => background(page), dark);
    // What holds when the body is first there.
    await context.addInitScript(() => {
      new MutationObserver(() => {
        if (document.body) globalThis.first ??= document.documentElement.dataset.theme;
      }).observe(document, { childList: true, subtree: true });
    });
    await page.reload();
    await ready(page);
    await becomes(() => theme(page), "dark");
    await becomes(() => background(page), dark);
    strictEqual(await page.evaluate(() => globalThis.first), "dark");
    await close();
  });

  test("nothing moves on load", async () => {
    const { page, close } = await site.visit({
      init: () => {
        globalThis.moved = 0;
        new PerformanceObserver((list) => {
          for (const { value } of list.getEntries()) globalThis.moved += value;
        }).observe({ type: "layout-shift", buffered: true });
      },
    });
    // What is told of a frame is told before the next one but one.
    const moved = await page.evaluate(async () => {
      for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      return globalThis.moved;
    });
    ok(moved < 0.02, `${moved}`);
    await close();
  });

  test("the palette goes to a repository, a tag, a scenario, an action", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    const run = async (words) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type(words);
      await page.keyboard.press("Enter");
    };
    await run("demo/hello:v1");
    await page.locator(".crumbs", { hasText: "v1" }).waitFor();
    await run("demo/multi repository");
    await page.getByText("Points at").waitFor();
    await run("chunked");
    await page.locator(".guide h2", { hasText: "Chunked" }).waitFor();
    await run("theme dark");
    await becomes(() => theme(page), "dark");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await counts(page.getByRole("dialog"), 0);
    await close();
  });

  test("single keys do nothing in a field, and elsewhere what the list says", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await write(page, { target: "/v2/" });
    const target = page.getByLabel("Target", { exact: true });
    await target.fill("");
    await target.pressSequentially("/?");
    await holds(target, "/?");
    await counts(page.getByRole("dialog"), 0);
    await page.locator(".brand").focus();
    await page.keyboard.press("?");
    await sees(page.getByRole("dialog"), /Send the request/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("/");
    await becomes(() => page.evaluate(() => document.activeElement.placeholder), "Filter");
    await close();
  });

  test("the focus is where the next key goes before that comes", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await page.locator(".left").getByRole("tab", { name: "Scenarios" }).click();
    await write(page, { target: "/v2/" });
    await page.locator(".brand").focus();
    const seen = await page.evaluate(async () => {
      const focused = async () => {
        // No other task has its turn.
        for (let turn = 0; turn < 10; turn++) await undefined;
        return document.activeElement.ariaLabel ?? document.activeElement.placeholder;
      };
      const press = (key) =>
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      press("/");
      const all = [await focused()];
      document.querySelector(".header-rows .add").click();
      all.push(await focused());
      document.querySelector(".theme-button").focus();
      press("?");
      await focused();
      // As Escape does.
      document.querySelector("dialog").requestClose();
      all.push((await focused()).slice(0, 5), document.querySelectorAll("dialog").length);
      return all;
    });
    deepStrictEqual(seen, ["Filter", "Name of the header", "Theme", 0]);
    await close();
  });

  test("the focus is always seen", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    const unseen = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const bad = await page.evaluate(() => {
        const one = document.activeElement;
        if (one === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle === "none" || parseFloat(outlineWidth) < 1 ? one.outerHTML.slice(0, 80) : undefined;
      });
      if (bad) unseen.push(bad);
    }
    deepStrictEqual(unseen, []);
    await close();
  });

  test("panes are sized by keys, and stay so", async () => {
    const { page, close } = await site.visit();
    const width = () => page.locator(".left").evaluate((one) => one.getBoundingClientRect().width);
    const before = await width();
    await page.getByRole("separator", { name: "Width of the contents" }).focus();
    await page.keyboard.press("ArrowRight");
    await becomes(width, before + 16);
    await page.reload();
    await ready(page);
    await becomes(width, before + 16);
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
