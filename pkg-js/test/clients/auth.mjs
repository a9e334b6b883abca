// What a client shows that has to say who it is: refused first, then let in.

import assert from "node:assert/strict";

import { start, takesOptions } from "./registry.mjs";

/** Why there are no such cases here. */
export const skip = takesOptions ? false : "a registry with passwords is started by the package only";

export const user = { username: "alice", password: "secret" };

/** Runs `use` with a registry that asks for names and passwords, or for tokens, and lets everybody pull. */
export async function guarded(type, use) {
  const registry = await start({ auth: { type, users: { alice: "secret" }, anonymous: "pull" } });
  try {
    await use(registry);
  } finally {
    await registry.close();
  }
}

/** Checks that the client was refused, asked for tokens where there are any, and then was let in. */
export function assertAsked(registry, type) {
  const calls = registry.calls();
  const refused = calls.findIndex(({ status }) => status === 401);
  assert.notEqual(refused, -1, "it was never refused");
  const after = calls.slice(refused);
  assert.equal(
    after.some(({ operation, status }) => operation === "token" && status === 200),
    type === "bearer",
  );
  assert.ok(after.some(({ operation, status }) => operation === "manifest.put" && status === 201));
}
