const { createRegistry } = require("registrette");
const { matchers } = require("registrette/matchers");
const { startRegistry } = require("registrette/node");

const { get } = require("./get.js");
const { roundTrip } = require("./round-trip.cjs");

expect.extend(matchers);

// jsdom has no fetch of its own.
const hasFetch = typeof fetch === "function";

let registry;
beforeAll(async () => {
  registry = await startRegistry();
});
beforeEach(() => registry.reset());
afterAll(() => registry.close());

test("answers on a socket", async () => {
  expect(await get(`${registry.url}/v2/`)).toEqual({ status: 200, body: "{}" });
  expect(registry).toHaveReceived("ping");
  expect(registry).toStayWithin({ ping: 1, "manifest.*": 0 });
  expect(() => expect(registry).toStayWithin({ ping: 0 })).toThrow("ping: 1 calls, at most 0 allowed");
});

test("takes bytes of this realm", async () => {
  await registry.seed({ blob: { repository: "app", bytes: new Uint8Array([102, 111, 111]) } });
  expect(registry).toHaveBlob("sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae");
});

(hasFetch ? test : test.skip)("pushes and pulls", async () => {
  const digest = await roundTrip(fetch, registry.url);
  expect(registry).toHaveTag("app:v1");
  const other = await createRegistry();
  expect(await roundTrip(other.fetch, "")).toBe(digest);
  await other.close();
});

test("is in the environment that was asked for", () => {
  expect(typeof document).toBe(process.env.EXPECTED_DOCUMENT);
});
