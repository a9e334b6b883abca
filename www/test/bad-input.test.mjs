// What goes wrong is said in words, and nothing is lost.

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { after, before, describe, test } from "node:test";

import { counts, go, holds, launch, send, sees, settle, skip, write } from "./site.mjs";

describe("bad input", { skip }, () => {
  let site;
  before(async () => (site = await launch()));
  after(() => site?.close());

  test("what fetch refuses is said, and stays as it was written", async () => {
    const { page, close } = await site.visit();
    const refused = async (request) => {
      await write(page, { via: "fetch", ...request });
      return send(page);
    };
    match(await refused({ method: "GET", target: "/v2/", body: "a body" }), /fetch refuses a GET with a body/);
    await holds(page.getByLabel("Body as text"), "a body");
    match(await refused({ method: "TRACE", target: "/v2/", body: "" }), /fetch refuses TRACE/);
    match(await refused({ method: "A B", target: "/v2/", body: "" }), /"A B" is not a method/);
    match(await refused({ method: "GET", target: "v2/", body: "" }), /starts with a slash/);
    match(await refused({ method: "GET", target: "/v2/", headers: [["bad name", "x"]] }), /No answer|not a header/);
    await holds(page.locator(".header-row .name"), "bad name");
    // The direct way takes what fetch does not.
    await write(page, { method: "GET", target: "/v2/", body: "a body", via: "direct" });
    strictEqual(await send(page), "200 OK");
    await close();
  });

  test("hex that is none is said to be none", async () => {
    const { page, close } = await site.visit();
    await write(page, { method: "POST", target: "/v2/a/blobs/uploads/", body: "" });
    await page.getByRole("button", { name: "Hex", exact: true }).first().click();
    await page.getByLabel("Body as hex").fill("0g");
    match(await send(page), /The body is no hex: "g"/);
    await holds(page.getByLabel("Body as hex"), "0g");
    await close();
  });

  test("a file of 2 GB is not sent, and the page says why", async () => {
    const { page, close } = await site.visit();
    await write(page, { method: "POST", target: "/v2/a/blobs/uploads/", body: "" });
    await page.getByRole("button", { name: "File", exact: true }).click();
    await page.evaluate(() => {
      const part = new Blob([new Uint8Array(1 << 26)]);
      const file = new File(
        Array.from({ length: 32 }, () => part),
        "large.bin",
      );
      const transfer = new DataTransfer();
      transfer.items.add(file);
      const input = document.querySelector("input[type=file]");
      input.files = transfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    match(await send(page), /large\.bin has 2148 MB, and the registry holds at most \d+ MB\. Nothing was sent\./);
    await settle(page);
    strictEqual(await page.locator("table.log", { hasText: "/v2/a/blobs" }).count(), 0);
    await close();
  });

  test("a manifest of text/html runs nowhere", async () => {
    const { page, context, close } = await site.visit();
    const html = '{"a":"<script>document.title = \'ran\'</script><img src=x onerror=\\"document.title = 1\\">"}';
    await page.evaluate(
      (body) =>
        fetch("/v2/evil/page/manifests/v1", { method: "PUT", headers: { "Content-Type": "text/html" }, body }).then(
          () => {},
        ),
      html,
    );
    await go(page, "#/v2/evil/page/manifests/v1");
    await page.getByRole("tab", { name: /^(Bytes|Raw)/ }).click();
    await sees(page.locator(".object .tabpanel pre").first(), /<script>/);
    strictEqual(await page.title(), "registrette");
    strictEqual(await page.locator(".object script, .object img").count(), 0);
    const opened = await context.newPage();
    const download = opened.waitForEvent("download");
    await opened.goto(`${page.url().split("#")[0]}v2/evil/page/manifests/v1`).catch(() => {});
    await download;
    strictEqual(await opened.title(), "");
    await close();
  });

  test("where the page may keep nothing of its own, it works all the same", async () => {
    const { page, close } = await site.visit({
      init: () => {
        const denied = {
          get: () => {
            throw new DOMException("denied", "SecurityError");
          },
        };
        Object.defineProperty(globalThis, "localStorage", denied);
      },
    });
    await write(page, { target: "/v2/" });
    strictEqual(await send(page), "200 OK");
    await close();
  });

  test("without a service worker the registry runs in this tab, and the page says what that means", async () => {
    const { page, close } = await site.visit({
      init: () => Object.defineProperty(Navigator.prototype, "serviceWorker", { get: () => undefined }),
    });
    await page.getByText(/This tab only: there is no service worker here/).waitFor();
    await counts(page.getByLabel("this tab only"), 1);
    await write(page, { method: "POST", target: "/v2/demo/app/blobs/uploads/" });
    await sees(page.getByLabel("Sent by").locator("option"), "via direct");
    strictEqual(await send(page), "202 Accepted");
    await page.locator(".node-repository", { hasText: "demo/app" }).waitFor();
    await close();
  });

  test("an answer that is no JSON, and one that is broken JSON, are shown all the same", async () => {
    const { page, close } = await site.visit();
    await page.evaluate(async () => {
      const put = (tag, body, type) =>
        fetch(`/v2/odd/things/manifests/${tag}`, { method: "PUT", headers: { "Content-Type": type }, body });
      await put("text", "just words", "text/plain");
      await put("broken", '{"a": [1, 2', "application/x-odd");
      await put("bytes", new Blob([Uint8Array.of(0, 255, 1)]), "application/x-bytes");
      await put("deep", "[".repeat(5000) + "]".repeat(5000), "application/x-deep");
    });
    for (const [tag, seen] of [
      ["text", /just words/],
      ["broken", /\[\s*1/],
      ["bytes", /00 ff 01/],
      ["deep", /\[/],
    ]) {
      await go(page, `#/v2/odd/things/manifests/${tag}`);
      await sees(page.locator(".object .tabpanel pre").first(), seen, tag);
    }
    await close();
  });

  test("nothing left the origin, nothing failed", () => {
    deepStrictEqual([site.outside, site.errors], [[], []]);
  });
});
