// Tests that need tools: an absent one fails in CI, and is a skipped test elsewhere.

import { test } from "node:test";

import { mustBeComplete } from "../runner/runner.mjs";
import { remedy, tool } from "./tools.mjs";

/**
 * Declares a test that needs tools.
 *
 * @param {string} name
 * @param {string[]} tools
 * @param {(t: import("node:test").TestContext) => Promise<void>} body
 */
export function needing(name, tools, body) {
  const absent = tools.find((one) => !tool(one));
  if (!absent) return void test(name, { timeout: 240_000 }, body);
  const reason = `${absent} is not here: ${remedy(absent)}`;
  if (!mustBeComplete) return void test(name, { skip: reason }, () => {});
  test(name, () => {
    throw new Error(reason);
  });
}
