// Registries that end with the test that made them. (`await using` is no syntax on Node 20.)

import { afterEach } from "node:test";

const kept = [];

afterEach(async () => {
  await Promise.all(kept.splice(0).map((registry) => registry.close()));
});

export function keep(registry) {
  kept.push(registry);
  return registry;
}
