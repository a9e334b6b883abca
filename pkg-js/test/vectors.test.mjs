// Every vector through wasm: over `registry.fetch` and over the socket.

import { strictEqual, ok } from "node:assert";
import { describe, test } from "node:test";

import { Fetch, Socket } from "./vectors/carriers.mjs";
import { load, run } from "./vectors/replay.mjs";

/** The cases that ociserver's own suite skips: their answers are not known. */
const SKIPPED = ["C25", "C36", "C37", "C57"];

const SUITES = [
  { name: "spec-calls", how: { prefer: true }, passed: 284, skipped: [] },
  { name: "ociserver-calls", how: { ociserver: true }, passed: 53, skipped: SKIPPED },
  { name: "ociserver-calls", how: {}, passed: 56, skipped: ["C37"] },
];

for (const Carrier of [Fetch, Socket]) {
  for (const { name, how, passed, skipped } of SUITES) {
    describe(`${name} ${JSON.stringify(how)} by ${Carrier.name}`, () => {
      const isKnown = (one) => !one.skip || (!how.ociserver && one.strictExpect);
      const cases = load(name);
      const known = cases.filter(isKnown);
      test("all of them are run", () => {
        strictEqual(known.length, passed);
        ok(cases.filter((one) => !isKnown(one)).every(({ id }) => skipped.includes(id)));
      });
      for (const one of known) {
        // A Request resolves dot segments before anybody sees them.
        const prefer = how.prefer && !(Carrier === Fetch && one.id === "S283");
        test(`${one.id} ${one.name}`, () => run(Carrier, one, { ...how, prefer }));
      }
    });
  }
}
