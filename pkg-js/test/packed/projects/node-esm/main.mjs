import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { createRegistry, RegistryError } from "registrette";
import { interceptFetch } from "registrette/intercept";
import { matchers } from "registrette/matchers";
import { listen, startRegistry } from "registrette/node";

import { roundTrip } from "./round-trip.mjs";

const registry = await createRegistry();
const digest = await roundTrip(registry.fetch, "");
assert.deepEqual(registry.tags("app"), ["v1"]);
assert.equal(registry.manifest("app:v1").descriptor.digest, digest);
assert.equal(matchers.toHaveReceived(registry, "manifest.put").pass, true);

const server = await listen(registry);
assert.equal((await fetch(`${server.url}/v2/app/manifests/v1`)).headers.get("docker-content-digest"), digest);
await server.close();

const interception = interceptFetch(registry, ["https://registry.test"]);
assert.deepEqual(await (await fetch("https://registry.test/v2/app/tags/list")).json(), { name: "app", tags: ["v1"] });
interception.restore();

const other = await startRegistry();
assert.equal(await roundTrip(fetch, other.url), digest);
assert.equal(other.host, `127.0.0.1:${other.port}`);
await other.close();

await assert.rejects(
  createRegistry({ sede: [] }),
  (error) => error instanceof RegistryError && error.code === "ERR_OPTION",
);

// The wasm file is there for who compiles it alone, and is taken back.
const bytes = readFileSync(createRequire(import.meta.url).resolve("registrette/registry.wasm"));
const shared = await createRegistry({ wasm: new WebAssembly.Module(bytes) });
assert.equal(await roundTrip(shared.fetch, ""), digest);

console.log(digest);
