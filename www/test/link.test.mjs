// Links hold what is shown; opened elsewhere they show it again, and run nothing.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, go, holds, launch, loadDemo, send, sees, settle, skip, write } from "./site.mjs";

describe("share links", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const share = async (page, ...ticks) => {
    await page.getByRole("button", { name: "Share a link" }).click();
    const dialog = page.getByRole("dialog");
    for (const tick of ticks) await dialog.getByLabel(tick).check();
    const link = await holds(dialog.getByLabel("Link", { exact: true }), /^http/);
    await dialog.getByRole("button", { name: "Close" }).click();
    return new URL(link).hash;
  };

  test("a request comes back, without its Authorization unless that is ticked", async () => {
    const { page, close } = await site.visit();
    const headers = [
      ["X-Mine", "1"],
      ["Authorization", "Basic c2VjcmV0"],
    ];
    await write(page, { method: "PUT", target: "/v2/a/manifests/v1?x=y", headers, body: '{"a": "é"}', via: "direct" });
    const [bare, whole] = [await share(page), await share(page, /with the Authorization/)];
    await close();
    for (const [hash, names] of [
      [bare, ["X-Mine"]],
      [whole, ["X-Mine", "Authorization"]],
    ]) {
      const other = await site.visit({ hash });
      const at = (label) => other.page.getByLabel(label, { exact: true });
      await holds(at("Method"), "PUT");
      await holds(at("Target"), "/v2/a/manifests/v1?x=y");
      await holds(at("Sent by"), "direct");
      const shown = other.page.locator(".header-row .name");
      await becomes(() => shown.evaluateAll((all) => all.map((one) => one.value)), names);
      await other.page.getByRole("tab", { name: /^Body/ }).first().click();
      await holds(at("Body as text"), '{"a": "é"}');
      // Nothing was sent by itself.
      await settle(other.page);
      strictEqual(await other.page.locator("table.log", { hasText: "/v2/a/manifests" }).count(), 0);
      await other.close();
    }
  });

  test("an object comes back; where its content is missing, the setup is offered and waits", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await go(page, "#/v2/demo/multi/manifests/latest");
    const hash = await share(page);
    strictEqual(hash, "#/v2/demo/multi/manifests/latest");
    await close();
    const other = await site.visit({ hash });
    const offer = other.page.getByRole("button", { name: /^Run the setup steps/ });
    await offer.waitFor();
    await settle(other.page);
    const repositories = () =>
      other.page.evaluate(async () => (await (await fetch("/v2/_catalog")).json()).repositories);
    deepStrictEqual(await repositories(), []);
    await offer.click();
    await other.page.getByText("OCI image index").waitFor();
    ok((await repositories()).length > 0);
    await other.close();
  });

  test("a scenario comes back at its step", async () => {
    const { page, close } = await site.visit();
    await page.locator(".rail .scenario").nth(1).click();
    const title = await sees(page.locator(".guide h2"), /./);
    await page.getByRole("button", { name: /^Run\b(?! all)/ }).click();
    await page.locator(".good-step").first().waitFor();
    const hash = await share(page, ...((await page.locator(".home").count()) ? [] : [/the scenario and its step/]));
    match(hash, /^#s=[\w-]+\/1$/);
    await close();
    const other = await site.visit({ hash });
    await sees(other.page.locator(".guide h2"), title);
    await sees(other.page.locator(".steps .next .step-mark"), "2");
    await other.close();
  });

  test("Back goes back", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await go(page, "#/v2/demo/hello/tags/list");
    await page.locator(".object .grid a").first().click();
    await page.getByText("OCI image manifest").waitFor();
    await page.goBack();
    await page.getByRole("columnheader", { name: "Points at" }).waitFor();
    await write(page, { target: "/v2/" });
    await send(page);
    await becomes(() => page.url(), /#r=/);
    await close();
  });

  test("nonsense is said to be nonsense, and nothing is lost", async () => {
    for (const hash of ["#nonsense", "#r=AAAA", "#r=%%%", "#s=nowhere/3", "#/v2/%E0%A4%A"]) {
      const { page, close } = await site.visit({ hash });
      await page.getByText(/This link (holds nothing|names a scenario)/).waitFor();
      await loadDemo(page);
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await close();
    }
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
