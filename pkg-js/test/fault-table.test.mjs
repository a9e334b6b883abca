// What a client sees of each verb, on each carrier: the README's table is read, and each cell is measured. The column of the
// native server is measured in tests/serve/faults.rs.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";

import { createRegistry, listen } from "../dist/node.js";
import { PLACE } from "./browser/chromium.mjs";
import { openWorker } from "./browser/faulty.mjs";
import { blobOf, names, ruleOf, table } from "./fault-table/rows.mjs";
import { Seen } from "./fault-table/seen.mjs";
import { keep } from "./keep.mjs";

const [heads, ...rows] = table("../../README.md");
/** The cells of a column. */
const column = (head) => rows.map((row) => [row[0], row[heads.indexOf(head)]]);

test("both READMEs have the table, with all verbs", () => {
  deepStrictEqual([heads, ...rows], table("../../../README.md"));
  deepStrictEqual(heads, ["verb", "`serve`", "Node's socket", "`registry.fetch`", "service worker"]);
  deepStrictEqual(
    rows.map(([name]) => name),
    names,
  );
});

/** What a carrier in this process shows of a GET; `stop` ends what hangs. */
const CARRIERS = {
  "Node's socket": async (registry, path, seen) => {
    const server = await listen(registry);
    const socket = connect({ port: server.port, host: "127.0.0.1" });
    let received = Buffer.alloc(0);
    socket.on("data", (bytes) =>
      seen.change(() => {
        received = Buffer.concat([received, bytes]);
        const end = received.indexOf("\r\n\r\n");
        if (end < 0) return;
        const [line, ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
        const headers = new Headers(lines.map((line) => [line.split(": ")[0], line.slice(line.indexOf(": ") + 2)]));
        seen.head = { status: Number(line.split(" ")[1]), headers };
        seen.body = received.subarray(end + 4);
        if (seen.isWhole) seen.end = "whole";
      }),
    );
    const ends = (end) => () => seen.change(() => seen.end === "not" && (seen.end = end));
    socket.on("error", ({ code }) => ends(code === "ECONNRESET" ? "RST" : code)());
    socket.on("end", ends("close"));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return () => {
      socket.destroy();
      return server.close();
    };
  },
  "`registry.fetch`": async (registry, path, seen) => {
    void read(seen, registry.fetch(path));
  },
};

async function read(seen, answer) {
  let response;
  try {
    response = await answer;
  } catch (error) {
    const isFetch = error instanceof TypeError && error.message === "fetch failed";
    return seen.change(() => (seen.end = isFetch && error.cause.code === "ECONNRESET" ? "`TypeError`" : String(error)));
  }
  const { status, headers } = response;
  seen.change(() => (seen.head = { status, headers }));
  try {
    for await (const piece of response.body) seen.change(() => (seen.body = Buffer.concat([seen.body, piece])));
    seen.change(() => (seen.end = "whole"));
  } catch (error) {
    ok(error instanceof TypeError, String(error));
    seen.change(() => (seen.end = error.message));
  }
}

for (const [head, carrier] of Object.entries(CARRIERS)) {
  for (const [name, cell] of column(head)) {
    test(`${name} on ${head}`, async (t) => {
      const registry = keep(await createRegistry({ clock: "virtual" }));
      const bytes = blobOf(name);
      const [{ digest }] = await registry.seed({ blob: { repository: "app", bytes } });
      const fault = registry.fault(ruleOf(name));
      const seen = new Seen();
      const stop = await carrier(registry, `/v2/app/blobs/${digest}`, seen);
      t.after(stop ?? (() => {}));
      const { clock } = registry;
      await seen.watch({ waiting: () => clock.waiting, advance: (ms) => clock.advance(ms) });
      strictEqual(seen.told(name, bytes.length), cell);
      strictEqual(fault.hits, 1);
    });
  }
}

/** How long a page, its worker and this process may take to hand each other what has come. */
const QUIET = 150;

// Where everything has to be there, its absence is a failure.
const skip = PLACE === undefined && !process.env.CI && "there is no Chromium; CHROMIUM can name one";

describe("on a service worker in Chromium", { skip }, () => {
  let worker;
  before(async () => {
    worker = await openWorker();
  });
  after(() => worker?.close());

  for (const [name, cell] of column("service worker")) {
    test(name, async () => {
      const bytes = blobOf(name);
      const path = await worker.prepare(ruleOf(name, worker.host), bytes);
      const seen = new Seen();
      const stop = await worker.get(path, seen);
      await seen.watch(worker.clock, QUIET);
      const told = seen.told(name, bytes.length);
      await stop();
      strictEqual(told, cell);
      strictEqual(await worker.hits(), 1);
    });
  }
});
