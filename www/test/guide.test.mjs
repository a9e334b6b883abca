// The guide: every scenario, step by step, in the page.

import { deepStrictEqual, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { counts, holds, launch, rows, sees, settle, skip } from "./site.mjs";
import { load } from "./load.mjs";

const { scenarios } = await load("shared/scenarios");

describe("guide", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const run = (page) => page.locator(".guide").getByRole("button", { name: /^Run\b(?! all)/ });

  test("each step says why, what is sent and what is expected, and is marked by what came", async () => {
    const { page, close } = await site.visit();
    const { title, steps } = scenarios.find(({ id }) => id === "chunked");
    await page.locator(".rail").getByRole("button", { name: title }).click();
    for (const [i, step] of steps.entries()) {
      const row = page.locator(".steps li").nth(i);
      await sees(row, new RegExp(`${step.req.method}[\\s\\S]*expects ${step.expect.status}`));
      await sees(row.locator(".step > p").first(), step.say);
      await run(page).click();
      await page.locator(".steps li.good-step").nth(i).waitFor();
      await sees(page.locator(".answer-line .status"), new RegExp(`^${step.expect.status}`));
    }
    await page.getByText("That was the last step.").waitFor();
    await close();
  });

  test("all of them go through, one after the other, and again", async () => {
    const { page, close } = await site.visit();
    strictEqual(scenarios.length, 15);
    for (const round of [1, 2]) {
      for (const { id, steps } of scenarios) {
        await page.evaluate((id) => void (location.hash = `#s=${id}/0`), id);
        await page.locator(".guide").getByRole("button", { name: "Run all" }).click();
        await page
          .locator(".steps li.good-step, .steps li.bad-step")
          .nth(steps.length - 1)
          .waitFor()
          .catch(() => {});
        const bad = await page.locator(".steps li.bad-step").allInnerTexts();
        deepStrictEqual(bad, [], `${id}, round ${round}`);
        await counts(page.locator(".steps li.good-step"), steps.length, `${id}, round ${round}`);
      }
    }
    await page.getByRole("button", { name: "All scenarios" }).click();
    await counts(page.locator(".rail .scenarios .icon"), 15);
    await close();
  });

  test("a step that was edited shows what is other than expected", async () => {
    const { page, close } = await site.visit();
    const { title } = scenarios.find(({ id }) => id === "push");
    await page.locator(".rail").getByRole("button", { name: title }).click();
    await page.locator(".guide").getByRole("button", { name: "Edit" }).click();
    await holds(page.getByLabel("Target", { exact: true }), /^\/v2\/./);
    // Nothing was sent by itself.
    const asked = await settle(page);
    deepStrictEqual(
      (await rows(page)).map(([, target]) => target),
      [asked, "/v2/"],
    );
    await page
      .locator(".rail")
      .getByRole("tab", { name: /^Faults/ })
      .click();
    await page.getByLabel("What goes wrong").selectOption("broken");
    await page.getByRole("button", { name: "Set this fault" }).click();
    await page.locator(".rail").getByRole("tab", { name: "Guide" }).click();
    await page.locator(".strip-warn").waitFor();
    await run(page).click();
    await page.locator(".steps li.bad-step").waitFor();
    await sees(page.locator(".steps li.bad-step"), /the status is 500, not/);
    await page.getByRole("button", { name: "Restart" }).click();
    await counts(page.locator(".steps li.bad-step"), 0);
    await close();
  });

  test("the second scenario without a pointer", async () => {
    const { page, close } = await site.visit();
    const { title, steps } = scenarios[1];
    await page.keyboard.press("Control+k");
    await page.keyboard.type(title.slice(0, 12));
    await page.keyboard.press("Enter");
    await page.locator(".guide h2", { hasText: title }).waitFor();
    for (let i = 0; i < steps.length; i++) {
      await page.keyboard.press("Control+Enter");
      await page.locator(".steps li.good-step").nth(i).waitFor();
    }
    await page.getByText("That was the last step.").waitFor();
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
