// The control API on Node: what its description says is answered, and what only the host does.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { createRegistry, listen, startRegistry } from "../dist/node.js";

const image = { ref: "demo/app:v1", image: { files: { "a.txt": "a" } } };

async function desk(options = {}) {
  const registry = await startRegistry({ seed: image, clock: "virtual", control: true, ...options });
  const ask = async (method, path, body, more = {}) => {
    const headers = { "registrette-control": "1", ...(body && { "content-type": "application/json" }), ...more };
    for (const name of Object.keys(headers)) if (headers[name] === null) delete headers[name];
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const url = path.startsWith("http") ? path : registry.control + path;
    const answer = await fetch(url, { method, headers, ...(text && { body: text }) });
    const said = await answer.text();
    const isJson = answer.headers.get("content-type") === "application/json";
    return { status: answer.status, headers: answer.headers, body: isJson && said ? JSON.parse(said) : said };
  };
  return { registry, ask };
}

const BODIES = {
  "POST /restore": { id: 1 },
  "POST /faults": [{ match: { operation: "catalog" }, do: [{ verb: "hang" }] }],
  "POST /clock": { advance: "1m" },
  "POST /calls/check": { "manifest.get": 0 },
  "PUT /profile": { name: "registry2" },
};

test("what openapi.json describes is what Node answers", async () => {
  const { registry, ask } = await desk();
  const text = readFileSync(new URL("../../src/control/openapi.json", import.meta.url), "utf8");
  const { body: document } = await ask("GET", "/openapi.json");
  deepStrictEqual(document, JSON.parse(text));
  const steps = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => [method.toUpperCase(), path.replace("/_control", ""), Number(status)]),
    ),
  );
  ok(steps.length > 60);
  const last = ([method, , status]) => (status === 429 ? 2 : method === "DELETE" ? 1 : method === "POST" ? -1 : 0);
  steps.sort((a, b) => last(a) - last(b));
  for (const [method, path, status] of steps) {
    const name = `${method} ${path}`;
    const known = path.replace("{id}", "1");
    const given = BODIES[name];
    let answer;
    if (status === 403) answer = await ask(method, known, given, { "registrette-control": null });
    else if (status === 415) answer = await ask(method, known, given, { "content-type": "text/plain" });
    else if (status === 400 && given) answer = await ask(method, known, { nonsense: {} });
    else if (status === 400) answer = await ask(method, `${known}?nonsense=1`);
    else if (status === 404) answer = await ask(method, path.replace("{id}", "99999"), given && { id: 99999 });
    else if (status === 429) {
      const most = path === "/registries" ? 256 : 1000;
      for (let i = 0; i <= most; i++) answer = await ask(method, path);
    } else {
      // What is named is made just before.
      const parent = path === "/restore" ? "/snapshot" : path.replace("/{id}", "");
      let id = 1;
      if (parent !== path) {
        const made = (await ask("POST", parent, BODIES[`POST ${parent}`])).body;
        ({ id } = [made].flat()[0]);
      }
      answer = await ask(method, path.replace("{id}", id), given);
    }
    strictEqual(answer.status, status, `${name}: ${JSON.stringify(answer.body)}`);
  }
  await registry.close();
});

test("a reset comes back to the seeds, with clock, calls and faults", async () => {
  const { registry, ask } = await desk();
  const before = registry.clock.now();
  const rule = { match: { operation: "ping" }, do: [{ verb: "status", status: 503 }] };
  strictEqual((await ask("POST", "/faults", rule)).body.id, 1);
  strictEqual((await fetch(`${registry.url}/v2/`)).status, 503);
  deepStrictEqual(registry.calls({ fault: 1 })[0].faults, [1]);
  await registry.fetch("/v2/demo/app/manifests/v1", { method: "DELETE" });
  strictEqual((await ask("POST", "/clock", { advance: 60_000 })).body.mode, "virtual");
  strictEqual(registry.clock.now() - before, 60_000);
  deepStrictEqual(registry.tags("demo/app"), []);
  strictEqual((await ask("POST", "/reset")).status, 204);
  deepStrictEqual([registry.tags("demo/app"), registry.calls(), registry.clock.now()], [["v1"], [], before]);
  strictEqual((await fetch(`${registry.url}/v2/`)).status, 200);
  await registry.close();
});

test("a reset comes back to the seeds as if nobody had asked", async () => {
  const rateLimit = { limit: 3, windowMs: 86_400_000, counts: "requests" };
  const { registry, ask } = await desk({ rateLimit, profile: { quirks: { readLagMs: 86_400_000 } } });
  const put = { method: "PUT", body: "{}", headers: { "content-type": "application/x-opaque" } };
  const status = async (path, init) => (await registry.fetch(path, init)).status;
  for (let round = 0; round < 2; round++) {
    const pull = "/v2/demo/app/manifests/v1";
    strictEqual(await status(pull), 200);
    strictEqual(await status(pull, put), 201);
    strictEqual(await status(pull), 404);
    strictEqual(await status(pull), 429);
    strictEqual((await ask("POST", "/reset")).status, 204);
    deepStrictEqual(registry.calls(), []);
  }
  await registry.close();
});

