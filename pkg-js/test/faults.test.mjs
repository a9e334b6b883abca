// Fault rules from JavaScript: setting them, taking them away, and what is told of one that makes no sense.

import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert";
import { connect as connectTls } from "node:tls";
import { test } from "node:test";

import { RegistryError, createRegistry, startRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { Raw, get } from "./raw.mjs";

const made = async (options) => keep(await createRegistry(options));
const started = async (options) => keep(await startRegistry(options));
const closing = (t, client) => (t.after(() => client.close()), client);
const status = async (registry, path = "/v2/") => (await registry.fetch(path)).status;
const failing = (status) => ({ do: [{ verb: "status", status }] });

test("a fault counts what it does, until it is removed, and says so afterwards", async () => {
  const registry = await made();
  const rule = { match: { operation: "ping" }, when: { first: 2 }, do: [{ verb: "status", status: 503 }] };
  const fault = registry.fault(rule);
  const other = registry.fault(failing(418));
  deepStrictEqual([fault.id, fault.rule, registry.faults], [1, rule, [fault, other]]);
  deepStrictEqual([await status(registry), await status(registry), await status(registry)], [503, 503, 418]);
  deepStrictEqual([fault.matches, fault.hits, other.hits], [3, 2, 3]);
  other.remove();
  other.remove();
  fault[Symbol.dispose]();
  strictEqual(await status(registry), 200);
  deepStrictEqual([fault.matches, fault.hits, other.hits, registry.faults], [3, 2, 3, []]);
});

test("what clears, resets, restores and forks does to faults", async () => {
  const registry = await made({ faults: [failing(503), { when: { after: 1 }, ...failing(500) }] });
  const before = registry.snapshot();
  const more = registry.fault(failing(418));
  strictEqual(await status(registry), 503);
  registry.restore(before);
  deepStrictEqual([registry.faults.length, more.hits], [3, 1]);
  const fork = keep(registry.fork());
  deepStrictEqual([fork.faults, await status(fork)], [[], 200]);
  registry.clearFaults();
  deepStrictEqual([registry.faults, more.hits, await status(registry)], [[], 1, 200]);
  more.remove();
  registry.fault(failing(418));
  registry.reset();
  deepStrictEqual(
    registry.faults.map(({ rule, hits }) => [rule.do[0].status, hits]),
    [
      [503, 0],
      [500, 0],
    ],
  );
  strictEqual(await status(registry), 503);
  const [first] = registry.faults;
  await registry.close();
  strictEqual(first.hits, 1);
});

test("what the control API sets and takes away is seen, too", async () => {
  const registry = await started({ control: true });
  const control = (method, path, body) => {
    const headers = { "registrette-control": "1", "content-type": "application/json" };
    return fetch(registry.control + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  };
  const own = registry.fault(failing(418));
  await control("POST", "/faults", [{ match: { operation: "ping" }, do: [{ verb: "hang" }] }]);
  deepStrictEqual(
    registry.faults.map(({ id, rule }) => [id, rule.do[0].verb]),
    [
      [1, "status"],
      [2, "hang"],
    ],
  );
  const [, theirs] = registry.faults;
  strictEqual(registry.faults[1], theirs);
  theirs.remove();
  strictEqual(await status(registry), 418);
  strictEqual(own.hits, 1);
  await control("DELETE", "/faults");
  deepStrictEqual([registry.faults, own.hits, await status(registry)], [[], 1, 200]);
});

test("the same seed gives the same faults, also after a reset", async () => {
  const draws = async (registry) => {
    registry.fault({ when: { probability: 0.5 }, ...failing(503) });
    return Promise.all(Array.from({ length: 40 }, () => status(registry)));
  };
  const registry = await made({ rngSeed: 7 });
  const first = await draws(registry);
  registry.reset();
  deepStrictEqual(await draws(registry), first);
  // Pinned: tests/faults/timing.rs has the same.
  deepStrictEqual(
    first.slice(0, 11).flatMap((status, at) => (status === 503 ? [at + 1] : [])),
    [1, 2, 3, 4, 6, 7, 8, 11],
  );
  const other = await draws(await made({ rngSeed: 8 }));
  ok(other.join() !== first.join());
});

const MISTAKES = [
  [{}, /^fault rule: "do" is missing; a rule is \{ match, when, do \}/],
  [undefined, /expected an object, got null/],
  [[failing(500)], /expected an object, got \[/],
  ["hang", /expected an object, got "hang"/],
  [{ mach: {}, do: [{ verb: "hang" }] }, /^fault rule: mach: there is no such member; did you mean "match"\?$/],
  [{ do: [{ verb: "hang" }, { verb: "trunkate" }] }, /^fault rule: do\[1\]\.verb: no verb "trunkate"; did you mean/],
  [{ match: { operation: "blob.gett" }, do: [{ verb: "hang" }] }, /match\.operation: .*; did you mean "blob\.get"\?$/],
  [{ match: { operation: "blob.get", method: "PUT" }, do: [{ verb: "hang" }] }, /nothing would ever match/],
  [{ match: { repository: /demo/ }, do: [{ verb: "hang" }] }, /match\.repository: expected a string, got \{\}/],
  [{ do: [{ verb: "delay", time: -5 }] }, /do\[0\]\.time: expected milliseconds, or a duration like "1\.5s", got -5/],
  [{ do: [{ verb: "delay", time: "5 s" }] }, /do\[0\]\.time: .*a unit is missing/],
  [{ when: { probability: 2 }, do: [{ verb: "hang" }] }, /a number from 0 to 1, got 2/],
  [{ when: { probability: NaN }, do: [{ verb: "hang" }] }, /a number from 0 to 1, got "NaN"/],
  [
    { when: { first: 1n }, do: [{ verb: "hang" }] },
    /when\.first: expected a whole number from 0 upwards, got "a bigint"/,
  ],
  [{ when: () => true, do: [{ verb: "hang" }] }, /when: expected an object, got "a function"/],
  [{ do: [{ verb: "redirect", host: "a b" }] }, /do\[0\]\.host: "a b" is not a host; write it like localhost:5000$/],
];

test("a rule that is wrong is told, with its place and the nearest, and is not set", async () => {
  const registry = await made();
  const loop = { do: [] };
  loop.do.push(loop);
  for (const [rule, text] of [...MISTAKES, [loop, /it holds itself/]]) {
    throws(
      () => registry.fault(rule),
      (error) => {
        ok(error instanceof RegistryError, String(error));
        deepStrictEqual([error.code, error.message.endsWith(`; ${error.hint}`)], ["ERR_OPTION", true]);
        match(error.message, text);
        return true;
      },
    );
  }
  deepStrictEqual([registry.faults, await status(registry)], [[], 200]);
  await rejects(createRegistry({ faults: [failing(500), { do: [{ verb: "hung" }] }] }), (error) => {
    strictEqual(error.code, "ERR_OPTION");
    match(error.message, /^options\.faults\[1\]: do\[0\]\.verb: no verb "hung"; did you mean "hang"\?$/);
    return true;
  });
  await rejects(createRegistry({ faults: failing(500) }), /options\.faults is .*; it takes a list of fault rules/);
});

test("what hangs ends with its signal, or with the registry", async () => {
  for (const verb of [{ verb: "hang" }, { verb: "delay", time: "1h" }]) {
    const registry = await createRegistry({ faults: [{ do: [verb] }] });
    const controller = new AbortController();
    const aborted = registry.fetch("/v2/", { signal: controller.signal });
    const closed = registry.fetch("/v2/");
    const reason = new Error("enough");
    controller.abort(reason);
    await rejects(aborted, reason);
    await registry.close();
    await rejects(closed, (error) => {
      deepStrictEqual([error.name, error.message, error.cause.code], ["TypeError", "fetch failed", "ERR_DISPOSED"]);
      return true;
    });
  }
});

test("so does a body that does not go on", async () => {
  const registry = await createRegistry({ faults: [{ do: [{ verb: "stall", at: 1 }] }] });
  const controller = new AbortController();
  const bodies = await Promise.all(
    [controller.signal, undefined, undefined].map(async (signal) => {
      const { body } = await registry.fetch("/v2/", { signal });
      const reader = body.getReader();
      strictEqual(new TextDecoder().decode((await reader.read()).value), "{");
      return reader;
    }),
  );
  const [aborted, cancelled, closed] = bodies.map((reader) => reader.read());
  controller.abort();
  await rejects(aborted, { name: "AbortError" });
  await bodies[1].cancel();
  strictEqual((await cancelled).done, true);
  await registry.close();
  await rejects(closed, { name: "TypeError", message: "terminated" });
});

test("a reset is one over TLS, too", async () => {
  for (const at of [undefined, 1]) {
    const registry = await started({ tls: "test", faults: [{ do: [{ verb: "reset", ...(at && { at }) }] }] });
    const socket = connectTls({ port: registry.port, host: "127.0.0.1", ca: registry.ca });
    let received = "";
    socket.on("data", (bytes) => (received += bytes));
    const ended = new Promise((resolve) => socket.on("error", resolve).on("end", resolve));
    socket.write(get("/v2/"));
    strictEqual((await ended)?.code, "ECONNRESET");
    strictEqual(received.endsWith("\r\n\r\n{"), at === 1, received);
  }
});

test("a connection outlives the faults that leave it whole", async (t) => {
  const registry = await started({
    faults: [
      {
        match: { method: "HEAD" },
        do: [
          { verb: "truncate", at: 0 },
          { verb: "reset", at: 0 },
        ],
      },
      { match: { method: "GET" }, do: [{ verb: "header", set: { "Content-Length": "1" } }] },
    ],
  });
  const client = closing(t, new Raw(registry.port));
  const head = await client.ask("HEAD /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "HEAD");
  deepStrictEqual([head.status, head.headers.get("Content-Length")], [200, "2"]);
  for (let i = 0; i < 2; i++) strictEqual((await client.ask(get("/v2/"))).text, "{");
  registry.clearFaults();
  registry.fault({
    do: [
      { verb: "header", drop: ["Content-Length"] },
      { verb: "truncate", at: 1 },
    ],
  });
  const chunked = await client.ask(get("/v2/"));
  strictEqual(chunked.headers.get("Transfer-Encoding"), "chunked");
});

test("a long push waits for an answer that is late, however long", async (t) => {
  const registry = await started({ clock: "virtual" });
  registry.fault({
    do: [
      { verb: "delay", time: "1h" },
      { verb: "status", status: 503 },
    ],
  });
  const client = closing(t, new Raw(registry.port));
  client.send(`PUT /v2/app/manifests/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${8 << 20}\r\n\r\n`);
  client.send(Buffer.alloc(8 << 20, 32));
  while (registry.clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  // Longer than what is left unread is read for.
  await new Promise((resolve) => setTimeout(resolve, 2300));
  ok(!client.isEnded);
  registry.clock.runAll();
  strictEqual((await client.answer()).status, 503);
});

test("closing a server ends what hangs on it", async (t) => {
  const registry = await startRegistry({ faults: [{ do: [{ verb: "hang" }] }] });
  const client = closing(t, new Raw(registry.port));
  client.send(get("/v2/"));
  while (registry.faults[0].hits === 0) await new Promise((resolve) => setImmediate(resolve));
  await registry.close();
  strictEqual((await client.rest()).length, 0);
});
