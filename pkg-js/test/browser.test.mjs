// The same wasm and the same answers in a browser.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { inPage } from "./browser/carrier.mjs";
import { PLACE, open } from "./browser/chromium.mjs";
import { layout, tar } from "./files.mjs";
import { load, run } from "./vectors/replay.mjs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

// Where everything has to be there, its absence is a failure.
const skip = PLACE === undefined && !process.env.CI && "there is no Chromium; CHROMIUM can name one";

describe("in Chromium", { skip }, () => {
  let browser;
  let page;
  before(async () => {
    browser = await open();
    page = browser.page;
  });
  after(() => browser?.close());

  test("a page pushes and pulls", async () => {
    const seen = await page.evaluate(async () => {
      const registry = await globalThis.registrette.createRegistry();
      const bytes = new Uint8Array(3_000_000).fill(7);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      const digest = `sha256:${[...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
      const pushed = await registry.fetch(`/v2/a/b/blobs/uploads/?digest=${digest}`, { method: "POST", body: bytes });
      const pulled = await registry.fetch(`/v2/a/b/blobs/${digest}`);
      const back = new Uint8Array(await pulled.arrayBuffer());
      await registry.close();
      return [pushed.status, pulled.status, back.length, back.every((byte) => byte === 7)];
    });
    deepStrictEqual(seen, [201, 200, 3_000_000, true]);
  });

  test("every vector of the spec has the answer it has elsewhere", async () => {
    const Carrier = inPage(page);
    const faults = [];
    const cases = load("spec-calls").filter(({ skip }) => !skip);
    strictEqual(cases.length, 284);
    // S283: a Request resolves dot segments before anybody sees them.
    for (const one of cases) {
      await run(Carrier, one, { prefer: one.id !== "S283" }).catch((fault) =>
        faults.push(`${one.id}: ${fault.message}`),
      );
    }
    strictEqual(faults.join("\n"), "");
  });

  test("the same seed fails the same requests", async () => {
    const { seed: rngSeed, blob, rules, requests, every, rounds, answers } = read("../../tests/faults/schedule.json");
    const seen = await page.evaluate(
      async ({ options, requests, every, rounds }) => {
        const registry = await globalThis.registrette.createRegistry(options);
        const engine = registry[Symbol.for("registrette.engine")];
        const text = (steps) =>
          steps.map((step) =>
            typeof step === "number"
              ? `~${Math.floor(step)}`
              : typeof step === "string"
                ? step
                : new TextDecoder().decode(step),
          );
        const told = [];
        for (let round = 0; round < rounds; round++) {
          for (const { method, path, headers = [] } of requests) {
            const [status, names, steps, before = []] = engine.begin(method, path, headers, 0, -1);
            const length = names.includes("content-length") ? names[names.indexOf("content-length") + 1] : "-";
            told.push(`${text(before).join("|")} ${status} ${length} ${text(steps).join("|")}`);
            registry.clock.advance(every);
          }
        }
        return { answers: told, hits: registry.faults.map((fault) => fault.hits) };
      },
      { options: { rngSeed, clock: "virtual", faults: rules, seed: { blob } }, requests, every, rounds },
    );
    deepStrictEqual(seen, answers);
  });

  test("an archive of a layout is a seed, and comes out again", async () => {
    const { files, digest } = await layout();
    const seen = await page.evaluate(
      async (base64) => {
        const registry = await globalThis.registrette.createRegistry();
        await registry.seed(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
        const again = await globalThis.registrette.createRegistry({ seed: await registry.export("image:v1") });
        return [again.tags("image"), again.manifest("image:v1").descriptor.digest];
      },
      Buffer.from(tar(files)).toString("base64"),
    );
    deepStrictEqual(seen, [["v1"], digest]);
  });

  test("a service worker answers pages", async () => {
    const seen = await page.evaluate(async () => {
      await navigator.serviceWorker.register("/worker.js", { type: "module" });
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller) {
        await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
      }
      const own = await fetch("/v2/demo/app/tags/list");
      const other = await fetch("https://registry.test/v2/demo/app/manifests/v1");
      return [own.status, await own.json(), other.status, (await other.json()).schemaVersion];
    });
    ok(seen);
    deepStrictEqual(seen, [200, { name: "demo/app", tags: ["v1"] }, 200, 2]);
  });
});
