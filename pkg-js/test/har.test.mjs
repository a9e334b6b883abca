// An archive of calls, opened by the developer tools of Chromium: their own reader takes it.

import { deepStrictEqual, strictEqual } from "node:assert";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { createRegistry } from "../dist/node.js";
import { PLACE, launch } from "./browser/chromium.mjs";
import { keep } from "./keep.mjs";

/** Some of what clients do, with bodies of text and of bytes, late, refused, and cut off. */
async function someCalls() {
  const registry = keep(await createRegistry({ clock: "auto", history: { bodies: true } }));
  const push = async (bytes) => {
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    const start = await registry.fetch("/v2/app/blobs/uploads/?from=a%26b", { method: "POST" });
    const place = start.headers.get("location");
    await registry.fetch(place, { method: "PATCH", body: bytes });
    await registry.fetch(`${place}?digest=${digest}`, { method: "PUT" });
    await (await registry.fetch(`/v2/app/blobs/${digest}`)).arrayBuffer();
  };
  await push("hello world");
  await push(new Uint8Array([0, 255, 10]));
  await registry.fetch("/v2/app/manifests/none", { headers: { "user-agent": "me/1" } });
  await registry.fetch("/v2/app/manifests/none", { method: "HEAD" });
  registry.fault({ match: { operation: "tags.list" }, do: [{ verb: "delay", time: 1500 }] });
  await (await registry.fetch("/v2/app/tags/list")).text();
  registry.fault({ match: { operation: "ping" }, do: [{ verb: "reset" }] });
  await registry.fetch("/v2/").catch(() => {});
  return registry;
}

/** What the tools know of an archive's requests. */
async function opened(page, text) {
  return page.evaluate(async (text) => {
    const { HARFormat, Importer } = await import("devtools://devtools/bundled/models/har/har.js");
    const requests = Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(JSON.parse(text)).log);
    return Promise.all(
      requests.map(async (request) => {
        const content = await request.requestContentData();
        return {
          method: request.requestMethod,
          url: request.url(),
          status: request.statusCode,
          start: Math.round(request.startTime * 1000),
          ms: Math.round(request.duration * 1000),
          size: request.resourceSize,
          transferred: request.transferSize,
          type: request.mimeType,
          sent: request.requestHeaders().length,
          received: request.responseHeaders.length,
          asked: await request.requestFormData(),
          answered: content.isTextContent ? btoa(content.text) : content.base64,
        };
      }),
    );
  }, text);
}

const skip = PLACE === undefined && !process.env.CI && "there is no Chromium; CHROMIUM can name one";

test("developer tools open an archive", { skip }, async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const answer = await page.goto("devtools://devtools/bundled/devtools_app.html").catch(() => undefined);
  if (!answer && !process.env.CI) return t.skip("this Chromium comes without its developer tools");
  const registry = await someCalls();
  const calls = registry.calls();
  strictEqual(calls.length, 12);
  const base64 = (bytes) => Buffer.from(bytes ?? []).toString("base64");
  const type = ({ answerHeaders }) => answerHeaders.find(([name]) => name === "content-type")?.[1];
  deepStrictEqual(
    await opened(page, JSON.stringify(registry.har())),
    calls.map((call) => ({
      method: call.method,
      url: call.url,
      status: call.status,
      start: call.at.getTime(),
      ms: call.ms,
      size: call.answerBytes,
      transferred: call.answerBytes,
      type: type(call),
      sent: call.headers.length,
      received: call.answerHeaders.length,
      // What is no text is shown in base64.
      asked: call.bodyBytes === 3 ? base64(call.body) : call.bodyBytes > 0 ? Buffer.from(call.body).toString() : null,
      answered: base64(call.answerBody),
    })),
  );
  deepStrictEqual(
    calls.slice(-2).map(({ status, ms }) => [status, ms]),
    [
      [200, 1500],
      [0, 0],
    ],
  );
});