test("a snapshot brings back content and clock", async () => {
  const { registry, ask } = await desk();
  const { id, at } = (await ask("POST", "/snapshot")).body;
  strictEqual(at, "2026-01-01T00:00:00.000Z");
  registry.clock.advance(5000);
  await registry.fetch("/v2/demo/app/manifests/v1", { method: "DELETE" });
  strictEqual((await ask("POST", "/restore", { id })).status, 204);
  deepStrictEqual([registry.tags("demo/app"), registry.clock.now().toISOString()], [["v1"], at]);
  await registry.close();
});

test("registries do not meet, and end", async () => {
  const { registry, ask } = await desk({ publicUrl: "http://registry.test" });
  const [one, two] = [(await ask("POST", "/registries")).body, (await ask("POST", "/registries")).body];
  strictEqual(one.control, `${one.url}/_control`);
  const remove = await fetch(`${one.url}/v2/demo/app/manifests/v1`, { method: "DELETE" });
  strictEqual(remove.status, 202);
  strictEqual((await fetch(`${two.url}/v2/demo/app/manifests/v1`)).status, 200);
  deepStrictEqual(registry.tags("demo/app"), ["v1"]);
  strictEqual((await ask("POST", `${one.control}/reset`)).status, 204);
  strictEqual((await fetch(`${one.url}/v2/demo/app/manifests/v1`)).status, 200);
  deepStrictEqual((await ask("GET", "/registries")).body, [one, two]);
  strictEqual((await ask("DELETE", `${one.control}/registries/1`)).status, 204);
  strictEqual((await ask("DELETE", "/registries/1")).status, 404);
  await rejects(fetch(`${one.url}/v2/`, { headers: { connection: "close" } }));
  await registry.close();
  await rejects(fetch(`${two.url}/v2/`, { headers: { connection: "close" } }));
});

test("a hundred registries take less than 10 MiB", () => {
  const script = fileURLToPath(new URL("forks.mjs", import.meta.url));
  const run = () => JSON.parse(execFileSync(process.execPath, ["--expose-gc", script], { encoding: "utf8" }));
  // What the heaps hold is the same each time. What the process holds besides may be left of anything: it is looked at again.
  let resident = Infinity;
  for (let tries = 0; tries < 3 && resident >= 10; tries++) {
    const { made, asked } = run();
    ok(made.used < 3 && asked.used < 3, `${made.used} and ${asked.used} MiB in the heaps`);
    resident = Math.max(made.rss, asked.rss);
  }
  ok(resident < 10, `${resident} MiB in the process`);
});

test("calls are followed", async () => {
  const { registry } = await desk();
  await registry.fetch("/v2/");
  const answer = await fetch(`${registry.control}/calls?follow&operation=catalog&operation=ping`);
  strictEqual(answer.headers.get("content-type"), "application/x-ndjson");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => JSON.parse((await reader.read()).value).operation;
  strictEqual(await next(), "ping");
  await registry.fetch("/v2/demo/app/tags/list");
  await registry.fetch("/v2/_catalog");
  strictEqual(await next(), "catalog");
  registry.resetHistory();
  await registry.fetch("/v2/");
  strictEqual(await next(), "ping");
  const events = await fetch(`${registry.control}/calls?follow`, { headers: { accept: "text/event-stream" } });
  match((await events.body.pipeThrough(new TextDecoderStream()).getReader().read()).value, /^data: \{.*\}\n\n$/s);
  await registry.close();
  strictEqual((await reader.read().catch(() => ({ done: true }))).done, true);
});

test("who may ask is checked", async () => {
  const { registry, ask } = await desk({ control: { token: "open-sesame" } });
  strictEqual((await ask("GET", "/health")).status, 401);
  const authorization = "Bearer open-sesame";
  deepStrictEqual((await ask("GET", "/health", undefined, { authorization })).body, { status: "ok" });
  strictEqual((await ask("POST", "/reset", undefined, { authorization, origin: "http://evil.example" })).status, 403);
  const long = await ask("POST", "/faults", `[${" ".repeat(2 << 20)}]`, { authorization });
  strictEqual(long.status, 413);
  strictEqual((await ask("HEAD", "/calls?follow", undefined, { authorization })).status, 200);
  const socket = connect(registry.port, "127.0.0.1");
  const head = `Host: localhost\r\nAuthorization: ${authorization}\r\nRegistrette-Control: 1\r\nContent-Length: 9`;
  registry.fault({ do: [{ verb: "delay", time: 0 }] });
  await new Promise((resolve) => {
    socket
      .on("close", resolve)
      .on("error", () => {})
      .resume();
    socket.end(`POST /_control/reset HTTP/1.1\r\n${head}\r\nContent-Type: application/json\r\n\r\n{}`);
  });
  strictEqual(registry.faults.length, 1);
  await registry.close();

  const off = await startRegistry();
  strictEqual(off.control, undefined);
  strictEqual((await fetch(`${off.url}/_control/health`)).status, 404);
  await off.close();
  await rejects(startRegistry({ control: true, host: "0.0.0.0" }), { code: "ERR_CONTROL" });
  await rejects(startRegistry({ control: { token: "a b" } }), { code: "ERR_CONTROL" });
  await rejects(startRegistry({ control: { tokn: "a" } }), { code: "ERR_OPTION", message: /did you mean token/ });
  await rejects(startRegistry({ control: true, cors: ["*"] }), { code: "ERR_OPTION" });
  const bare = await createRegistry();
  await using_(await listen(bare, { control: true }), async ({ control }) => {
    strictEqual((await fetch(`${control}/health`)).status, 200);
  });
});

async function using_(server, act) {
  try {
    await act(server);
  } finally {
    await server.close();
  }
}
