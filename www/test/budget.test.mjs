// What a visitor loads, packed as servers do it.

import { ok, strictEqual } from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);

/** In bytes of gzip. */
const BUDGETS = [
  ["the page's scripts", /^(app|theme)-.*\.js$/, 60_000],
  ["what the page loads later", /^part-.*\.js$/, 20_000],
  ["the style", /^style-.*\.css$/, 12_000],
  ["the service worker", /^sw\.js$/, 15_000],
  ["the worker of one tab", /^worker-.*\.js$/, 15_000],
];

for (const [what, pattern, budget] of BUDGETS) {
  test(`${what}: at most ${budget / 1000} KB`, () => {
    const names = readdirSync(DIST).filter((name) => pattern.test(name));
    ok(names.length > 0);
    const size = names.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, DIST)), { level: 9 }).length, 0);
    ok(size <= budget, `${size} bytes`);
  });
}

test("all files are named by their hash, but those that browsers ask for by name", () => {
  const plain = readdirSync(DIST).filter((name) => !/-[\dA-Za-z]{8,}\.\w+$/.test(name));
  strictEqual(plain.sort().join(" "), "index.html mode.json sw.js");
});
