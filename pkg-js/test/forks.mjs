// What a hundred registries of control take, in a process of their own: run with --expose-gc, writes MiB as JSON.

import { request } from "node:http";

import { startRegistry } from "../dist/node.js";

const FORKS = 100;
/** Until Node has compiled what it runs often, and its heap has the size that requests of this kind need. */
const WARM = 1000;

const registry = await startRegistry({
  seed: { ref: "demo/app:v1", image: { files: { "a.txt": "a" } } },
  control: true,
});

/** One request, on a connection of its own. */
function ask(url, method = "GET") {
  return new Promise((resolve, reject) => {
    const headers = { "Registrette-Control": "1" };
    const sent = request(url, { method, headers, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (piece) => (text += piece)).on("end", () => resolve({ status: answer.statusCode, text }));
    });
    sent.on("error", reject).end();
  });
}

const pull = async (url) => {
  const { status } = await ask(`${url}/v2/demo/app/manifests/v1`);
  if (status !== 200) throw new Error(`${url} answered ${status}`);
};

/** In the heaps, and in the process as a whole. */
async function taken() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: (heapUsed + external) / 2 ** 20, rss: rss / 2 ** 20 };
}

for (let i = 0; i < WARM; i++) await pull(registry.url);
const before = await taken();
const since = ({ used, rss }) => ({ used: used - before.used, rss: rss - before.rss });
const forks = [];
for (let i = 0; i < FORKS; i++) forks.push(JSON.parse((await ask(`${registry.control}/registries`, "POST")).text));
const made = since(await taken());
for (const { url } of forks) await pull(url);
const asked = since(await taken());
await registry.close();
console.log(JSON.stringify({ made, asked }));
