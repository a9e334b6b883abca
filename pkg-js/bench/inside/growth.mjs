// Tags, few and many.

import { createRegistry } from "registrette";

import { timed } from "./measure.mjs";

const MANY = 100_000;
const type = "application/vnd.oci.image.index.v1+json";
const body = JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [] });

const at = new Map();

/** A registry with so many tags in the repository `bench/tags`. */
async function tagged(count) {
  if (at.has(count)) return at.get(count);
  const registry = await createRegistry({ history: false });
  for (let i = 0; i < count; i++) {
    const tag = `v${String((i * 7919) % count).padStart(6, "0")}`;
    const init = { method: "PUT", headers: { "content-type": type }, body };
    const answer = await registry.fetch(`/v2/bench/tags/manifests/${tag}`, init);
    if (answer.status !== 201) throw new Error(`tag ${i} was answered ${answer.status}`);
  }
  at.set(count, registry);
  return registry;
}

async function list(registry, path) {
  const answer = await registry.fetch(path);
  const { tags } = await answer.json();
  return { tags, next: /<([^>]+)>/.exec(answer.headers.get("link") ?? "")?.[1] };
}

async function page(count) {
  const registry = await tagged(count);
  const last = `v${String(count >> 1).padStart(6, "0")}`;
  return 1000 * (await timed(300, () => list(registry, `/v2/bench/tags/tags/list?n=100&last=${last}`)));
}

async function all(count) {
  const registry = await tagged(count);
  return timed(5, async () => {
    let seen = 0;
    for (let path = "/v2/bench/tags/tags/list?n=1000"; path;) {
      const { tags, next } = await list(registry, path);
      seen += tags.length;
      path = next;
    }
    if (seen !== count) throw new Error(`${seen} tags of ${count} were listed`);
  });
}

export async function growth() {
  return [
    { name: "a page of 100 tags from the middle of 100,000", unit: "µs", most: 200, round: () => page(MANY) },
    {
      name: "the same ÷ from the middle of 1,000",
      unit: "×",
      most: 1.25,
      round: async () => (await page(MANY)) / (await page(MANY / 100)),
    },
    { name: "all of 100,000 tags by pages of 1,000", unit: "ms", most: 95, round: () => all(MANY) },
    {
      name: "the same ÷ all of 10,000",
      unit: "×",
      most: 12,
      round: async () => (await all(MANY)) / (await all(MANY / 10)),
    },
  ];
}
