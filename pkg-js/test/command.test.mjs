// The command `registrette`, as `npx registrette serve` runs it, and `npm start`.

import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const CLI = path("../dist/cli.js");

const running = new Set();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

/** Variables without those that would count. */
function variables(more) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("REGIST"));
  return { ...Object.fromEntries(kept), ...more };
}

function start(args, { env = {}, script = CLI } = {}) {
  const child = spawn(process.execPath, [script, ...args], { env: variables(env) });
  running.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value;
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  return {
    child,
    line,
    said: () => said,
    url: async () => /^listening on (.*)$/.exec(await line())[1],
    ended: async () => (child.exitCode === null ? (await once(child, "close"))[0] : child.exitCode),
  };
}

const serve = (...args) => start(["serve", "--addr", "127.0.0.1:0", ...args]);

const status = async (url, method = "GET") => (await fetch(url, { method })).status;

test("the first line says where, and it answers", async () => {
  for (const name of ["serve", "run"]) {
    const url = await start([name, "--addr", "localhost:0"]).url();
    match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    strictEqual(await status(`${url}/v2/`), 200);
  }
});

test("who asks for control that is off is told so once, in the log", async () => {
  const { url, child, said } = serve();
  const place = await url();
  const told = once(child.stderr, "data");
  for (let times = 0; times < 2; times++) strictEqual(await status(`${place}/_control/health`), 404);
  await told;
  child.kill();
  await once(child, "close");
  match(said(), /^.*start the registry with --control\n$/);
});

test("flags reach the registry, and stand over variables", async () => {
  const url = await serve("--no-delete", "--public-url", "https://b.test/").url();
  strictEqual(await status(`${url}/v2/app/manifests/a`, "DELETE"), 405);
  const opened = await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST" });
  match(opened.headers.get("location"), /^(https:\/\/b\.test)?\/v2\/app\//);
  const env = {
    REGISTRETTE_ADDR: "127.0.0.1:0",
    REGISTRY_HTTP_ADDR: "192.0.2.1:1",
    REGISTRY_STORAGE_DELETE_ENABLED: "false",
  };
  strictEqual(await status(`${await start(["serve"], { env }).url()}/v2/a/manifests/a`, "DELETE"), 405);
  const over = start(["serve", "--no-delete=false"], { env });
  strictEqual(await status(`${await over.url()}/v2/a/manifests/a`, "DELETE"), 404);
});

test("one seed gives one id", async () => {
  const id = async (...args) => {
    const url = await serve(...args).url();
    return (await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST" })).headers.get("location");
  };
  strictEqual(await id("--seed", "7"), await id("--seed=7"));
  notStrictEqual(await id(), await id());
});

test("faults are there from the start, and go by the clock", async () => {
  const folder = mkdtempSync(join(tmpdir(), "registrette-"));
  const [one, list, wrong] = ["one", "list", "wrong"].map((name) => join(folder, `${name}.json`));
  writeFileSync(one, '{ "when": { "first": 1 }, "do": [{ "verb": "status", "status": 503 }] }');
  writeFileSync(list, '[{ "do": [{ "verb": "delay", "time": "1h" }] }]');
  writeFileSync(wrong, '[{ "do": [{ "verb": "hang" }] }, { "do": [{ "verb": "hung" }] }]');
  const url = await serve("--faults", one, "--faults", list, "--clock", "auto").url();
  deepStrictEqual([await status(`${url}/v2/`), await status(`${url}/v2/`)], [503, 200]);
  const done = spawnSync(process.execPath, [CLI, "serve", "--faults", wrong], { env: variables({}) });
  const said = `registrette: error: ${wrong}: fault rule: [1].do[0].verb: no verb "hung"; did you mean "hang"?\n`;
  deepStrictEqual([done.status, String(done.stderr)], [2, said]);
  rmSync(folder, { recursive: true });
});

test("mistakes are told in a line", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const taken = `127.0.0.1:${holder.address().port}`;
  const cases = [
    [["serve", "--addr", taken], `${taken} is taken`],
    [["serve", "--addr", taken], "--addr 127.0.0.1:0"],
    [["serve", "--addr", "5000"], "no port"],
    [["serve", "--addr", "192.0.2.1:0"], "192.0.2.1:0"],
    [["serve", "--profile", "ociservr"], "ociserver"],
    [["serve", "--profile", "Docker/=zot"], '"Docker/"'],
    [["serve", "--quirk", "mounts=deny"], '"denied"'],
    [["profiles", "zott"], 'did you mean "zot"?'],
    [["serve", "--tls-cert", "/no/such/file", "--tls-key", "/no/such/file"], "/no/such/file"],
    [["serve", "--tls-cert", "/no/such/file"], "--tls-key"],
    [["serve", "--tls-cert", "/dev/null", "--tls-key", "/dev/null"], "no certificate"],
    [["serve", "--ca-out", "/tmp/x"], "--tls test"],
    [["serve", "--tls", "test", "--ca-out", "/no/such/place"], "/no/such/place"],
    [["serve", "--ready-file", "/no/such/place", "--addr", "127.0.0.1:0"], "/no/such/place"],
    [["serve", "--cors", "*", "--addr", "127.0.0.1:0"], "every page"],
    [["serve", "--host", "*", "--addr", "127.0.0.1:0"], "name"],
    [["serve", "--public-url", "a.example"], "https://"],
    [["serve", "--seed", "x"], "whole number"],
    [["serve", "--faults", "/no/such/file"], "/no/such/file cannot be read"],
    [["serve", "--faults", "/dev/null"], "error: /dev/null: fault rule: it is not JSON: EOF while parsing a value"],
    [["serve", "--clock", "autom"], "did you mean auto?"],
    [["serve", "--clock", "fast"], "real|virtual|auto"],
    [["serve", "--refrences", "lax"], "--references"],
    [["serve", "--references", "strickt"], "strict"],
    [["serve", "--log=perhaps"], "true"],
    [["serve", "--htpasswd", "users"], "for the native registrette: passwords hashed by bcrypt; install that"],
    [["serve", "--token-key", "key.pem"], "for the native registrette"],
    [["catalgo"], "did you mean catalog?"],
    [["serv"], "did you mean serve?"],
    [[], "Usage: registrette serve"],
  ];
  for (const [args, wanted] of cases) {
    const done = spawnSync(process.execPath, [CLI, ...args], { env: variables({}), timeout: 60_000 });
    const said = String(done.stderr);
    deepStrictEqual([done.status, String(done.stdout)], [2, ""], `${args}: ${said}`);
    ok(said.includes(wanted) && said.trimEnd().split("\n").length === 1, `${args}: ${said}`);
  }
  holder.close();
  strictEqual(spawnSync(process.execPath, [CLI, "--help"]).status, 0);
  match(String(spawnSync(process.execPath, [CLI, "--version"]).stdout), /^registrette \d+\.\d+\.\d+\n$/);
});

test("the ready file, the variables and the CA are there when it answers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "registrette-"));
  const [ready, ca] = [join(folder, "ready.json"), join(folder, "ca.pem")];
  const process = serve("--ready-file", ready, "--env", "--tls", "test", "--ca-out", ca);
  const url = await process.url();
  deepStrictEqual(JSON.parse(readFileSync(ready, "utf8")), { url, pid: process.child.pid, control: null });
  deepStrictEqual([await process.line(), await process.line()], [`REGISTRY_URL=${url}`, "REGISTRY_INSECURE=false"]);
  match(url, /^https:/);
  strictEqual(readFileSync(ca, "utf8"), readFileSync(path("../../src/serve/tls/test-ca.pem"), "utf8"));
  deepStrictEqual(readdirSync(folder).sort(), ["ca.pem", "ready.json"]);
  rmSync(folder, { recursive: true });
  ok(!existsSync(folder));
});

