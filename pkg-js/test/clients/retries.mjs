// What a client does about failures that pass: it pulls from a registry with one fault, and the calls show the rest. The
// table is in the README of the project, as for the clients of tests/clients/retries.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

import { start, takesOptions } from "./registry.mjs";

const skip = takesOptions ? false : "a registry with faults is started by the package only";

/** The columns of the table, each with the fault behind it. */
const FAULTS = {
  unavailable: { match: { repository: "app" }, when: { first: 2 }, do: [{ verb: "status", status: 503 }] },
  limited: {
    match: { repository: "app" },
    when: { first: 1 },
    do: [{ verb: "status", status: 429, headers: { "Retry-After": "2" } }],
  },
  cut: { match: { operation: "blob.get", role: "layer" }, when: { first: 1 }, do: [{ verb: "truncate", at: 700 }] },
};

const waits = new Error("it has not ended after 8 seconds");

/** Declares a case for each column. `pull` gets a registry with an image `app:v1`, and its manifest. */
export function retries(it, name, pull) {
  const told = row(name);
  Object.entries(FAULTS).forEach(([fault, rule], at) => {
    const is = told[at] === "–" ? "pulls no layers" : skip;
    it.test(`${name}: ${fault}`, { skip: is }, async () => {
      const image = { files: { "a.txt": "a".repeat(4000) } };
      const registry = await start({ faults: [rule], seed: { ref: "app:v1", image } });
      try {
        const manifest = registry.manifest("app:v1");
        const error = await ended(pull(registry, manifest.json(), manifest.descriptor));
        assert.equal(shown(fault, error, registry.calls()), told[at], error?.message);
      } finally {
        await registry.close();
      }
    });
  });
}

/** How a pull ended: nothing, what was thrown, or that it has not ended. */
async function ended(pull) {
  const patience = new AbortController();
  const late = setTimeout(8000, waits, patience);
  const end = pull.then(
    () => undefined,
    (thrown) => thrown,
  );
  return Promise.race([end, late]).finally(() => patience.abort());
}

/** What the calls show, in the words of the table. */
function shown(fault, error, calls) {
  const hits = calls.filter(({ faults }) => faults.length > 0);
  if (error === waits) return "waits for ever";
  if (error) return `gives up after ${hits.length}`;
  const [hit] = hits;
  if (!hit) return "never met it";
  const again = (call) => call.reference === hit.reference && call.method === hit.method;
  const next = calls.slice(calls.indexOf(hit) + 1).find(again);
  if (!next) return "does without";
  if (fault === "unavailable") return `goes on after ${hits.length}`;
  if (fault === "limited") return new Date(next.at) - new Date(hit.at) >= 1990 ? "waits as long" : "asks again sooner";
  return next.status === 206 ? "fetches the rest" : "fetches it again";
}

/** The cells of a client in the README. */
function row(name) {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const line = readme.split("\n").find((line) => line.startsWith(`| ${name} | `));
  assert.ok(line, `the README has no row for ${name}`);
  return line
    .split(" | ")
    .map((cell) => cell.replace(/^\| | \|$/g, ""))
    .slice(1);
}
