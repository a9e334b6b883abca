// The carriers agree: what hyper answers, Node's socket answers, and `registry.fetch`: status, body, and headers with
// their values, but for what belongs to the connection. The corpus is every request of the spec's vectors.

import { deepStrictEqual } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "node:test";

import { Fetch, Socket } from "./vectors/carriers.mjs";
import { load, run } from "./vectors/replay.mjs";

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url));
const NATIVE = `${target}/debug/registrette`;

/** The native server: a process of its own for each case, with the same seed. */
class Native extends Socket {
  static async start({ profile }) {
    const carrier = new Native();
    const more = profile ? ["--profile", profile] : [];
    carrier.process = spawn(NATIVE, ["serve", "--addr", "127.0.0.1:0", "--seed", "0", ...more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(carrier.process.stdout, "data");
    carrier.registry = { port: Number(/:(\d+)\n/.exec(line)[1]) };
    return carrier;
  }

  async close() {
    this.process.kill("SIGKILL");
    await once(this.process, "close");
  }
}

/** Every request of a case with its answer, as it can be compared. */
async function transcript(Carrier, one, how) {
  const seen = [];
  await run(Carrier, one, how, ({ method, target }, { status, headers, body }) => {
    // `Headers` joins what came twice, as RFC 9110 (5.3) allows.
    const all = new Map();
    for (const [name, value] of headers) all.set(name, [...(all.get(name) ?? []), value]);
    const lines = [...all].map(([name, values]) => `${name}: ${values.join(", ")}`).sort();
    seen.push({ asked: `${method} ${target}`, status, headers: lines, body: body.toString("latin1") });
  });
  return seen;
}

describe("the carriers agree", { skip: existsSync(NATIVE) ? false : `${NATIVE} is not built` }, () => {
  for (const one of load("spec-calls")) {
    // A Request resolves dot segments before anybody sees them.
    if (one.id === "S283") continue;
    test(`${one.id} ${one.name}`, async () => {
      const native = await transcript(Native, one, { prefer: true });
      for (const Carrier of [Socket, Fetch]) {
        deepStrictEqual(await transcript(Carrier, one, { prefer: true }), native, Carrier.name);
      }
    });
  }
});
