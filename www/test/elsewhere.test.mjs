// The same requests by other hands: snippets, commands, a pasted curl line.

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, go, holds, launch, loadDemo, rows, sees, settle, skip, write } from "./site.mjs";

describe("elsewhere", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  const line = async (page, tool, place) => {
    await place.getByRole("button", { name: tool, exact: true }).click();
    return (await place.getByLabel(`${tool} line`, { exact: true }).innerText()).replace(/^\$ /, "").trim();
  };

  test("a script from the card runs in another tab, and the log names that tab", async () => {
    const { page, open, close } = await site.visit();
    await loadDemo(page);
    await page.getByRole("button", { name: "Use it from elsewhere" }).first().click();
    const script = await page.getByRole("dialog").locator("pre").first().innerText();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    const other = await open();
    await other.evaluate((script) => (0, eval)(`(async () => { ${script} })()`), script).catch(() => {});
    await other.evaluate(() => fetch("/v2/_catalog").then(() => {}));
    await sees(page.locator("table.log tbody tr", { hasText: "/v2/_catalog" }).first().locator(".marks"), /tab/);
    await close();
  });

  test("every object and request has its lines", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await go(page, "#/v2/demo/hello/manifests/latest");
    const place = page.locator(".object .commands");
    match(
      await line(page, "curl", place),
      /^curl -i -H 'Accept: .*' http:\/\/localhost:5000\/v2\/demo\/hello\/manifests\/latest$/,
    );
    strictEqual(await line(page, "crane", place), "crane manifest localhost:5000/demo/hello:latest");
    strictEqual(await line(page, "oras", place), "oras manifest fetch localhost:5000/demo/hello:latest");
    match(await line(page, "regctl", place), /^regctl --host reg=localhost:5000,tls=disabled manifest get /);
    await write(page, { method: "PATCH", target: "/v2/demo/hello/blobs/uploads/x", body: "abc" });
    await page.getByRole("tab", { name: "Code" }).first().click();
    match(await line(page, "curl", page.locator(".builder .commands")), /-X PATCH .*--data-binary abc/);
    await close();
  });

  test("the fetch line in a second tab gives the same status and digest", async () => {
    const { page, open, close } = await site.visit();
    await loadDemo(page);
    const other = await open();
    for (const target of ["/v2/", "/v2/demo/hello/manifests/v1", "/v2/demo/hello/tags/list", "/v2/nowhere/tags/list"]) {
      await go(page, `#${target}`);
      const text = await line(page, "fetch", page.locator(".object .commands"));
      const [status, digest] = await other.evaluate(async (text) => {
        const asked = new URL(text.match(/"([^"]+)"/)[1], location.origin);
        const init = /, (\{[\s\S]*\})\)$/.exec(text)?.[1];
        const headers = init ? JSON.parse(/headers: (\[.*\])/.exec(init)[1]) : [];
        const answer = await fetch(asked, { headers });
        return [answer.status, answer.headers.get("docker-content-digest")];
      }, text);
      await sees(page.locator(".request-bar .status"), String(status));
      await page.getByRole("tab", { name: /^Headers/ }).click();
      const shown = page.locator(".headers dl > div", { hasText: "docker-content-digest" }).locator("dd");
      if (digest) await sees(shown, digest);
    }
    await close();
  });

  test("a curl line is pasted into the target", async () => {
    const { page, close } = await site.visit();
    await write(page, { target: "/v2/" });
    const curl =
      "curl -i -X PUT -H 'X-Mine: a b' -u me:you --data-binary '{\"a\": 1}' http://h:1/v2/a/manifests/v1?x=1";
    await page.evaluate((text) => navigator.clipboard.writeText(text), curl);
    await page.getByLabel("Target", { exact: true }).focus();
    await page.keyboard.press("Control+v");
    await holds(page.getByLabel("Method", { exact: true }), "PUT");
    await holds(page.getByLabel("Target", { exact: true }), "/v2/a/manifests/v1?x=1");
    const headers = () =>
      page
        .locator(".header-row")
        .evaluateAll((all) => all.map((row) => [row.querySelector(".name").value, row.querySelector(".value").value]));
    await becomes(headers, [
      ["X-Mine", "a b"],
      ["Authorization", "Basic bWU6eW91"],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ]);
    await page.getByRole("tab", { name: /^Body/ }).first().click();
    await holds(page.getByLabel("Body as text"), '{"a": 1}');
    // Nothing was sent by itself.
    const asked = await settle(page);
    deepStrictEqual(
      (await rows(page)).map(([, target]) => target),
      [asked, "/v2/"],
    );
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
