import { createRegistry } from "registrette";
import { matchers } from "registrette/matchers";
import { startRegistry, type RegistryServer } from "registrette/node";
import type { Registry } from "registrette";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { roundTrip } from "./round-trip.mjs";

expect.extend(matchers);

let registry: Registry & RegistryServer;
beforeAll(async () => {
  registry = await startRegistry();
});
beforeEach(() => registry.reset());
afterAll(() => registry.close());

test("pushes and pulls over the socket", async () => {
  await roundTrip(fetch, registry.url);
  expect(registry.tags("app")).toEqual(["v1"]);
});

test("starts anew in every test", async () => {
  expect(registry.repositories()).toEqual([]);
  const other = await createRegistry();
  await roundTrip(other.fetch, "");
  expect(other.calls({ operation: "manifest.put" })).toHaveLength(1);
});
