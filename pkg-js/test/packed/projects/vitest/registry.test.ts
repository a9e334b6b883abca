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
  const budgets = expect(registry) as unknown as { toStayWithin(budget: object): void };
  budgets.toStayWithin({ "manifest.put": 1, rules: ["no blob twice"] });
  expect(() => budgets.toStayWithin({ "manifest.put": 0 })).toThrow("manifest.put: 1 calls, at most 0 allowed");
});

test("starts anew in every test", async () => {
  expect(registry.repositories()).toEqual([]);
  const other = await createRegistry();
  await roundTrip(other.fetch, "");
  expect(other.calls({ operation: "manifest.put" })).toHaveLength(1);
});
