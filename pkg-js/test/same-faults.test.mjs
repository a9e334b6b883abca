// The same requests fail as natively: tests/faults/schedule.json says which, and how; tests/faults/same.rs reads it, too.

import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { createRegistry } from "../dist/index.js";
import { keep } from "./keep.mjs";

const file = JSON.parse(readFileSync(new URL("../../tests/faults/schedule.json", import.meta.url), "utf8"));
const { seed: rngSeed, blob, rules, requests, every, rounds, answers } = file;

/** `[before] status content-length [steps]`, as a carrier is told. */
function told([status, headers, steps, before = []]) {
  const text = (steps) =>
    steps
      .map((step) =>
        typeof step === "number" ? `~${Math.floor(step)}` : ArrayBuffer.isView(step) ? decode(step) : step,
      )
      .join("|");
  const length = headers[headers.indexOf("content-length") + 1];
  return `${text(before)} ${status} ${headers.includes("content-length") ? length : "-"} ${text(steps)}`;
}

const decode = (bytes) => new TextDecoder().decode(bytes);

test("the same requests fail as natively", async () => {
  // What browsers take: it differs by how the wasm file is found, and who hashes.
  const registry = keep(await createRegistry({ rngSeed, clock: "virtual", faults: rules, seed: { blob } }));
  const engine = registry[Symbol.for("registrette.engine")];
  const seen = [];
  for (let round = 0; round < rounds; round++) {
    for (const { method, path, headers = [] } of requests) {
      seen.push(told(engine.begin(method, path, headers, 0, -1)));
      registry.clock.advance(every);
    }
  }
  const hits = registry.faults.map((fault) => fault.hits);
  deepStrictEqual({ answers: seen, hits }, answers);
});
