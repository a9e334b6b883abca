// The curl line of every step of every scenario, run by a shell against a registry at a socket: the answers that the page has.

import { deepStrictEqual, ok } from "node:assert";
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { load } from "./load.mjs";

const DIST = fileURLToPath(new URL("../../pkg-js/dist/node.js", import.meta.url));

function hasCurl() {
  try {
    return execFileSync("curl", ["--version"]).length > 0;
  } catch {
    return false;
  }
}

// Where everything has to be there, its absence is a failure.
const skip =
  !process.env.CI && (!hasCurl() ? "there is no curl" : !existsSync(DIST) && "the package is not built: npm run build");

/** Runs a line, and reads what curl shows of the answer. */
async function shell(line) {
  const { stdout } = await promisify(execFile)("sh", ["-c", line], { encoding: "buffer", maxBuffer: 1 << 24 });
  let [at, head] = [0, ""];
  // Heads of 100 Continue come before the one that counts.
  do {
    const end = stdout.indexOf("\r\n\r\n", at);
    head = stdout.subarray(at, end).toString("latin1");
    at = end + 4;
  } while (/^HTTP\/[\d.]+ 100/.test(head));
  const [first, ...lines] = head.split("\r\n");
  const headers = lines.map((text) => text.split(/: ?(.*)/s).slice(0, 2));
  return { status: Number(first.split(" ")[1]), headers, body: new Uint8Array(stdout.subarray(at)) };
}

test("curl gets what a step expects", { skip }, async () => {
  const [{ startRegistry }, { scenarios }, { stepRequest, surprises, keptAfter }, { toCurl }] = await Promise.all([
    import(DIST),
    load("shared/scenarios"),
    load("shared/scenario"),
    load("shared/shell"),
  ]);
  let lines = 0;
  for (const { id, steps } of scenarios) {
    let registry = await startRegistry();
    let kept = {};
    try {
      for (const { set, ...step } of steps) {
        if (set?.settings) {
          await registry.close();
          const given = Object.entries(set.settings).filter(([, value]) => value !== null);
          registry = await startRegistry(Object.fromEntries(given));
        }
        if (set?.faults) {
          registry.clearFaults();
          for (const rule of set.faults) registry.fault(rule);
        }
        const line = toCurl(stepRequest(step, kept), registry.url);
        const answer = await shell(line);
        deepStrictEqual(surprises(step, answer, kept), [], `${id}: ${line}`);
        kept = keptAfter(step, answer, kept);
        lines++;
      }
    } finally {
      await registry.close();
    }
  }
  ok(lines > 60, `${lines} lines`);
});
