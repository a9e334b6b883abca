import { createRegistry } from "registrette";
import { matchers, type RegistryMatchers } from "registrette/matchers";
import { startRegistry, type RegistryServer } from "registrette/node";
import type { Registry } from "registrette";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { roundTrip } from "./round-trip.mjs";

declare module "vitest" {
  interface Matchers<T> extends RegistryMatchers<T> {}
}

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
  expect(registry).toStayWithin({ "manifest.put": 1, rules: ["no blob twice"] });
  expect(() => expect(registry).toStayWithin({ "manifest.put": 0 })).toThrow(
    "manifest.put: 1 calls, at most 0 allowed",
  );
  expect(registry).toHaveTag("app:v1");
  expect(registry).not.toHaveTag("app:v2");
  expect(registry).toHaveReceived("manifest.put", { repository: "app" });
  // @ts-expect-error A digest is text.
  expect(registry).not.toHaveBlob(1);
});

test("starts anew in every test", async () => {
  expect(registry.repositories()).toEqual([]);
  const other = await createRegistry();
  await roundTrip(other.fetch, "");
  expect(other.calls({ operation: "manifest.put" })).toHaveLength(1);
});
