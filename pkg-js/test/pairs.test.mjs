// Pairs of clients that differ in a few lines: the naive one fails as clients out there did, the right one does not.
// Why each is there stands in its first comment; which bug reports they are from, in the names (D-15 and so on).

import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { test } from "node:test";

import { alike, both, push } from "./pairs.mjs";

const users = { alice: "secret" };

const image = { ref: "app:v1", image: {} };

test("D-15: a redirect's target is not told the password", async () => {
  const auth = { type: "basic", users };
  const { naive, right } = await both("d15", { auth }, async (registry, ask) => {
    await push("app")(registry, ask);
    registry.fault({ match: { operation: "blob.get" }, do: [{ verb: "redirect", authorization: "refuse" }] });
  });
  strictEqual(await naive.done, 400);
  strictEqual(await right.done, 200);
  deepStrictEqual(naive.calls, ["blob.get 307", "blob.get 400"]);
});

test("D-17: denied without a challenge", async () => {
  const options = { seed: image, auth: { type: "bearer", users }, profile: { quirks: { challengeForm: "none" } } };
  const { naive, right } = await both("d17", options, () => ({ kept: "00" }));
  strictEqual(await naive.done, 403);
  strictEqual(await right.done, 200);
  deepStrictEqual(naive.calls, ["tags.list 403"]);
});

test("D-18: two scopes in one challenge", async () => {
  const { naive, right } = await both("d18", { auth: { type: "any", users } }, push("base"));
  strictEqual(await naive.done, 401);
  strictEqual(await right.done, 201);
  deepStrictEqual(naive.calls, ["blob.mount 401", "token 200", "blob.mount 401"]);
});

test("D-19: a token that ends in the middle of a push", async () => {
  const auth = { type: "bearer", users, expiresIn: 60 };
  const pausing = (registry) => ({ pause: async () => registry.clock.advance(61_000) });
  const { naive, right } = await both("d19", { auth }, pausing);
  strictEqual(await naive.done, 401);
  strictEqual(await right.done, 201);
  strictEqual(naive.calls.at(-1), "upload.put 401");
});

test("D-20: a token that is refused for its first second", async () => {
  const options = { seed: image, auth: { type: "bearer", users }, profile: { quirks: { tokenNotBeforeMs: 1000 } } };
  const { naive, right } = await both("d20", options);
  strictEqual(await naive.done, 401);
  strictEqual(await right.done, 200);
  deepStrictEqual(naive.calls, ["tags.list 401", "token 200", "tags.list 401"]);
});

test("D-22: Retry-After is waited for", async () => {
  const rateLimit = { limit: 1, windowMs: 5000 };
  const { naive, right } = await both("d22", { seed: image, rateLimit }, async (_, ask) => {
    strictEqual((await ask("GET", "/v2/app/manifests/v1")).status, 200);
  });
  strictEqual(await naive.done, 429);
  strictEqual(await right.done, 200);
  deepStrictEqual(naive.calls, Array(3).fill("manifest.get 429"));
});

test("D-23: one refusal in the middle of a list", async () => {
  const seed = ["a", "b", "c"].map((tag) => ({ ref: `app:${tag}`, image: {} }));
  const fault = {
    match: { operation: "tags.list" },
    when: { nth: 2 },
    do: [{ verb: "status", status: 429, headers: { "Retry-After": "1" } }],
  };
  const { naive, right } = await both("d23", { seed }, (registry) => void registry.fault(fault));
  await rejects(naive.done, /answered 429/);
  strictEqual(await right.done, "a b c");
  deepStrictEqual(naive.calls, ["tags.list 200", "tags.list 429"]);
});

test("the two of a pair differ in ten lines at most", () => {
  for (const name of ["d15", "d17", "d18", "d19", "d20", "d22", "d23"]) alike(name);
});
