// The request builder: what it shows is what arrives, and what comes back is shown as it was sent.

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { becomes, counts, launch, loadDemo, rows, send, sees, skip, write } from "./site.mjs";

describe("request builder", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  /** What the details of the newest row say that arrived. */
  const arrived = async (page) => {
    await page.locator("table.log tbody tr").first().click();
    await page.locator("table.log tbody tr:first-child[aria-selected=true]").waitFor();
    const headers = await page
      .locator(".details .headers")
      .first()
      .locator("dl > div")
      .evaluateAll((all) => all.map((row) => [...row.children].map((part) => part.textContent)));
    await page.locator(".details").getByRole("tab", { name: "Body" }).click();
    await page.locator("#entry-body").waitFor();
    const text = page.locator("#entry-body pre").first();
    const body = (await text.count()) ? await text.innerText() : "";
    await page.locator(".details").getByRole("tab", { name: "Headers" }).click();
    await page.locator("#entry-headers").waitFor();
    return { headers, body };
  };

  test("what is written arrives, by fetch and direct", async () => {
    const { page, close } = await site.visit();
    for (const via of ["fetch", "direct"]) {
      const headers = [
        ["Content-Type", "application/octet-stream"],
        ["X-Mine", "a b"],
      ];
      await write(page, { method: "FOO", target: "/v2/some/where?x=1", headers, body: "hello there", via });
      match(await send(page), /^4\d\d /);
      deepStrictEqual((await rows(page))[0].slice(0, 2), ["FOO", "/v2/some/where?x=1"]);
      const seen = await arrived(page);
      for (const [name, value] of headers) {
        ok(
          seen.headers.some((one) => one[0].toLowerCase() === name.toLowerCase() && one[1] === value),
          `${name} ${JSON.stringify(seen.headers)}`,
        );
      }
      strictEqual(seen.body.trim(), "hello there");
    }
    await close();
  });

  test("rows are added, switched off and removed", async () => {
    const { page, close } = await site.visit();
    await write(page, {
      target: "/v2/",
      via: "direct",
      headers: [
        ["X-One", "1"],
        ["X-Two", "2"],
        ["X-Three", "3"],
      ],
    });
    await page.getByLabel("Send X-Two").uncheck();
    await page.getByRole("button", { name: "Remove X-Three" }).click();
    strictEqual(await send(page), "200 OK");
    const names = (await arrived(page)).headers.map(([name]) => name).filter((name) => name.startsWith("X-"));
    deepStrictEqual(names, ["X-One"]);
    await close();
  });

  test("bodies come from text, hex, a file, and a digest", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    const digest = await page.evaluate(async () => {
      const answer = await fetch("/v2/demo/hello/manifests/latest");
      return (await answer.json()).config.digest;
    });
    const to = (bytes) => `/v2/demo/hello/blobs/uploads/?digest=${bytes}`;
    const cases = {
      Text: () => page.getByLabel("Body as text").fill("hi"),
      Hex: () => page.getByLabel("Body as hex").fill("68 69"),
      File: () =>
        page
          .getByLabel("Body from a file")
          .setInputFiles({ name: "hi.txt", mimeType: "text/plain", buffer: Buffer.from("hi") }),
      "From digest": () => page.getByLabel("Digest of the content").fill(digest),
    };
    const hi = "sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";
    for (const [kind, fill] of Object.entries(cases)) {
      for (const via of ["fetch", "direct"]) {
        await write(page, { method: "POST", target: to(kind === "From digest" ? digest : hi), via, body: "" });
        await page.getByRole("button", { name: kind, exact: true }).click();
        await fill();
        strictEqual(await send(page), "201 Created", `${kind} by ${via}`);
      }
    }
    await close();
  });

  test("headers of the answer stand as the worker sent them", async () => {
    const { page, close } = await site.visit();
    await write(page, { target: "/v2/", via: "fetch" });
    await send(page);
    const response = page.locator(".response");
    await response.getByRole("tab", { name: /^Headers/ }).click();
    await response.locator("#answer-headers dt").first().waitFor();
    const shown = await response.locator("dt").allInnerTexts();
    await write(page, { target: "/v2/", via: "direct" });
    await send(page);
    await becomes(() => response.locator("dt").allInnerTexts(), shown);
    await counts(response.getByText("As fetch shows them"), 0);
    await close();
  });

  test("an answer is shown as JSON with links, as sent, and as hex", async () => {
    const { page, close } = await site.visit();
    await loadDemo(page);
    await write(page, { target: "/v2/demo/hello/tags/list" });
    strictEqual(await send(page), "200 OK");
    const response = page.locator(".response");
    const link = response.getByRole("link", { name: '"latest"' });
    await becomes(() => link.getAttribute("href"), "#/v2/demo/hello/manifests/latest");
    await response.getByRole("button", { name: "As sent" }).click();
    const raw = await page.evaluate(async () => (await fetch("/v2/demo/hello/tags/list")).text());
    await sees(response.locator("pre.code"), raw);
    await response.getByRole("button", { name: "Hex" }).click();
    await sees(response.locator("pre.code"), /^00000000 {2}7b 22/);
    await response.getByRole("tab", { name: "Timing" }).click();
    await sees(response.locator(".timing"), /Registry[\s\S]*Page/);
    await close();
  });

  test("Control+Enter sends, and what fetch would change is said beside it", async () => {
    const { page, close } = await site.visit();
    await write(page, { target: "/v2/a/../_catalog", headers: [["User-Agent", "me"]] });
    await sees(page.locator(".fate"), /set by the browser under fetch/);
    await sees(page.locator(".advice"), /fetch sends \/v2\/_catalog/);
    await page.getByLabel("Sent by").selectOption("direct");
    await counts(page.locator(".fate"), 0);
    await page.getByLabel("Target", { exact: true }).press("Control+Enter");
    await page.locator(".answer-line").waitFor();
    await becomes(async () => (await rows(page))[0]?.slice(0, 2), ["GET", "/v2/a/../_catalog"]);
    deepStrictEqual(
      (await arrived(page)).headers.find(([name]) => name === "User-Agent"),
      ["User-Agent", "me"],
    );
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
