// What waits, waits by the registry's clock.

import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { test } from "node:test";

import { createRegistry } from "../dist/index.node.js";
import { keep } from "./keep.mjs";

const late = (time, more = {}) => ({ ...more, do: [{ verb: "delay", time }] });

/** A registry whose answer to `/v2/?N` is N milliseconds late, and who was answered, in order. */
async function waiting(clock) {
  const faults = [300, 100, 200].map((ms) => late(ms, { match: { client: String(ms) } }));
  const registry = keep(await createRegistry({ clock, faults }));
  const answered = [];
  const ask = (ms) => registry.fetch("/v2/", { headers: { "user-agent": String(ms) } }).then(() => answered.push(ms));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { registry, clock: registry.clock, answered, ask, settled };
}

test("on a virtual clock it waits to be advanced, in order", async () => {
  const { clock, answered, ask, settled } = await waiting("virtual");
  for (const ms of [300, 100, 200]) void ask(ms);
  await settled();
  clock.advance(99);
  await settled();
  deepStrictEqual(answered, []);
  clock.advance(101);
  await settled();
  deepStrictEqual(answered, [100, 200]);
  clock.runAll();
  await settled();
  deepStrictEqual(answered, [100, 200, 300]);
  deepStrictEqual(clock.now().toISOString(), "2026-01-01T00:00:00.300Z");
});

test("a clock that is moved far at once has all waits of an answer behind it", async () => {
  const registry = keep(await createRegistry({ clock: "virtual" }));
  registry.fault({
    do: [
      { verb: "delay", time: "1h" },
      { verb: "throttle", bytesPerSecond: 1 },
      { verb: "delay", time: "1h", at: "end" },
    ],
  });
  for (const move of [() => registry.clock.advance(7_202_000), () => registry.clock.runAll()]) {
    const before = registry.clock.now().getTime();
    const answer = registry.fetch("/v2/").then((response) => response.text());
    await new Promise((resolve) => setImmediate(resolve));
    move();
    strictEqual(await answer, "{}");
    strictEqual(registry.clock.now().getTime() - before, 7_202_000);
  }
});

test("on an automatic clock it moves the clock", async () => {
  const { registry, clock } = await waiting("auto");
  registry.fault(late("1h"));
  await registry.fetch("/v2/");
  deepStrictEqual(clock.now().toISOString(), "2026-01-01T01:00:00.000Z");
});

test("a real clock can be moved, too, and what waits for it comes", async () => {
  const { registry, clock } = await waiting("real");
  registry.fault(late("1h"));
  const before = Date.now();
  const answer = registry.fetch("/v2/");
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(3_600_000);
  strictEqual((await answer).status, 200);
  ok(clock.now().getTime() >= before + 3_600_000);
});

test("a real delay takes its time, and no timer is left of it", async () => {
  const { registry, ask } = await waiting("real");
  const since = performance.now();
  await ask(100);
  ok(performance.now() - since >= 95);
  registry.fault(late("100000h"));
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  registry.fetch("/v2/").catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  strictEqual(timers(), before + 1);
  await registry.close();
  strictEqual(timers(), before);
});

test("sessions and windows go by it, and no timer is used", async () => {
  const registry = keep(await createRegistry({ clock: "virtual" }));
  const before = process.getActiveResourcesInfo();
  registry.fault({
    match: { operation: "ping" },
    when: { windowMs: [0, "1s"] },
    do: [{ verb: "status", status: 429, headers: { "Retry-After": "1" } }],
  });
  const status = async (path, init) => (await registry.fetch(path, init)).status;
  strictEqual(await status("/v2/"), 429);
  registry.clock.advance(1000);
  strictEqual(await status("/v2/"), 200);
  const opened = await registry.fetch("/v2/app/blobs/uploads/", { method: "POST" });
  registry.clock.advance(3_599_000);
  strictEqual(await status(opened.headers.get("location")), 204);
  registry.clock.advance(7_200_000);
  strictEqual(await status(opened.headers.get("location")), 404);
  registry.fault(late("1h"));
  const answers = Array.from({ length: 1000 }, () => registry.fetch("/v2/"));
  await new Promise((resolve) => setImmediate(resolve));
  deepStrictEqual(process.getActiveResourcesInfo(), before);
  registry.clock.runAll();
  strictEqual((await Promise.all(answers)).length, 1000);
});

test("a clock is not moved by what is no time", async () => {
  const { clock } = await waiting("virtual");
  for (const ms of [-1, NaN, Infinity, "1s", undefined]) {
    throws(() => clock.advance(ms), { code: "ERR_OPTION", message: /clock\.advance\(.*\); give a number/ });
  }
});
