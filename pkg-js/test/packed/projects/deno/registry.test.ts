import assert from "node:assert/strict";

import { createRegistry } from "registrette";
import { startRegistry } from "registrette/node";

import { roundTrip } from "./round-trip.mjs";

Deno.test("pushes and pulls over the socket", async () => {
  await using registry = await startRegistry();
  await roundTrip(fetch, registry.url);
  assert.deepEqual(registry.tags("app"), ["v1"]);
});

Deno.test("pushes and pulls through fetch", async () => {
  await using registry = await createRegistry();
  await roundTrip(registry.fetch, "");
  assert.equal(registry.calls({ operation: "blob.get" }).length, 2);
});
