// The server: who may ask, where it listens, how it ends.

import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { request as requestTls } from "node:https";
import { test } from "node:test";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";

import { createRegistry, listen, startRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { HELLO, Raw, get } from "./raw.mjs";

async function ask(registry, method, target, headers) {
  const client = new Raw(registry.port);
  const answer = await client.ask(`${method} ${target} HTTP/1.1\r\nContent-Length: 0\r\n${headers}\r\n`, method);
  client.close();
  return answer;
}

test("a name that is not ours is misdirected", async () => {
  const registry = keep(await startRegistry({ allowedHosts: ["registry.test"] }));
  const answer = await ask(registry, "GET", "/v2/", "Host: evil.example\r\n");
  deepStrictEqual([answer.status, answer.code()], [421, "DENIED"]);
  match(answer.text, /allowedHosts/);
  strictEqual(answer.headers.get("X-Content-Type-Options"), "nosniff");
  // A target that names a host stands over the header.
  strictEqual((await ask(registry, "GET", "http://evil.example/v2/", "Host: localhost\r\n")).status, 421);
  for (const host of ["localhost", "127.0.0.1:1", "[::1]", "a.localhost:5000", "Registry.Test:5000"]) {
    strictEqual((await ask(registry, "GET", "/v2/", `Host: ${host}\r\n`)).status, 200, host);
  }
  const client = new Raw(registry.port);
  strictEqual((await client.ask("HEAD /v2/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HEAD")).status, 421);
  strictEqual((await client.ask(get("/v2/"))).text, "{}");
  client.close();
  deepStrictEqual(registry.calls({ status: 421 }), []);
});

test("an image has a name there", async () => {
  const registry = keep(await startRegistry({ seed: { ref: "demo/app:v1", image: {} } }));
  strictEqual(registry.imageRef("demo/app:v1"), `127.0.0.1:${registry.port}/demo/app:v1`);
  const [host, name] = registry.imageRef("demo/app:v1").split(/\/(.*)/);
  strictEqual((await fetch(`http://${host}/v2/${name.replace(":", "/manifests/")}`)).status, 200);
});

test("a page of another origin changes nothing", async () => {
  const registry = keep(await startRegistry({ cors: ["http://app.example"] }));
  const empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const target = `/v2/app/blobs/uploads/?digest=${empty}`;
  const push = (headers) => ask(registry, "POST", target, `Host: localhost\r\n${headers}`);
  for (const headers of [
    "Origin: http://evil.example\r\n",
    "Origin: null\r\n",
    "Sec-Fetch-Site: cross-site\r\n",
    "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
  ]) {
    const answer = await push(headers);
    deepStrictEqual([answer.status, answer.code()], [403, "DENIED"], headers);
    match(answer.text, /--cors ORIGIN/);
  }
  deepStrictEqual(registry.repositories(), []);
  for (const origin of ["http://app.example", "http://localhost"]) {
    strictEqual((await push(`Origin: ${origin}\r\nSec-Fetch-Site: cross-site\r\n`)).status, 201, origin);
  }
  const navigation = "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n";
  strictEqual((await ask(registry, "GET", "/v2/", navigation)).status, 200);
});

test("off loopback every name is ours, and origins are not", async () => {
  const registry = keep(await startRegistry({ host: "0.0.0.0" }));
  match(registry.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  strictEqual((await ask(registry, "GET", "/v2/", "Host: evil.example\r\n")).status, 200);
  strictEqual((await ask(registry, "GET", "/v2/", "Host: a\r\nOrigin: http://evil.example\r\n")).status, 403);
});

test("both loopback families are on one port", async () => {
  const registry = keep(await startRegistry());
  deepStrictEqual([registry.url, registry.host], [`http://127.0.0.1:${registry.port}`, `127.0.0.1:${registry.port}`]);
  const client = new Raw(registry.port, "::1");
  strictEqual((await client.ask(get("/v2/"))).status, 200);
  client.close();
});

test("header names are in title case", async () => {
  const registry = keep(await startRegistry({ seed: { blob: { repository: "a", bytes: "hello" } } }));
  const { head } = await ask(registry, "HEAD", `/v2/a/blobs/${HELLO}`, "Host: localhost\r\n");
  match(head, /\r\nDocker-Content-Digest: sha256:/);
  match(head, /\r\nEtag: /);
});

test("the test certificate", async () => {
  const registry = keep(await startRegistry({ tls: "test" }));
  match(registry.url, /^https:\/\/127\.0\.0\.1:/);
  const status = await new Promise((resolve, reject) => {
    const { port, ca } = registry;
    const request = requestTls({ host: "localhost", port, ca, method: "POST", path: "/v2/a/blobs/uploads/" });
    request.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
    request.end();
  });
  strictEqual(status, 202);
  await rejects(startRegistry({ tls: { key: "no key", cert: "no certificate" } }), { code: "ERR_OPTION" });
});

test("close ends open connections, and can be called again", async () => {
  const registry = await startRegistry();
  const idle = new Raw(registry.port);
  strictEqual((await idle.ask(get("/v2/"))).status, 200);
  const sending = new Raw(registry.port);
  sending.send(`POST /v2/a/blobs/uploads/?digest=${HELLO} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe`);
  await Promise.all([registry.close(), registry.close()]);
  await registry.close();
  await Promise.all([idle.rest(), sending.rest()]);
  idle.close();
  sending.close();
  await new Promise((resolve) => connect(registry.port, "127.0.0.1").on("error", resolve));
  await rejects(registry.fetch("/v2/"), { code: "ERR_DISPOSED" });
});

test("a server ends without its registry", async () => {
  const registry = keep(await createRegistry());
  const server = await listen(registry);
  await server.close();
  strictEqual((await registry.fetch("/v2/")).status, 200);
  await rejects(listen({}), { code: "ERR_OPTION" });
});

test("a port that is taken is told", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  const { port } = holder.address();
  await rejects(startRegistry({ port }), (error) => {
    deepStrictEqual([error.name, error.code], ["RegistryError", "ERR_LISTEN"]);
    match(error.message, new RegExp(`127.0.0.1:${port} is taken.*0 for a free one`));
    return true;
  });
  await rejects(startRegistry({ host: "192.0.2.1" }), { code: "ERR_LISTEN" });
  holder.close();
});

test("unref lets the program end", () => {
  const node = fileURLToPath(new URL("../dist/node.js", import.meta.url));
  const script = `const { startRegistry } = await import(${JSON.stringify(node)});
    const registry = await startRegistry({ unref: true });
    console.log((await fetch(registry.url + "/v2/")).status);`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", script], { timeout: 60_000 });
  deepStrictEqual([done.status, String(done.stdout)], [0, "200\n"], String(done.stderr));
});

test("bodies go both ways whole, and slowly read ones do not fill the memory", async () => {
  const registry = keep(await startRegistry());
  const bytes = Buffer.alloc(24 << 20);
  for (let i = 0; i < bytes.length; i += 4) bytes.writeUInt32LE(i, i);
  const [{ digest }] = await (await createRegistry()).seed({ blob: { repository: "a", bytes } });
  const pushed = await fetch(`${registry.url}/v2/a/blobs/uploads/?digest=${digest}`, { method: "POST", body: bytes });
  strictEqual(pushed.status, 201);
  const client = new Raw(registry.port);
  client.socket.pause();
  client.send(get(`/v2/a/blobs/${digest}`, "Connection: close\r\n"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  client.socket.resume();
  const all = await client.rest();
  ok(all.subarray(all.indexOf("\r\n\r\n") + 4).equals(bytes));
  client.close();
});