test("it ends with its parent when told to, and by signals", async () => {
  const child = serve("--exit-with-parent");
  await child.url();
  child.child.stdin.end("bye\n");
  strictEqual(await child.ended(), 0);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    const process = serve();
    strictEqual(await status(`${await process.url()}/v2/`), 200);
    process.child.stdin.end();
    process.child.kill(signal);
    strictEqual(await process.ended(), 0, signal);
  }
});

test("each request is a line on stderr, and off loopback there is a warning", async () => {
  const process = start(["serve", "--addr", "0.0.0.0:0", "--log", "--exit-with-parent"]);
  strictEqual(await status(`${await process.url()}/v2/?x=%1b[31m`), 200);
  process.child.stdin.end();
  await process.ended();
  match(process.said(), /^warning: 0\.0\.0\.0:\d+ is not loopback/);
  match(process.said(), / GET \/v2\/\?x=%1b\[31m 200 \d+B /);
});

test("npm start serves samples and a page", async () => {
  const env = { REGISTRETTE_ADDR: "127.0.0.1:0" };
  const url = await start([], { env, script: path("../scripts/start.mjs") }).url();
  const page = await fetch(`${url}/`);
  strictEqual(page.headers.get("content-type"), "text/html; charset=utf-8");
  const html = await page.text();
  const targets = [...html.matchAll(/href="([^"]+)"/g)].map(([, target]) => target);
  strictEqual(targets.length, 4);
  for (const target of targets) strictEqual(await status(url + target), 200, target);
  const json = async (target) => (await fetch(url + target)).json();
  deepStrictEqual(await json("/v2/_catalog"), { repositories: ["demo/hello", "demo/multi"] });
  deepStrictEqual((await json("/v2/demo/hello/tags/list")).tags, ["latest", "v1", "v2"]);
  const multi = await fetch(`${url}/v2/demo/multi/manifests/latest`);
  const { manifests } = await json(`/v2/demo/multi/referrers/${multi.headers.get("Docker-Content-Digest")}`);
  deepStrictEqual([(await multi.json()).manifests.length, manifests.length], [2, 1]);
});
