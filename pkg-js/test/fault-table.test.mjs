// What a client sees of each verb, on each carrier: the README's table is read, and each cell is measured. The column of the
// native server is measured in tests/serve/faults.rs.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";

import { createRegistry, listen } from "../dist/node.js";
import { serveFromServiceWorker } from "../dist/service-worker.js";
import { keep } from "./keep.mjs";

const STEP = 100;
/** How long nothing comes before the clock is moved, in milliseconds of the system. */
const QUIET = 50;
/** After how many times that an answer counts as one that does not come. */
const PATIENCE = 8;

const ERROR = { code: "TOOMANYREQUESTS", message: "slow down" };

/** The rows, and what is done for each; the checks are of answers that come at once. */
const ROWS = {
  "`status`": [
    { verb: "status", status: 429, ...ERROR, headers: { "Retry-After": "1" } },
    ({ status, headers, text }) =>
      status === 429 && headers.get("retry-after") === "1" && text === JSON.stringify({ errors: [ERROR] }),
  ],
  "`redirect`": [
    { verb: "redirect", status: 302, host: "127.0.0.1:9" },
    ({ status, headers }) =>
      status === 302 && /^https?:\/\/127\.0\.0\.1:9\/v2\/app\/.*\?redirected-strict=1$/.test(headers.get("location")),
  ],
  "`header`": [
    { verb: "header", drop: ["Etag"], set: { "X-A": "b" } },
    ({ headers, text }) => headers.get("x-a") === "b" && !headers.has("etag") && text === "hello world",
  ],
  "`corrupt`": [{ verb: "corrupt", at: 5 }, ({ status, text }) => status === 200 && text === "hello!world"],
  "`delay`": [{ verb: "delay", time: STEP }],
  "`delay` at `chunks`": [{ verb: "delay", time: STEP, at: "chunks" }],
  "`delay` at `end`": [{ verb: "delay", time: STEP, at: "end" }],
  "`throttle`": [{ verb: "throttle", bytesPerSecond: 80 }],
  "`hang`": [{ verb: "hang" }],
  "`stall`": [{ verb: "stall", at: 5 }],
  "`reset`": [{ verb: "reset" }],
  "`reset` with `at`": [{ verb: "reset", at: 5 }],
  "`truncate`": [{ verb: "truncate", at: 5 }],
};

/** The cells of the table, row by row. */
function table(path) {
  const lines = readFileSync(new URL(path, import.meta.url), "utf8").split("\n");
  const start = lines.findIndex((line) => /^\| verb +\| `serve` +\|/.test(line));
  const end = lines.findIndex((line, at) => at > start && !line.startsWith("|"));
  const cells = lines.slice(start, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return cells.filter(([first]) => !/^-+$/.test(first));
}

const [heads, ...rows] = table("../README.md");

test("both READMEs have the table, with all verbs", () => {
  deepStrictEqual([heads, ...rows], table("../../README.md"));
  deepStrictEqual(heads, ["verb", "`serve`", "Node's socket", "`registry.fetch`", "service worker"]);
  deepStrictEqual(
    rows.map(([name]) => name),
    Object.keys(ROWS),
  );
});

/** An answer, as far as it has come. */
class Seen {
  head = undefined;
  body = Buffer.alloc(0);
  /** What had come when nothing did before the clock was moved. */
  pauses = [];
  end = "not";
  changes = 0;

  change(act) {
    act();
    this.changes += 1;
  }

  get isWhole() {
    return this.head !== undefined && this.body.length >= Number(this.head.headers.get("content-length"));
  }

  /** Moves the clock where the answer waits for it and nothing comes. */
  async watch(clock) {
    for (let vain = 0; this.end === "not" && vain < PATIENCE; vain++) {
      const { changes } = this;
      await new Promise((resolve) => setTimeout(resolve, QUIET));
      if (changes !== this.changes) vain = 0;
      else if (clock.waiting > 0) {
        this.pauses.push({ hasHead: this.head !== undefined, body: this.body.length });
        clock.advance(STEP);
        vain = 0;
      }
    }
  }

  /** In the words of the table. */
  told(name, whole) {
    const { head, body, pauses, end } = this;
    if (end === "not") return head ? `silence after ${at(body)} bytes` : "no answer";
    if (end === "RST") return head ? `RST after ${at(body)} bytes` : "RST";
    if (end === "close") return `close after ${at(body)} bytes`;
    if (end !== "whole") return head ? `stream error after ${at(body)} bytes` : end;
    const [first] = pauses;
    if (!first) return ROWS[name][1]?.({ ...head, text: body.toString() }) ? "the answer" : `${body}`;
    strictEqual(body.length, whole);
    if (!first.hasHead) return pauses.length === 1 ? "late" : `${pauses.length} pauses`;
    if (first.body === whole - 1) return "last byte late";
    return first.body === 0 ? "slow" : "pauses between pieces";
  }
}

const at = (body) => (body.toString() === "hello" ? "`at`" : `${body.length}`);

/** What a carrier shows of a GET; `stop` ends what hangs. */
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
    void read(seen, registry.fetch(path), "`TypeError`");
  },
  "service worker": async (registry, path, seen) => {
    const listeners = [];
    globalThis.addEventListener = (_, listener) => listeners.push(listener);
    serveFromServiceWorker(Promise.resolve(registry), { origins: ["https://registry.test"] });
    delete globalThis.addEventListener;
    // A page whose request is answered by a promise that fails sees a network error.
    const request = new Request(`https://registry.test${path}`);
    listeners[0]({ request, respondWith: (answer) => void read(seen, answer, "network error") });
  },
};

async function read(seen, answer, failed) {
  let response;
  try {
    response = await answer;
  } catch (error) {
    const isFetch = error instanceof TypeError && error.message === "fetch failed";
    return seen.change(() => (seen.end = isFetch && error.cause.code === "ECONNRESET" ? failed : String(error)));
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

for (const [column, carrier] of Object.entries(CARRIERS)) {
  for (const [name, ...cells] of rows) {
    test(`${name} on ${column}`, async (t) => {
      const registry = keep(await createRegistry({ clock: "virtual" }));
      const bytes = name.includes("chunks") ? "hello world".repeat(200_000) : "hello world";
      const [{ digest }] = await registry.seed({ blob: { repository: "app", bytes } });
      const fault = registry.fault({ match: { operation: "blob.get" }, do: [ROWS[name][0]] });
      const seen = new Seen();
      const stop = await carrier(registry, `/v2/app/blobs/${digest}`, seen);
      t.after(stop ?? (() => {}));
      await seen.watch(registry.clock);
      strictEqual(seen.told(name, bytes.length), cells[heads.indexOf(column) - 1]);
      strictEqual(fault.hits, 1);
    });
  }
}
