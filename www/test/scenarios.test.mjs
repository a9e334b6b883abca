// Every scenario, as its data says it: in Node, in the worker of a page, and by its curl lines against the native server.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { admin, controlled, direct, launch, newContext, send, serveFiles, skip } from "./beneath.mjs";
import { load } from "./load.mjs";

const { scenarios } = await load("shared/scenarios");
const { keptAfter, stepRequest, surprises } = await load("shared/scenario");
const { toCurl } = await load("shared/shell");

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Walks through a scenario. `set` makes what a step wants, `ask` sends its request. Gives what each answer was. */
async function walk(scenario, { set, ask, mount = "" }) {
  let kept = {};
  const seen = [];
  for (const [at, step] of scenario.steps.entries()) {
    if (step.set) await set(step.set);
    const answer = await ask(stepRequest(step, kept, mount), step);
    const text = new TextDecoder().decode(answer.body);
    deepStrictEqual(surprises(step, answer, kept), [], `${scenario.id}, step ${at + 1} (${step.say}): ${text}`);
    kept = keptAfter(step, answer, kept);
    const digest = answer.headers.find(([name]) => name.toLowerCase() === "docker-content-digest")?.[1];
    seen.push(`${answer.status} ${digest ?? "-"}`);
  }
  return seen;
}

const bytes = (text) => new TextEncoder().encode(text);

/** In Node: a registry that is made anew where a step wants other settings. */
async function inNode(scenario) {
  const { createRegistry } = await import("../../pkg-js/dist/index.node.js");
  let registry = await createRegistry();
  const set = async ({ settings, faults }) => {
    if (settings) registry = await createRegistry(settings.auth ? { auth: settings.auth } : {});
    if (faults) registry.clearFaults();
    for (const rule of faults ?? []) registry.fault(rule);
  };
  const ask = async ({ method, target, headers, body }) => {
    const response = await registry.fetch(target, { method, headers, ...(body.length > 0 && { body }) });
    return {
      status: response.status,
      headers: [...response.headers],
      body: new Uint8Array(await response.arrayBuffer()),
    };
  };
  return walk(scenario, { set, ask });
}

test("there are fifteen, each with a name of its own, and every step says why", () => {
  strictEqual(scenarios.length, 15);
  strictEqual(new Set(scenarios.map(({ id }) => id)).size, 15);
  for (const { id, title, about, steps } of scenarios) {
    ok(title && about && steps.length > 1, id);
    for (const { say } of steps) ok(say.length > 5, id);
  }
});

describe("in Node", () => {
  for (const scenario of scenarios) test(scenario.title, () => inNode(scenario));
});

describe("in the worker of a page", { skip }, () => {
  let browser;
  let site;
  let page;
  before(async () => {
    browser = await launch();
    site = await serveFiles();
    page = await (await newContext(browser, site.origin)).context.newPage();
    await page.goto(site.url);
    await controlled(page);
  });
  after(async () => {
    await browser?.close();
    site?.close();
  });

  const set = async ({ settings, faults }) => {
    if (settings) await admin(page, "settings", { change: settings });
    if (faults) await admin(page, "faults", { rules: faults });
  };
  const ask = async ({ method, target, headers, body }, step) => {
    const text = new TextDecoder().decode(body);
    if (step.direct) return direct(page, { method, target, headers, ...(text && { body: text }) });
    const given = { headers: Object.fromEntries(headers), ...(text && { body: text }) };
    const answer = await send(page, method, target, given);
    return { status: answer.status, headers: Object.entries(answer.headers), body: bytes(answer.text) };
  };

  for (const scenario of scenarios) {
    test(scenario.title, async () => {
      deepStrictEqual(await walk(scenario, { set, ask }), await inNode(scenario));
    });
  }

  test("each of them can be walked twice", async () => {
    for (const scenario of scenarios) await walk(scenario, { set, ask });
  });
});

const TARGET = process.env.CARGO_TARGET_DIR ?? path("../../target");
const NATIVE = ["debug", "release"].map((profile) => `${TARGET}/${profile}/registrette`).find(existsSync);
const missing = !NATIVE
  ? "the native command is not built: cargo build --features cli"
  : spawnSync("curl", ["--version"]).error && "there is no curl";

describe("the curl line of each step, against the native server", { skip: !process.env.CI && missing }, () => {
  const running = new Set();
  after(() => {
    for (const child of running) child.kill("SIGKILL");
  });

  /** A server; its URL. */
  async function serve(auth) {
    const users = Object.entries(auth?.users ?? {}).flatMap(([name, password]) => ["--user", `${name}:${password}`]);
    const flags = auth ? ["--auth", auth.type, ...users] : [];
    const args = ["serve", "--addr", "127.0.0.1:0", "--control", "--exit-with-parent", ...flags];
    const child = spawn(NATIVE, args, { stdio: ["pipe", "pipe", "inherit"] });
    running.add(child);
    for await (const line of createInterface({ input: child.stdout })) return line.replace("listening on ", "");
    throw new Error("it ended");
  }

  /** What a shell gets by a line. */
  function run(line) {
    return new Promise((resolve, reject) => {
      execFile("sh", ["-c", line.replace(/\bcurl /, "curl -sS ")], { encoding: "buffer" }, (error, out) => {
        if (error) return reject(error);
        const end = out.indexOf("\r\n\r\n");
        const [status, ...headers] = out.subarray(0, end).toString("latin1").split("\r\n");
        resolve({
          status: Number(status.split(" ")[1]),
          headers: headers.map((line) => line.split(/: ?(.*)/s).slice(0, 2)),
          body: new Uint8Array(out.subarray(end + 4)),
        });
      });
    });
  }

  for (const scenario of scenarios) {
    test(scenario.title, async () => {
      let origin = await serve();
      const control = async (method, body) => {
        const headers = { "Registrette-Control": "1", "Content-Type": "application/json" };
        const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
        ok((await fetch(`${origin}/_control/faults`, init)).ok);
      };
      const set = async ({ settings, faults }) => {
        if (settings) origin = await serve(settings.auth);
        if (faults) await control("DELETE");
        if (faults?.length > 0) await control("POST", faults);
      };
      const seen = await walk(scenario, { set, ask: (request) => run(toCurl(request, origin)) });
      deepStrictEqual(seen, await inNode(scenario));
    });
  }
});
