// Answers made while the client still sends.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { after, before, test } from "node:test";

import { startRegistry } from "../dist/node.js";
import { HELLO, Raw, get } from "./raw.mjs";

const MIB = 1 << 20;

let registry;
before(async () => void (registry = await startRegistry()));
after(() => registry.close());

/** A manifest of 8 MiB, twice what is taken. */
const tooLarge = (extra) =>
  `PUT /v2/app/manifests/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${8 * MIB}\r\n${extra}\r\n`;

for (const [name, extra, status] of [
  ["the registry refuses", "", 413],
  ["was not asked for", "Expect: 100-continue\r\n", 413],
  ["who may not ask sends", "Origin: http://evil.example\r\n", 403],
]) {
  test(`a long body that ${name} does not hide the answer`, async () => {
    const client = new Raw(registry.port);
    client.send(tooLarge(extra)).send(Buffer.alloc(8 * MIB, 32));
    const answer = await client.answer();
    deepStrictEqual([answer.status, answer.headers.get("Connection")], [status, "close"]);
    strictEqual((await client.rest()).length, 0);
    ok(!client.isReset, "the connection was reset");
    client.close();
  });
}

test("a long body in chunks does not either", async () => {
  const client = new Raw(registry.port);
  client.send("PUT /v2/app/manifests/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (let i = 0; i < 8; i++)
    client
      .send(`${MIB.toString(16)}\r\n`)
      .send(Buffer.alloc(MIB, 32))
      .send("\r\n");
  client.send("0\r\n\r\n");
  strictEqual((await client.answer()).status, 413);
  await client.rest();
  ok(!client.isReset);
  client.close();
});

test("who never ends is left after two seconds", async () => {
  const client = new Raw(registry.port);
  const since = performance.now();
  strictEqual((await client.ask(tooLarge(""))).status, 413);
  await client.rest();
  // Our side has ended; theirs is read for a while.
  const timer = setInterval(() => client.send(" "), 50);
  await client.closed();
  clearInterval(timer);
  const took = performance.now() - since;
  ok(took > 1500 && took < 60_000, `${took} ms`);
});

test("a short body does not cost the connection", async () => {
  const client = new Raw(registry.port);
  const push = "PUT /v2/app/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n";
  const answer = await client.ask(`${push}hello`);
  deepStrictEqual([answer.status, answer.headers.get("Connection")], [404, "keep-alive"]);
  strictEqual((await client.ask(get("/v2/"))).status, 200);
  const late = await client.ask(`${push}hel`);
  deepStrictEqual([late.status, late.headers.get("Connection")], [404, "close"]);
  client.close();
});

test("a body that breaks off stores nothing", async () => {
  for (const [framing, part] of [
    ["Content-Length: 5", "hell"],
    ["Transfer-Encoding: chunked", "5\r\nhello\r\n"],
  ]) {
    for (const end of ["end", "destroy"]) {
      const client = new Raw(registry.port);
      client.send(
        `POST /v2/app/blobs/uploads/?digest=${HELLO} HTTP/1.1\r\nHost: localhost\r\n${framing}\r\n\r\n${part}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 30));
      client.socket[end]();
      await client.closed();
      strictEqual(registry.blob(HELLO), undefined, `${framing} ${end}`);
      strictEqual(registry.stats().bytes, 0);
    }
  }
});

test("a body that is wanted is asked for, once", async () => {
  const push = (target) =>
    `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`;
  const client = new Raw(registry.port);
  strictEqual((await client.ask(push(`/v2/app/blobs/uploads/?digest=${HELLO}`))).status, 100);
  strictEqual((await client.ask("hello")).status, 201);
  strictEqual((await client.ask(get("/v2/"))).status, 200);
  const refused = await client.ask(push("/v2/app/nothing"));
  deepStrictEqual([refused.status, refused.headers.get("Connection")], [404, "close"]);
  client.close();
});

test("a client that goes away while it is answered disturbs nobody", async () => {
  const bytes = Buffer.alloc(32 * MIB, 1);
  const [{ digest }] = await registry.seed({ blob: { repository: "big", bytes } });
  const client = new Raw(registry.port);
  client.send(get(`/v2/big/blobs/${digest}`));
  await new Promise((resolve) => client.socket.once("data", resolve));
  client.close();
  strictEqual((await fetch(`${registry.url}/v2/`)).status, 200);
});
