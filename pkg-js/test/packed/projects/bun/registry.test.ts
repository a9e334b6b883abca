import { afterAll, beforeAll, expect, test } from "bun:test";
import { createRegistry, type Registry } from "registrette";
import { startRegistry, type RegistryServer } from "registrette/node";

import { roundTrip } from "./round-trip.mjs";

let registry: Registry & RegistryServer;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

test("pushes and pulls over the socket", async () => {
  await roundTrip(fetch, registry.url);
  expect(registry.tags("app")).toEqual(["v1"]);
});

test("pushes and pulls through fetch", async () => {
  await using other = await createRegistry();
  await roundTrip(other.fetch, "");
  expect(other.calls({ operation: "blob.get" })).toHaveLength(2);
});
