const assert = require("node:assert/strict");

const { createRegistry } = require("registrette");
const { interceptFetch } = require("registrette/intercept");
const { matchers } = require("registrette/matchers");
const { startRegistry } = require("registrette/node");

const { roundTrip } = require("./round-trip.cjs");

async function main() {
  const registry = await createRegistry();
  const digest = await roundTrip(registry.fetch, "");
  assert.equal(matchers.toHaveTag(registry, "app:v1").pass, true);

  const interception = interceptFetch(registry, ["https://registry.test"]);
  assert.equal((await fetch("https://registry.test/v2/")).status, 200);
  interception.restore();
  await registry.close();

  const server = await startRegistry();
  assert.equal(await roundTrip(fetch, server.url), digest);
  await server.close();

  // The two forms are one in what they do.
  const { createRegistry: create } = await import("registrette");
  assert.equal(await roundTrip((await create()).fetch, ""), digest);
  console.log(digest);
}

main();
