// Prints one figure of memory: `growth`, `back` or `much`.

import { createHash, randomFillSync } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import { createRegistry } from "registrette";

const MIB = 2 ** 20;
const registry = await createRegistry({ limits: { totalBytes: 16 * 1024 * MIB } });

/** Resident bytes, when nothing is left to collect. What a collection frees goes back in the background, a moment later. */
async function resident() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await setTimeout(300);
  }
  return process.memoryUsage.rss();
}

async function push(length) {
  const bytes = randomFillSync(new Uint8Array(length));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  // As it comes off a network, in pieces: one piece would be kept as the caller's own.
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.slice(sent, (sent += 64 * 1024)));
      if (sent >= length) controller.close();
    },
  });
  const init = { method: "POST", body, duplex: "half", headers: { "content-length": String(length) } };
  const answer = await registry.fetch(`/v2/bench/keep/blobs/uploads/?digest=${digest}`, init);
  if (answer.status !== 201) throw new Error(`a push was answered ${answer.status}: ${await answer.text()}`);
  return digest;
}

const path = (digest) => `/v2/bench/keep/blobs/${digest}`;

async function remove(digest) {
  const answer = await registry.fetch(path(digest), { method: "DELETE" });
  if (answer.status !== 202) throw new Error(`a delete was answered ${answer.status}`);
}

async function read(digest, length) {
  let seen = 0;
  for await (const piece of (await registry.fetch(path(digest))).body) seen += piece.length;
  if (seen !== length) throw new Error(`${seen} bytes of ${length} came back`);
}

// What the engine needs once is no growth.
await remove(await push(100 * MIB));
const start = await resident();

if (process.argv[2] === "growth") {
  for (let i = 0; i < 50; i++) await push(10 * MIB);
  console.log(((await resident()) - start) / (500 * MIB));
} else if (process.argv[2] === "back") {
  const digests = [];
  for (let i = 0; i < 10; i++) digests.push(await push(100 * MIB));
  for (const digest of digests) await remove(digest);
  console.log(((await resident()) - start) / MIB);
} else {
  const length = 256 * MIB;
  const digests = [];
  for (let i = 0; i < 18; i++) digests.push(await push(length));
  for (const digest of digests) await read(digest, length);
  console.log(((await resident()) - start) / (18 * length));
}
