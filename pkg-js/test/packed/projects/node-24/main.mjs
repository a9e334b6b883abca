import assert from "node:assert/strict";

import { createRegistry } from "registrette";
import { startRegistry } from "registrette/node";

import { roundTrip } from "./round-trip.mjs";

// Loading the package does not load Node's undici, which takes longer than the rest together.
assert.equal(globalThis[Symbol.for("undici.globalDispatcher.1")], undefined);

let url;
let digest;
{
  await using registry = await startRegistry();
  url = registry.url;
  digest = await roundTrip(fetch, url);
}
await assert.rejects(fetch(`${url}/v2/`), "the server was closed at the end of the block");

await using registry = await createRegistry();
assert.equal(await roundTrip(registry.fetch, ""), digest);
console.log(digest);
