// Requests that two readers could read differently: refused, or read as the RFCs say and the connection closed.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { after, before, test } from "node:test";

import { startRegistry } from "../dist/node.js";
import { HELLO, Raw, get } from "./raw.mjs";

let registry;
before(async () => void (registry = await startRegistry()));
after(() => registry.close());

/** Sends a head and a whole second request after it. Gives the statuses of all answers. */
async function statuses(head, body) {
  const client = new Raw(registry.port);
  client.send(`${head}\r\n${body}${get("/v2/_catalog", "Connection: close\r\n")}`);
  const said = (await client.rest()).toString("latin1");
  ok(!client.isReset, `reset: ${head}`);
  client.close();
  return [...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
}

const put = (headers) => `PUT /v2/ HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;
const get1 = (rest) => `GET /v2/ HTTP/1.1${rest}\r\n`;

const REFUSED = {
  "lengths that differ": [put("Content-Length: 5\r\nContent-Length: 6"), put("Content-Length: 5, 6")],
  "lengths that are none": ["+5", "-5", "0x5", "5 5", "99999999999999999999", "5a", ""].map((length) =>
    put(`Content-Length: ${length}`),
  ),
  "a bare CR": [
    get1("\r\nHost: localhost\r\nX: a\rb\r\n").slice(0, -2),
    get1("\rHost: localhost"),
    get1("\r\nHost: localhost\rX: a"),
  ],
  "a folded line": [get1("\r\nHost: localhost\r\nX: a\r\n b"), get1("\r\nHost: localhost\r\nX: a\r\n\tb")],
  "a name with a space, or nothing": [
    get1("\r\nHost: localhost\r\nContent-Length : 5"),
    get1("\r\nHost: localhost\r\n: 5"),
    get1("\r\nHost: localhost\r\nX: a\0b"),
  ],
  "encodings other than chunked": ["identity", "gzip", "chunked, gzip", "xchunked"].map((encoding) =>
    put(`Transfer-Encoding: ${encoding}`),
  ),
  "a Host that is not there once": [
    get1(""),
    get1("\r\nHost: localhost\r\nHost: localhost"),
    get1("\r\nHost: localhost/x"),
    get1("\r\nHost:"),
  ],
};

for (const [name, heads] of Object.entries(REFUSED)) {
  test(`${name} is refused, and nothing after it is read`, async () => {
    for (const head of heads) deepStrictEqual(await statuses(head, "hello"), [400], JSON.stringify(head));
  });
}

test("chunks in HTTP/1.0 are refused", async () => {
  const head = "PUT /v2/ HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
  deepStrictEqual(await statuses(head, "0\r\n\r\n"), [400]);
});

test("a length beside chunks is answered once", async () => {
  for (const lengths of [
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5",
  ]) {
    // Node's parser refuses both; read as chunks and closed would do as well. What follows is never read.
    const head = `POST /v2/app/blobs/uploads/?digest=${HELLO} HTTP/1.1\r\nHost: localhost\r\n${lengths}\r\n`;
    const answered = await statuses(head, "5\r\nhello\r\n0\r\n\r\n");
    ok(answered.length === 1 && [201, 400].includes(answered[0]), `${lengths}: ${answered}`);
  }
});

test("what follows a request that closes its connection is not carried out", async () => {
  const client = new Raw(registry.port);
  const push = `POST /v2/after/blobs/uploads/?digest=${HELLO} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`;
  client.send(`GET /v2/ HTTP/1.1\r\n\r\n${push}`);
  strictEqual((await client.answer()).status, 400);
  strictEqual((await client.rest()).length, 0);
  ok(!registry.repositories().includes("after"));
  client.close();
});

test("a broken chunk is one answer and nothing stored", async () => {
  for (const body of ["x\r\nhello\r\n0\r\n\r\n", "5\r\nhelloo\r\n0\r\n\r\n", "ffffffffffffffffff\r\nhello\r\n"]) {
    const head = `POST /v2/broken/blobs/uploads/?digest=${HELLO} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n`;
    deepStrictEqual(await statuses(head, body), [400], body);
  }
  ok(!registry.repositories().includes("broken"));
});

test("what is refused is worded as the protocol's errors", async () => {
  const client = new Raw(registry.port);
  const answer = await client.ask(`${put("Content-Length: 5\r\nContent-Length: 6")}\r\n`);
  deepStrictEqual([answer.status, answer.code(), answer.headers.get("Connection")], [400, "UNSUPPORTED", "close"]);
  client.close();
});

test("a method that Node does not know is answered by the registry, under the same rules", async () => {
  const ask = async (bytes) => {
    const client = new Raw(registry.port);
    const answer = await client.ask(bytes);
    await client.rest();
    client.close();
    return answer;
  };
  const foo = (headers) => `FOO /v2/app/tags/list HTTP/1.1\r\n${headers}\r\n`;
  const answer = await ask(foo("Host: localhost\r\n"));
  deepStrictEqual([answer.status, answer.code(), answer.headers.get("Connection")], [405, "UNSUPPORTED", "close"]);
  ok(answer.headers.get("Allow").includes("GET"));
  deepStrictEqual((await ask(foo("Host: evil.example\r\n"))).status, 421);
  deepStrictEqual((await ask(foo("Host: localhost\r\nOrigin: http://evil.example\r\n"))).status, 403);
  deepStrictEqual((await ask(foo(""))).status, 400);
  deepStrictEqual((await ask("\x16\x03\x01\x02\x00\x01\r\n\r\n")).status, 400);
  deepStrictEqual(registry.calls({ method: "FOO" }).length, 1);
});

test("after requests on the same connection, too", async () => {
  const client = new Raw(registry.port);
  client.send(`${get("/v2/")}BAR /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  deepStrictEqual((await client.answer()).status, 200);
  deepStrictEqual((await client.answer()).status, 405);
  client.close();
});

test("heads that are too large are refused", async () => {
  // The registry words these itself; the last two the parser refuses.
  for (const [target, header, status] of [
    [17 << 10, 1, 414],
    [4, 66 << 10, 431],
    [4, 1 << 20, 431],
  ]) {
    const client = new Raw(registry.port);
    client.send(`GET /${"a".repeat(target)} HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(header)}\r\n\r\n`);
    const answer = await client.answer();
    deepStrictEqual(answer.status, status);
    ok(answer.text.includes("errors"));
    client.close();
  }
});
