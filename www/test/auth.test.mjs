// Who may ask: a challenge, and how it is followed.

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, counts, launch, rows, send, sees, skip, write } from "./site.mjs";

describe("auth", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const mode = async (page, name) => {
    await page.locator(".rail").getByRole("tab", { name: "Behaviour" }).click();
    await page.getByRole("radio", { name }).click();
    await page.getByRole("button", { name: "Ask /v2/" }).waitFor();
  };
  const follow = async (page, password = "password") => {
    await page.getByLabel("User", { exact: true }).fill("user");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Follow challenge" }).click();
  };

  test("Bearer: realm, service and scope; the token; the request once more", async () => {
    const { page, close } = await site.visit();
    await mode(page, /^Bearer/);
    const challenged = await page.evaluate(async () => {
      const answer = await fetch("/v2/");
      return [answer.status, answer.headers.get("www-authenticate")];
    });
    strictEqual(challenged[0], 401);
    match(challenged[1], /^Bearer realm=".*\/_token",service="[^"]+"/);
    await write(page, { method: "POST", target: "/v2/demo/app/blobs/uploads/" });
    strictEqual(await send(page), "401 Unauthorized");
    await sees(page.locator(".follow"), /Realm[\s\S]*_token[\s\S]*Service[\s\S]*Scope\s*repository:demo\/app:/);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await send(page);
    await follow(page);
    await page.locator(".answer-line", { hasText: "202 Accepted" }).waitFor();
    const statuses = async () => (await rows(page)).map(([, , status]) => status);
    await becomes(statuses, ["202", "200", "401"]);
    match((await rows(page))[1][1], /_token\?service=/);
    // The three stand together.
    await counts(page.locator("table.log tr.grouped"), 3);
    await counts(page.locator("table.log tr.grouped", { hasText: "challenge 1" }), 3);
    await close();
  });

  test("Basic: name and password in the request", async () => {
    const { page, close } = await site.visit();
    await mode(page, /^Basic/);
    await page.getByRole("button", { name: "Ask /v2/" }).click();
    strictEqual(await send(page), "401 Unauthorized");
    await follow(page);
    await page.locator(".answer-line", { hasText: "200 OK" }).waitFor();
    const names = () => page.locator(".header-row .name").evaluateAll((all) => all.map((one) => one.value));
    await becomes(names, ["Authorization"]);
    await close();
  });

  test("a wrong password is said to be one", async () => {
    const { page, close } = await site.visit();
    await mode(page, /^Bearer/);
    await page.getByRole("button", { name: "Ask /v2/" }).click();
    await send(page);
    await follow(page, "wrong");
    await page.getByText(/The token was refused with 401/).waitFor();
    await page.locator(".rail").getByRole("radio", { name: /^Off/ }).click();
    await page.getByRole("button", { name: "Ask /v2/" }).waitFor({ state: "detached" });
    strictEqual(await send(page), "200 OK");
    await close();
  });

  test("a profile changes how the registry answers", async () => {
    const { page, close } = await site.visit();
    const referrers = () => page.evaluate(async () => (await fetch(`/v2/a/referrers/sha256:${"0".repeat(64)}`)).status);
    strictEqual(await referrers(), 200);
    await page.locator(".rail").getByRole("tab", { name: "Behaviour" }).click();
    await page.getByRole("radio", { name: /^registry2/ }).click();
    await page.waitForFunction(() =>
      document.querySelector("input[name=profile]:checked")?.parentElement.textContent.startsWith("registry2"),
    );
    await page.waitForFunction(
      async (digest) => (await fetch(`/v2/a/referrers/${digest}`)).status === 404,
      `sha256:${"0".repeat(64)}`,
    );
    await page.getByLabel("Read only").click();
    await page.waitForFunction(async () => (await fetch("/v2/a/blobs/uploads/", { method: "POST" })).status === 405);
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
