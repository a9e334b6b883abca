// Faults by a few clicks: what goes wrong, where it shows, and that it is over when it is cleared.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { counts, launch, loadDemo, sees, settle, skip } from "./site.mjs";

describe("faults", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const set = async (page, what, { method = "", asked = "", repository = "", often = "" } = {}) => {
    await page
      .locator(".rail")
      .getByRole("tab", { name: /^Faults/ })
      .click();
    await page.getByLabel("What goes wrong").selectOption(what);
    await page.locator(".faults").getByLabel("Method").selectOption(method);
    await page.getByLabel("What is asked").selectOption(asked);
    await page.locator(".faults").getByLabel("Repository").fill(repository);
    await page.getByLabel("How often").selectOption(often);
    const before = await page.locator(".fault-list li").count();
    await page.getByRole("button", { name: "Set this fault" }).click();
    await page.locator(".fault-list li").nth(before).waitFor();
  };
  const clear = async (page) => {
    await page.locator(".strips").getByRole("button", { name: "Clear all" }).click();
    await page.locator(".strip-warn").waitFor({ state: "detached" });
  };
  const ask = (page, target, method = "GET") =>
    page.evaluate(
      async ([target, method]) => {
        const start = performance.now();
        try {
          const answer = await fetch(target, { method });
          const body = await answer.text();
          const headers = Object.fromEntries(answer.headers);
          return { status: answer.status, headers, body, ms: performance.now() - start };
        } catch (error) {
          return { status: 0, error: error.message, ms: performance.now() - start };
        }
      },
      [target, method],
    );

  test("each of them happens, is marked in the log, and is over when it is cleared", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    const target = "/v2/demo/hello/manifests/latest";
    const { body: whole } = await ask(page, target);
    const seen = {
      slow: ({ status, ms }) => ok(status === 200 && ms >= 1900, `${ms} ms`),
      limited: ({ status, headers }) => deepStrictEqual([status, headers["retry-after"]], [429, "1"]),
      broken: ({ status }) => strictEqual(status, 500),
      unavailable: ({ status }) => strictEqual(status, 503),
      corrupt: ({ status, body }) => ok(status === 200 && body !== whole && body.length === whole.length),
      truncated: ({ status, body }) => ok(status === 0 || body === whole.slice(0, 10)),
      dropped: ({ status }) => strictEqual(status, 0),
      redirect: ({ status }) => strictEqual(status, 200),
    };
    for (const [kind, check] of Object.entries(seen)) {
      await set(page, kind);
      await sees(page.locator(".strip-warn"), /1 fault is set/);
      check(await ask(page, target));
      await page.locator("table.log tr.faulty").first().waitFor();
      await clear(page);
      await page.getByRole("button", { name: "Clear", exact: true }).click();
      strictEqual((await ask(page, target)).body, whole, kind);
    }
    await close();
  });

  test("by method and by what is asked, the first times or always", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await set(page, "unavailable", { method: "HEAD", asked: "manifest.*", repository: "demo/*", often: "2" });
    const target = "/v2/demo/hello/manifests/latest";
    strictEqual((await ask(page, target)).status, 200);
    const heads = [];
    for (let i = 0; i < 3; i++) heads.push((await ask(page, target, "HEAD")).status);
    deepStrictEqual(heads, [503, 503, 200]);
    await settle(page);
    await counts(page.locator("table.log tr.faulty"), 2);
    await page.getByLabel("Filter the log").fill("is:fault");
    await counts(page.locator("table.log tbody tr"), 2);
    await sees(page.locator(".faults-button"), /Faults\s*1/);
    await page.getByRole("button", { name: /^Remove: 503/ }).click();
    await page.getByText("None.", { exact: true }).waitFor();
    await close();
  });

  test("the page itself says how a request ended", async () => {
    const { page, close } = await site.visit();
    await set(page, "dropped");
    await page.locator(".first").getByRole("button", { name: "Edit" }).click();
    await page.getByRole("button", { name: /^Send/ }).click();
    await page.getByText("The connection broke.").waitFor();
    await sees(page.locator(".answer-line"), /No answer/);
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
