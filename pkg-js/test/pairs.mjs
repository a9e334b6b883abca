// What the tests of pairs share: both clients of a pair, against a registry each, and how far the two may differ.

import { ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";

import { createRegistry } from "../dist/node.js";
import { keep } from "./keep.mjs";
import { HELLO } from "./raw.mjs";

const basic = `Basic ${Buffer.from("alice:secret").toString("base64")}`;

/** A client of each kind, with what it needs, and the registry's calls after it. */
export async function both(name, options, prepare = () => {}) {
  const results = {};
  for (const kind of ["naive", "right"]) {
    const registry = keep(await createRegistry({ clock: "virtual", ...options }));
    const ask = (method, target, headers = {}, body = undefined) =>
      registry.fetch(target, { method, headers, body, redirect: "manual" });
    const login = async (challenge) => {
      const of = (parameter) => new RegExp(`${parameter}="([^"]*)"`).exec(challenge)?.[1] ?? "";
      const query = new URLSearchParams({ service: of("service"), scope: of("scope") });
      return (await (await ask("GET", `${of("realm")}?${query}`, { authorization: basic })).json()).token;
    };
    const sleep = async (millis) => registry.clock.advance(millis);
    const given = { ask, login, sleep, basic, digest: HELLO, ...(await prepare(registry, ask)) };
    registry.resetHistory();
    const { default: client } = await import(`./pairs/${name}-${kind}.mjs`);
    const done = client(given);
    await done.catch(() => {});
    results[kind] = { done, calls: registry.calls().map(({ operation, status }) => `${operation} ${status}`) };
  }
  return results;
}

/** Puts a blob into a repository. */
export const push = (repository) => async (registry, ask) => {
  const status = (
    await ask("POST", `/v2/${repository}/blobs/uploads/?digest=${HELLO}`, { authorization: basic }, "hello")
  ).status;
  strictEqual(status, 201);
};

/** Fails where the two of a pair differ in more than ten lines. */
export function alike(name) {
  const [naive, right] = ["naive", "right"].map((kind) =>
    readFileSync(new URL(`pairs/${name}-${kind}.mjs`, import.meta.url), "utf8").split("\n"),
  );
  const without = (lines, others) => lines.filter((line) => !others.includes(line)).length;
  ok(without(naive, right) + without(right, naive) <= 10, name);
}
