// What waits, waits by the registry's clock.

import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";

import { createRegistry } from "../dist/index.node.js";
import { keep } from "./keep.mjs";

/** A registry and what waits as a slow answer of it does. */
async function waiting(clock) {
  const registry = keep(await createRegistry({ clock }));
  const { sleep } = registry[Symbol.for("registrette.engine")];
  const woken = [];
  const wait = (ms) => void sleep(ms).then(() => woken.push(ms));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { clock: registry.clock, woken, wait, settled };
}

test("on a virtual clock it waits to be advanced, in order", async () => {
  const { clock, woken, wait, settled } = await waiting("virtual");
  for (const ms of [300, 100, 200]) wait(ms);
  clock.advance(99);
  await settled();
  deepStrictEqual(woken, []);
  clock.advance(101);
  await settled();
  deepStrictEqual(woken, [100, 200]);
  clock.runAll();
  await settled();
  deepStrictEqual(woken, [100, 200, 300]);
  deepStrictEqual(clock.now().toISOString(), "2026-01-01T00:00:00.300Z");
});

test("on an automatic clock it moves the clock", async () => {
  const { clock, woken, wait, settled } = await waiting("auto");
  wait(60_000);
  await settled();
  deepStrictEqual([woken, clock.now().toISOString()], [[60_000], "2026-01-01T00:01:00.000Z"]);
});

test("a real clock can be moved, too", async () => {
  const { clock } = await waiting("real");
  const before = Date.now();
  clock.advance(3_600_000);
  ok(clock.now().getTime() >= before + 3_600_000);
});
